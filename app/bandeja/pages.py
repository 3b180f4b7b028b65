"""Bandeja de ingreso: everything that comes in, and what was decided on it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.outside.storage import get_storage
from app.adjuntos.rules import format_size
from app.auditoria.service import audit
from app.bandeja.access import ingreso_to_work
from app.bandeja.forms import DropForm, OwnerForm, ReasonForm, Soltado, StaffDropForm
from app.bandeja.models import Ingreso
from app.bandeja.queries import Filtro, count_by_state, count_made, list_origins, tray_statement
from app.bandeja.rules import EstadoIngreso, TipoIngreso, ViaIngreso
from app.bandeja.service.deciding import assign_buffet, decline, open_as_list, reopen, send_back
from app.bandeja.service.receiving import Procedencia, Recibido, receive
from app.buffets.models import Buffet
from app.buffets.queries import list_active_buffets
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.core.text import clean_text, safe_filename
from app.db import db, release, transaction
from app.extensions import current_config
from app.oficios.access import oficio_to_work
from app.oficios.pages.frame import render_section
from app.web.access import staff_required
from app.web.bodies import accepts_bytes, several_uploads
from app.web.converters import row_id
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import fragment, is_htmx
from app.web.headers import keep_private
from app.web.pagination import Page, paginate

bp = Blueprint("bandeja", __name__, url_prefix="/bandeja")
bp.after_request(keep_private)

_SIZE = 30


def take_dropped(form: DropForm, origen: Procedencia, url: str) -> Done:
    """Take what was dropped, each file for itself; bad ones are told with their reason.

    Raises:
        InvalidValue: none of them could be taken.
    """
    results = _take_all(form.soltados(), origen)
    told = [f"«{each.nombre}»: {each.problema}" for each in results if each.problema]
    if all(result.is_refused for result in results):
        raise InvalidValue(" ".join(told))
    return Done(_tell_taken(results), url, warnings=told)


def _take_all(soltados: list[Soltado], origen: Procedencia) -> list[Recibido]:
    now, limit = utcnow(), current_config().max_upload_bytes
    actor = current_user if origen.usuario_id else None
    return [
        receive(each.nombre, each.stream, origen, now=now, max_bytes=limit, actor=actor)
        for each in soltados
    ]


def _tell_taken(results: list[Recibido]) -> str:
    """What became of all of them together."""
    taken = sum(not result.is_refused for result in results)
    refused = len(results) - taken
    words = []
    if taken:
        words.append("Llegó 1 archivo." if taken == 1 else f"Llegaron {taken} archivos.")
    if refused:
        words.append("1 no se recibió." if refused == 1 else f"{refused} no se recibieron.")
    return " ".join(words)


@bp.get("")
@staff_required
def start() -> ResponseReturnValue:
    """The drop zone, and all items: what is read, what waits, what was decided."""
    return _tray(StaffDropForm(formdata=None))


@bp.post("")
@accepts_bytes(several_uploads)
@staff_required
def drop() -> ResponseReturnValue:
    """Take several files at once; each is read by a job, so the page may be closed."""
    form = StaffDropForm()

    def deed() -> Done:
        origen = Procedencia(
            ViaIngreso.SUBIDO, buffet_id=form.chosen_buffet, usuario_id=current_user.id
        )
        return take_dropped(form, origen, url_for("bandeja.start"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            in_transaction=False,
            show=lambda status: _tray(form, status),
            fresh=lambda: _tray(StaffDropForm(formdata=None)),
            beside={InvalidValue: form.archivos},
        )
    )


@bp.post("/<int:ingreso_id>/revisar")
@staff_required
def review(ingreso_id: int) -> ResponseReturnValue:
    """Begin the review of a list, or go on with it."""
    ingreso = ingreso_to_work(ingreso_id)
    key, almacen = ingreso.archivo_key, ingreso.almacen
    release()
    with get_storage(almacen).open(key) as file:
        contenido = file.read()

    def deed() -> Done:
        importacion = open_as_list(
            ingreso_to_work(ingreso_id), contenido, actor=current_user, now=utcnow()
        )
        return Done("", url_for("importar.preview", importacion_id=importacion.id))

    return carry_out(Deed(do=deed, back=_here(ingreso_id)))


@bp.get("/<int:ingreso_id>")
@staff_required
def detail(ingreso_id: int) -> ResponseReturnValue:
    """One item: from whom, what was read, what lies in it, and what may be decided."""
    return _item(ingreso_to_work(ingreso_id))


@bp.post("/<int:ingreso_id>/buffet")
@staff_required
def assign(ingreso_id: int) -> ResponseReturnValue:
    """Say whose an item is."""
    ingreso = ingreso_to_work(ingreso_id)
    form = OwnerForm()

    def deed() -> Done:
        buffet = db.session.get_one(Buffet, int(form.buffet_id.data))
        assign_buffet(ingreso_to_work(ingreso_id), buffet, actor=current_user, now=utcnow())
        return Done(f"Es de {buffet.nombre}.", _here(ingreso_id))

    return carry_out(
        Deed(do=deed, form=form, show=lambda status: _item(ingreso, status, owner=form))
    )


@bp.post("/<int:ingreso_id>/devolver")
@staff_required
def give_back(ingreso_id: int) -> ResponseReturnValue:
    """Send an item back with a reason that the buffet reads."""
    return _end(ingreso_id, EstadoIngreso.DEVUELTO)


@bp.post("/<int:ingreso_id>/rechazar")
@staff_required
def refuse(ingreso_id: int) -> ResponseReturnValue:
    """Decline an item with a reason that the buffet reads."""
    return _end(ingreso_id, EstadoIngreso.RECHAZADO)


def _end(ingreso_id: int, estado: EstadoIngreso) -> ResponseReturnValue:
    ingreso = ingreso_to_work(ingreso_id)
    form = ReasonForm()
    verb = send_back if estado is EstadoIngreso.DEVUELTO else decline

    def deed() -> Done:
        verb(ingreso_to_work(ingreso_id), form.motivo.data, actor=current_user, now=utcnow())
        return Done(f"{estado.label}: quien lo envió lo ve con su motivo.", _here(ingreso_id))

    def show(status: int) -> ResponseReturnValue:
        return _item(ingreso, status, reason=form)

    return carry_out(Deed(do=deed, form=form, show=show, beside={InvalidValue: form.motivo}))


@bp.post("/<int:ingreso_id>/reabrir")
@staff_required
def open_again(ingreso_id: int) -> ResponseReturnValue:
    """Take back that it was sent back or declined."""
    ingreso_to_work(ingreso_id)

    def deed() -> Done:
        reopen(ingreso_to_work(ingreso_id), actor=current_user, now=utcnow())
        return Done("Está otra vez por revisar.", _here(ingreso_id))

    return carry_out(Deed(do=deed, back=_here(ingreso_id)))


@bp.post("/<int:ingreso_id>/archivo")
@staff_required
def original(ingreso_id: int) -> ResponseReturnValue:
    """The untouched file; a POST, because taking it is written down and a GET writes nothing."""
    ingreso = ingreso_to_work(ingreso_id)
    key, almacen, name = ingreso.archivo_key, ingreso.almacen, safe_filename(ingreso.nombre)
    with transaction():
        audit(
            "ingreso.original_descargado",
            actor=current_user,
            now=utcnow(),
            entidad="ingreso",
            entidad_id=ingreso_id,
        )
    with get_storage(almacen).open(key) as file:
        response = make_response(file.read())
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/de-oficio/<int:oficio_id>")
@staff_required
def section(oficio_id: int) -> ResponseReturnValue:
    """The files that a case was made of, as a section of its page."""
    oficio = oficio_to_work(oficio_id)
    return render_section(
        oficio, "origen", "bandeja/_origen.html", 200, origenes=list_origins(oficio.id)
    )


def _here(ingreso_id: int) -> str:
    return url_for("bandeja.detail", ingreso_id=ingreso_id)


def _asked() -> Filtro:
    estado, via = request.args.get("estado", ""), request.args.get("via", "")
    return Filtro(
        estado=EstadoIngreso(estado) if estado in {e.value for e in EstadoIngreso} else None,
        via=ViaIngreso(via) if via in {v.value for v in ViaIngreso} else None,
        buffet_id=request.args.get("buffet", type=row_id),
        texto=clean_text(request.args.get("q", ""))[:100],
    )


def _tray(form: StaffDropForm, status: int = 200) -> Response:
    filtro = _asked()
    page: Page = paginate(tray_statement(filtro), size=_SIZE, address=_tray_url(filtro))
    ids = [part.id for row in page.rows for part in (row, *row.partes)]
    return fragment(
        "bandeja/_tray.html" if is_htmx() else "bandeja/index.html",
        status,
        form=form,
        filtro=filtro,
        page=page,
        counts=count_by_state(),
        made=count_made(ids),
        buffets=list_active_buffets(),
        estados=list(EstadoIngreso),
        vias=list(ViaIngreso),
        reading=any(row.estado is EstadoIngreso.LEYENDO for row in page.rows),
        size=format_size,
        here=_tray_url(filtro),
    )


def _tray_url(filtro: Filtro) -> str:
    return url_for(
        "bandeja.start",
        estado=filtro.estado.value if filtro.estado else None,
        via=filtro.via.value if filtro.via else None,
        buffet=filtro.buffet_id,
        q=filtro.texto or None,
    )


def _item(
    ingreso: Ingreso,
    status: int = 200,
    *,
    owner: OwnerForm | None = None,
    reason: ReasonForm | None = None,
) -> Response:
    claimed = ingreso.resumen.get("dice_ser")
    if owner is None:
        owner = OwnerForm(formdata=None)
        owner.buffet_id.data = str(ingreso.buffet_id or claimed or "")
    return make_response(
        render_template(
            "bandeja/detail.html",
            ingreso=ingreso,
            owner=owner,
            reason=reason or ReasonForm(formdata=None),
            claimed=db.session.get(Buffet, claimed) if claimed else None,
            padre=db.session.get(Ingreso, ingreso.padre_id) if ingreso.padre_id else None,
            made=count_made([ingreso.id, *(part.id for part in ingreso.partes)]),
            size=format_size,
            is_list=ingreso.tipo is TipoIngreso.PLANILLA,
        ),
        status,
    )
