"""The section of the case page, the downloads, the buffet's copy, and the public verification."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.outside.storage import get_storage
from app.adjuntos.rules import format_size
from app.core.clock import utcnow
from app.core.errors import Refused
from app.core.text import clean_text
from app.db import transaction
from app.extensions import limiter
from app.informes.access import (
    closed_oficio_of_buffet,
    expediente_of_buffet,
    expediente_to_download,
)
from app.informes.forms import RequestForm, VerifyForm
from app.informes.models import Expediente
from app.informes.outside.zip_package import Paquete, pack, stream_zip
from app.informes.queries import find_for_buffet, list_expedientes, storages_of
from app.informes.queries.chain_evidence import list_nights, read_evidence
from app.informes.rules import (
    MAX_VERIFIED_BYTES,
    EstadoExpediente,
    Variante,
    parse_code,
    without_invisible,
)
from app.informes.service import note_download, request_expediente
from app.informes.service.pdf_verification import Verdict, verify_code, verify_file
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.portal.access import SESSION_KEY, living_link
from app.usuarios.models import Usuario
from app.web.access import staff_required
from app.web.bodies import FRAME, accepts_bytes
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import fragment, is_htmx, see_other
from app.web.fresh import fresh_file_required
from config import Config

bp = Blueprint("informes", __name__)

_ORDERED = "Se está preparando el expediente. Aparecerá aquí cuando esté listo."


@bp.app_context_processor
def copy_for_the_buffet() -> dict[str, object]:
    """Let the buffet's page of a case show its expediente."""
    return {"expediente_of_buffet": find_for_buffet}


@bp.get("/oficios/<int:oficio_id>/expediente")
@staff_required
def section(oficio_id: int) -> ResponseReturnValue:
    """What was issued, what is being made, and the form to ask for another."""
    return _section(oficio_to_work(oficio_id), RequestForm(formdata=None))


@bp.post("/oficios/<int:oficio_id>/expediente")
@staff_required
def order(oficio_id: int) -> ResponseReturnValue:
    """Have an expediente made by a job."""
    oficio = oficio_to_work(oficio_id)
    form = RequestForm()

    def deed() -> Done:
        request_expediente(
            oficio_to_work(oficio_id), form.variante.value, actor=current_user, now=utcnow()
        )
        return Done(_ORDERED, url_for("informes.section", oficio_id=oficio_id))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _section(oficio, form, status),
            fresh=lambda: _section(oficio_to_work(oficio_id), RequestForm(formdata=None)),
        )
    )


@bp.post("/expedientes/<int:expediente_id>/pdf")
@staff_required
def download(expediente_id: int) -> ResponseReturnValue:
    """Hand out the PDF; a POST, because taking it is written down."""
    return _send(expediente_to_download(expediente_id), "pdf", actor=current_user)


@bp.post("/expedientes/<int:expediente_id>/zip")
@staff_required
@fresh_file_required
def package(expediente_id: int) -> ResponseReturnValue:
    """Hand out the PDF with every original file of the case."""
    expediente = expediente_to_download(expediente_id)
    if missing := _pack(expediente).missing():
        raise Refused(
            f"No se puede armar el ZIP: faltan {len(missing)} archivos en el almacenamiento "
            f"(el primero es {missing[0]}). Avise a quien administra Rastro; el PDF sí se puede "
            "descargar."
        )
    return _send(expediente, "zip", actor=current_user)


@bp.get("/portal/oficios/<int:cerrado_id>/expediente")
def portal_status(cerrado_id: int) -> ResponseReturnValue:
    """How the buffet's copy of a closed case comes along."""
    oficio = closed_oficio_of_buffet(cerrado_id)
    if not is_htmx():
        return see_other(url_for("portal.detail", oficio_id=oficio.id))
    return fragment("informes/_portal.html", oficio=oficio, expediente=find_for_buffet(oficio))


@bp.post("/portal/oficios/<int:cerrado_id>/expediente")
@limiter.limit("10 per minute")
def portal_order(cerrado_id: int) -> ResponseReturnValue:
    """A buffet asks for its copy of a closed case; one that is there already is enough."""
    oficio = closed_oficio_of_buffet(cerrado_id)
    with transaction():
        oficio = closed_oficio_of_buffet(cerrado_id)
        if find_for_buffet(oficio) is None:
            request_expediente(oficio, Variante.BUFFET, actor=_portal_actor(), now=utcnow())
    if is_htmx():
        return fragment("informes/_portal.html", oficio=oficio, expediente=find_for_buffet(oficio))
    return see_other(url_for("portal.detail", oficio_id=cerrado_id))


@bp.post("/portal/expedientes/<int:expediente_id>")
def portal_download(expediente_id: int) -> ResponseReturnValue:
    """The buffet's copy of its closed case."""
    return _send(expediente_of_buffet(expediente_id), "pdf", actor=_portal_actor())


@bp.before_app_request
def forgive_invisible_marks() -> ResponseReturnValue | None:
    """Lead an address that was copied out of an older PDF, with marks inside, to the page."""
    path = without_invisible(request.path)
    if (
        path != request.path
        and path.startswith("/verificar/")
        and request.method in {"GET", "HEAD"}
    ):
        return redirect(url_for("informes.verify", codigo=path.removeprefix("/verificar/")), 302)
    return None


@bp.get("/verificar")
@limiter.limit("60 per minute")
def verify() -> ResponseReturnValue:
    """The public page: a code, or the file itself. Looking changes nothing."""
    typed = clean_text(request.args.get("codigo", ""))
    if not typed.strip():
        return _verify_page(VerifyForm(formdata=None))
    return _by_code(typed)


@bp.get("/verificar/<codigo>")
@limiter.limit("60 per minute")
def verify_by_code(codigo: str) -> ResponseReturnValue:
    """Where the QR code leads."""
    return _by_code(codigo)


def verified_upload(_config: Config) -> int:
    """A file that is a little too large is still told so in the form."""
    return MAX_VERIFIED_BYTES + 15 * FRAME


@bp.post("/verificar")
@accepts_bytes(verified_upload, from_anybody=True)
@limiter.limit("20 per minute")
def verify_upload() -> ResponseReturnValue:
    """Compare an uploaded PDF; it is not kept."""
    form = VerifyForm()
    if not form.validate():
        return _verify_page(form, 422)
    return _verify_page(
        VerifyForm(formdata=None), verificacion=verify_file(form.archivo.data.stream)
    )


def _by_code(typed: str) -> ResponseReturnValue:
    codigo = parse_code(typed[:500])
    if codigo is None:
        return _verify_page(
            VerifyForm(formdata=None),
            422,
            typed=typed[:40],
            code_error="Un código tiene 12 letras y números, como 7KQM-2R9P-XD3T. Cópielo de la "
            "primera página del expediente.",
        )
    answer = verify_code(codigo, get_storage)
    if answer.resultado is Verdict.NO_EXISTE:
        return _verify_page(
            VerifyForm(formdata=None),
            422,
            typed=codigo,
            code_error="Esta oficina no ha emitido un expediente con ese código. Revise cada "
            "letra y número.",
        )
    return _verify_page(VerifyForm(formdata=None), typed=codigo, verificacion=answer)


def _verify_page(form: VerifyForm, status: int = 200, **context: object) -> ResponseReturnValue:
    page = render_template("informes/verificar.html", form=form, **context)
    return page, status, {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


def _section(oficio: Oficio, form: RequestForm, status: int = 200) -> Response:
    expedientes = list_expedientes(oficio.id)
    moving = any(row.estado is EstadoExpediente.PREPARANDO for row in expedientes)
    return render_section(
        oficio,
        "expediente",
        "informes/_section.html",
        status=status,
        # The poll that finds the work done also renews the counts around the section.
        with_frame="seguir" in request.args and not moving,
        form=form,
        expedientes=expedientes,
        nights=list_nights(expedientes),
        moving=moving,
        variantes=list(Variante),
        size=format_size,
    )


def _send(expediente: Expediente, formato: str, *, actor: Usuario | None) -> Response:
    """Open first, write down that it was taken, then send."""
    paquete = _pack(expediente)
    name, size = expediente.filename, expediente.tamano_bytes
    file = get_storage(expediente.almacen or "").open(expediente.pdf_key or "")
    try:
        with transaction():
            note_download(
                expediente,
                formato,
                actor=actor,
                now=utcnow(),
                enlace_id=session.get(SESSION_KEY) if actor is None else None,
            )
        if formato == "zip":
            file.close()
            response = Response(stream_zip(paquete), mimetype="application/zip")
            name = name.removesuffix(".pdf") + ".zip"
            response.headers.set("Content-Disposition", "attachment", filename=name)
        else:
            response = send_file(
                file, mimetype="application/pdf", as_attachment=True, download_name=name
            )
            if size is not None:
                response.content_length = size
    except BaseException:
        file.close()
        raise
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _pack(expediente: Expediente) -> Paquete:
    return pack(expediente, storages_of(expediente), get_storage, read_evidence(expediente))


def _portal_actor() -> Usuario | None:
    """The cliente who is signed in; nobody is known behind a buffet's link."""
    if living_link() is not None or not current_user.is_authenticated:
        return None
    actor: Usuario = current_user
    return actor
