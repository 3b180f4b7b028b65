"""Terreno: the list, the plain form, the door of the phones, and what makes it installable."""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO, cast

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app.adjuntos.rules import format_size
from app.adjuntos.service import Upload, add_adjuntos, describe_failed, summarize
from app.auditoria.pages import note_shown
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import OFFICE_BASIS
from app.core.clock import utcnow
from app.core.comunas import comunas
from app.core.dates import format_fecha_hora
from app.core.errors import InvalidValue, Refused
from app.core.phone_numbers import dialable
from app.core.text import clean_text, shortened
from app.db import db, seeing_others, transaction
from app.direcciones.models import Direccion
from app.direcciones.rules import ResultadoVisita
from app.extensions import csrf, current_config
from app.oficios.access import oficio_to_work
from app.oficios.forms.direcciones import new_client_id
from app.oficios.service import add_visita, reveal_persona
from app.terreno.forms import VisitaTerrenoForm
from app.terreno.forms.serializers import UUID, read_visita
from app.terreno.pages.offline_assets import ASSETS, version
from app.terreno.queries import list_lugares, list_place_ids, with_case_parts
from app.terreno.rules import RECEIVED, Grupo, photo_kind
from app.terreno.service import Conflicto, own_visita, receive_visita
from app.ubicado.rules import ACCESOS
from app.usuarios.pages.open_sessions import may_keep_data
from app.web.access import or_404, staff_required
from app.web.bodies import accepts_bytes, one_upload, several_uploads
from app.web.conditional import conditional
from app.web.deeds import Deed, Done, carry_out
from app.web.error_pages import error_response
from app.web.fragments import is_read
from app.web.sentences import Sentence

bp = Blueprint("terreno", __name__, url_prefix="/terreno")

_UUID = re.compile(UUID)
#: Addresses that come with the page; the script asks for the others when these are shown.
_FIRST = 25
#: Bytes of JSON that a visit may bring.
_MAX_VISITA = 64 * 1024
#: Bytes of multipart overhead beside the photo.
_MAX_FRAME = 1024 * 1024


@bp.get("")
@staff_required
@conditional
def index() -> ResponseReturnValue:
    """My addresses to visit."""
    return _page()


@bp.post("/direcciones/<int:direccion_id>/visitas")
@accepts_bytes(several_uploads)
@staff_required
def visit(direccion_id: int) -> ResponseReturnValue:
    """Write down a visit at once, with its photos; what a page without JavaScript sends."""
    direccion = or_404(db.session.get(Direccion, direccion_id))
    oficio = oficio_to_work(direccion.oficio_id)
    form = VisitaTerrenoForm(direccion.zona)

    def deed() -> Done:
        with transaction():
            visita = add_visita(oficio, direccion, form.to_data(), actor=current_user, now=utcnow())
            visita_id, oficio_id = visita.id, oficio.id
        results = add_adjuntos(
            oficio_id,
            form.uploads(),
            tipo=photo_kind(form.resultado.value),
            visita_id=visita_id,
            actor=current_user,
            now=utcnow(),
            max_bytes=current_config().max_upload_bytes,
        )
        lost = [Sentence(text, "error") for text in describe_failed(results)]
        text = f"Se guardó la visita. {summarize(results)}".strip()
        return Done(text, url_for("terreno.index"), lost)

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            form=form,
            show=lambda status: _page(status, form=form, visiting=direccion_id),
            beside={Refused: form.fecha_hora},
        )
    )


@bp.post("/oficios/<int:oficio_id>/personas/<int:persona_id>/llamar")
@staff_required
def call(oficio_id: int, persona_id: int) -> ResponseReturnValue:
    """Give the number of a person to call; a POST, because who got it is written down."""
    oficio = oficio_to_work(oficio_id)
    persona = or_404(next((one for one in oficio.propietarios if one.id == persona_id), None))
    telefono = or_404(dialable(persona.telefono))
    with transaction():
        reveal_persona(oficio, persona, "llamar", actor=current_user, now=utcnow())
    html = render_template("terreno/llamar.html", oficio=oficio, persona=persona, telefono=telefono)
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/app")
def shell() -> ResponseReturnValue:
    """The page without anything of anybody: what a phone opens when there is no signal."""
    return render_template("terreno/shell.html", **_frame())


@bp.get("/sw.js")
def service_worker() -> ResponseReturnValue:
    """The service worker; its text names the version, so that a phone notices a new one."""
    settings = {
        "version": version(),
        "page": url_for("terreno.index"),
        "shell": url_for("terreno.shell"),
        "share": url_for("terreno.share"),
        "assets": [url_for("static", filename=name) for name in ASSETS],
    }
    program = url_for("static", filename="js/terreno/sw.js")
    text = f'import {{ start }} from "{program}";\nstart({json.dumps(settings)});\n'
    response = make_response(text)
    response.mimetype = "text/javascript"
    response.headers["Service-Worker-Allowed"] = url_for("terreno.index")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """What a phone needs to install Terreno."""
    response = jsonify(
        id=url_for("terreno.index"),
        name="Terreno · Rastro",
        short_name="Terreno",
        description="Direcciones por visitar, también sin señal.",
        lang="es-CL",
        start_url=url_for("terreno.index"),
        scope=url_for("terreno.index"),
        display="standalone",
        share_target={
            "action": url_for("terreno.share"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "titulo",
                "text": "texto",
                "files": [{"name": "archivos", "accept": ["image/*", "application/pdf"]}],
            },
        },
        background_color="#f8f9f9",
        theme_color="#0b5d6b",
        icons=[
            {
                "src": url_for("static", filename=f"img/{name}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in (
                ("icono-192", 192, "any"),
                ("icono-512", 512, "any"),
                ("icono-maskable-512", 512, "maskable"),
            )
        ],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.post("/compartir")
@csrf.exempt
def share() -> ResponseReturnValue:
    """Say what to do where no worker took what another application shares; nothing is stored.

    The worker answers for this address on a phone that has Terreno, also without a signal.
    """
    if not may_keep_data():
        return error_response(
            409,
            "No se guardó lo que compartió: su oficina eligió que los equipos no guarden casos. "
            "Abra el caso en Rastro y súbalo en Fotos.",
            heading="Súbalo en el caso",
        )
    return error_response(
        409,
        "No se guardó lo que compartió: este teléfono todavía no tiene Terreno. Ábralo con señal, "
        "entre con su cuenta y comparta otra vez.",
        heading="Falta abrir Terreno",
    )


@bp.get("/datos/sesion")
@staff_required
def session_state() -> ResponseReturnValue:
    """What a phone asks before it sends: who is signed in, a fresh token, and what it may hold."""
    return jsonify(
        usuario={"id": current_user.id, "nombre": current_user.nombre},
        csrf=generate_csrf(),
        version=version(),
        direcciones=list_place_ids(current_user.id),
    )


@bp.get("/datos/lista")
@staff_required
def listing() -> ResponseReturnValue:
    """The list as it is now, to be shown and kept."""
    shown = _list()
    html = render_template("terreno/_lista.html", **shown)
    _note_read(shown)
    return jsonify(html=html, generada=format_fecha_hora(shown["generada_at"]))


@bp.post("/datos/visitas")
@staff_required
def receive() -> ResponseReturnValue:
    """Store a visit that waited on a phone: 201, or 200 when it was here already."""
    request.max_content_length = _MAX_VISITA
    sent = read_visita(request.get_json(silent=True)).to_sent()
    with transaction():
        visita, is_new = receive_visita(sent, actor=current_user, now=utcnow())
        visita_id = visita.id
    return jsonify(visita_id=visita_id), 201 if is_new else 200


@bp.post("/datos/visitas/<cliente_id>/fotos")
@accepts_bytes(one_upload)
@staff_required
def receive_photo(cliente_id: str) -> ResponseReturnValue:
    """Store a photo of a visit that is stored; the same one again is the same file."""
    max_bytes = current_config().max_upload_bytes
    request.max_content_length = max_bytes + _MAX_FRAME
    or_404(_UUID.fullmatch(cliente_id))
    with seeing_others():  # the visit is theirs, whoever has its case now
        visita = own_visita(cliente_id, actor=current_user)
        file = request.files.get("archivo")
        foto_id = request.form.get("cliente_id", "")
        if file is None or not _UUID.fullmatch(foto_id):
            raise InvalidValue("La foto llegó incompleta. Inténtelo otra vez.")
        result = add_adjuntos(
            visita.direccion.oficio_id,
            [Upload(file.filename or "", cast(BinaryIO, file.stream), foto_id)],
            tipo=photo_kind(visita.resultado),
            visita_id=visita.id,
            actor=current_user,
            now=utcnow(),
            max_bytes=max_bytes,
        )[0]
    if result.is_failed:
        return jsonify(detail=result.problem), 503 if result.is_temporary else 422
    return jsonify(adjunto_id=result.adjunto_id, detail=result.problem), 201


@bp.post("/datos/oficios/<int:oficio_id>/compartidos")
@accepts_bytes(one_upload)
@staff_required
def receive_shared(oficio_id: int) -> ResponseReturnValue:
    """Store a file that another application of the phone shared; its bytes stay as they came."""
    oficio = oficio_to_work(oficio_id)
    max_bytes = current_config().max_upload_bytes
    request.max_content_length = max_bytes + _MAX_FRAME
    file, key = request.files.get("archivo"), request.form.get("cliente_id", "")
    if file is None or not _UUID.fullmatch(key):
        raise InvalidValue("El archivo llegó incompleto. Inténtelo otra vez.")
    said = shortened(request.form.get("texto", ""), 300)
    result = add_adjuntos(
        oficio.id,
        [Upload(file.filename or "", cast(BinaryIO, file.stream), key)],
        descripcion=f"{RECEIVED}: «{said}»" if said else RECEIVED,
        actor=current_user,
        now=utcnow(),
        max_bytes=max_bytes,
    )[0]
    if result.is_failed:
        return jsonify(detail=result.problem), 503 if result.is_temporary else 422
    return jsonify(adjunto_id=result.adjunto_id, detail=result.problem), 201


@bp.errorhandler(Conflicto)
def on_conflict(conflict: Conflicto) -> ResponseReturnValue:
    """Tell the phone what its person has to decide."""
    motivo = conflict.motivo
    return jsonify(detail=str(conflict), motivo=motivo.value, puede=motivo.can_be_sent_anyway), 409


def _page(
    status: int = 200, *, form: VisitaTerrenoForm | None = None, visiting: int | None = None
) -> Response:
    asked_for_all = bool(request.args.get("q") or request.args.get("todas") or visiting)
    shown = _list(form, visiting, first=None if asked_for_all else _FIRST)
    html = render_template("terreno/index.html", **shown, **_frame())
    if is_read():
        _note_read(shown)
    response = make_response(html, status)
    # The service worker compares it with its own.
    response.headers["Terreno-Version"] = version()
    # The phone keeps the list as the office lets it; its browser keeps no second one.
    response.headers["Cache-Control"] = "no-store"
    return response


def _note_read(shown: dict[str, Any]) -> None:
    """Record whose addresses somebody was handed: they stay on the phone until its next contact."""
    casos = {lugar.oficio_id for _grupo, lugares in shown["grupos"] for lugar in lugares}
    if casos:
        note_shown(
            CanalDivulgacion.LECTURA,
            "Recibió la lista de Terreno",
            current_user.email,
            f"cuenta {current_user.id}",
            base=OFFICE_BASIS,
            actor=current_user,
            casos=casos,
        )


def _list(
    form: VisitaTerrenoForm | None = None, visiting: int | None = None, *, first: int | None = None
) -> dict[str, Any]:
    """What the list shows; a refused form stands open in its place with what was typed.

    With ``first`` no more than so many addresses; ``total`` still counts all.
    """
    now = utcnow()
    search = clean_text(request.args.get("q", ""))[:80]
    lugares = list_lugares(current_user.id, now, search)
    sent = with_case_parts(lugares[:first] if first else lugares)
    return {
        "usuario_id": current_user.id,
        "generada_at": now,
        "q": search,
        "grupos": [(grupo, [lugar for lugar in sent if lugar.grupo is grupo]) for grupo in Grupo],
        "total": len(lugares),
        "shown": len(sent),
        "resultados": list(ResultadoVisita),
        "form": form,
        "visiting": visiting,
        "new_client_id": new_client_id,
    }


def _frame() -> dict[str, Any]:
    """What page and shell tell the scripts."""
    max_bytes = current_config().max_upload_bytes
    return {
        "version": version(),
        "max_bytes": max_bytes,
        "max_size": format_size(max_bytes),
        "accesos": ACCESOS,
        "comunas": [comuna.nombre for comuna in comunas()],
    }
