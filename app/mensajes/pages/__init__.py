"""Messages with the buffet on the case page, and those that wait in all cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from flask import Blueprint, Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import text_setting
from app.core.clock import utcnow
from app.mensajes.forms import DescartarForm, MensajeForm
from app.mensajes.models import Mensaje
from app.mensajes.permissions import can_release
from app.mensajes.queries import (
    count_for_office,
    find_message,
    list_of_case,
    office_statement,
)
from app.mensajes.rules import RELEASE, EstadoMensaje, LadoMensaje, goes_at_once
from app.mensajes.service import discard, release, take_note, write_to_buffet
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.oficios.pages.sections import Attention
from app.web.access import admin_required, or_404, staff_required
from app.web.conditional import conditional
from app.web.deeds import Deed, Done, carry_out
from app.web.navigation import Mark
from app.web.pagination import paginate

bp = Blueprint("mensajes", __name__)

_OF_CASE = "/oficios/<int:oficio_id>/mensajes"
_ONE = f"{_OF_CASE}/<int:mensaje_id>"
#: Characters of a message that a line about it shows.
_SHOWN = 90


@bp.get("/mensajes")
@staff_required
def index() -> ResponseReturnValue:
    """What has to be released, and what buffets wait for."""
    page = paginate(office_statement())
    return make_response(
        render_template("mensajes/index.html", page=page, can_release=can_release(current_user))
    )


@bp.get(_OF_CASE)
@staff_required
@conditional
def section(oficio_id: int) -> ResponseReturnValue:
    """The messages of a case, and a form to write to its buffet."""
    return _show(oficio_to_work(oficio_id))


@bp.post(_OF_CASE)
@staff_required
def write(oficio_id: int) -> ResponseReturnValue:
    """Write to the buffet."""
    oficio = oficio_to_work(oficio_id)
    form = MensajeForm()

    def deed() -> Done:
        answers = find_message(oficio.id, form.responde.data) if form.responde.data else None
        mensaje = write_to_buffet(
            oficio,
            form.texto.data or "",
            form.clase.value,
            actor=current_user,
            now=utcnow(),
            answers=or_404(answers) if form.responde.data else None,
        )
        sent = mensaje.estado is EstadoMensaje.ENVIADO
        text = (
            f"Enviado: {oficio.buffet.nombre} lo ve en su tablero y se le avisa por correo."
            if sent
            else "Anotado. El buffet lo verá cuando un administrador lo valide."
        )
        return Done(text, _url(oficio))

    return _carry_out(oficio, deed, form)


@bp.post(f"{_ONE}/validar")
@admin_required
def release_one(oficio_id: int, mensaje_id: int) -> ResponseReturnValue:
    """Let a message go to the buffet."""
    oficio, mensaje = _load(oficio_id, mensaje_id)

    def deed() -> Done:
        release(mensaje, actor=current_user, now=utcnow())
        return Done("Enviado al buffet.", _url(oficio))

    return _carry_out(oficio, deed)


@bp.post(f"{_ONE}/descartar")
@admin_required
def discard_one(oficio_id: int, mensaje_id: int) -> ResponseReturnValue:
    """Hold a message back, and say why to whoever wrote it."""
    oficio, mensaje = _load(oficio_id, mensaje_id)
    form = DescartarForm()

    def deed() -> Done:
        discard(mensaje, form.motivo.data or "", actor=current_user, now=utcnow())
        return Done("No se envía. Quien lo escribió sabrá por qué.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, discard_form=form, discarding=mensaje_id),
            fresh=lambda: _show(oficio),
            back=_url(oficio),
        )
    )


@bp.post(f"{_ONE}/atendido")
@staff_required
def note_one(oficio_id: int, mensaje_id: int) -> ResponseReturnValue:
    """Say that a message of the buffet needs no answer."""
    oficio, mensaje = _load(oficio_id, mensaje_id)

    def deed() -> Done:
        take_note(mensaje, actor=current_user, now=utcnow())
        return Done("Marcado como atendido.", _url(oficio))

    return _carry_out(oficio, deed)


def watch_messages(oficio: Oficio, counts: Mapping[str, int]) -> Iterator[Attention]:
    """Say that the buffet waits for an answer, or that a message waits to be released."""
    if not counts.get("mensajes"):
        return
    for mensaje in list_of_case(oficio.id):
        where = f"{_url(oficio)}#mensaje-{mensaje.id}"
        if mensaje.estado is EstadoMensaje.POR_VALIDAR:
            words = "Ver" if not can_release(current_user) else "Revisar"
            yield Attention("Un mensaje al buffet espera validación.", where, words, "message-2")
        elif mensaje.lado is LadoMensaje.BUFFET and mensaje.is_waiting:
            yield Attention(
                f"{mensaje.entrada.descripcion.partition(chr(10))[0]}: «{_short(mensaje)}»",
                where,
                "Responder",
                "message-2",
                is_late=mensaje.clase.waits,
            )


def waiting_messages() -> Mark | None:
    """How many messages wait for the office, beside the link to their list."""
    number = count_for_office()
    noun = "mensaje por atender" if number == 1 else "mensajes por atender"
    return Mark(number, noun) if number else None


def _carry_out(
    oficio: Oficio, deed: Callable[[], Done], form: MensajeForm | None = None
) -> ResponseReturnValue:
    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, form=form),
            fresh=lambda: _show(oficio),
            back=_url(oficio),
        )
    )


def _load(oficio_id: int, mensaje_id: int) -> tuple[Oficio, Mensaje]:
    oficio = oficio_to_work(oficio_id)
    return oficio, or_404(find_message(oficio.id, mensaje_id))


def _show(
    oficio: Oficio,
    status: int = 200,
    *,
    form: MensajeForm | None = None,
    discard_form: DescartarForm | None = None,
    discarding: int | None = None,
) -> Response:
    mensajes = list_of_case(oficio.id)
    at_once = goes_at_once(is_admin=current_user.is_admin, release=text_setting(RELEASE))
    return render_section(
        oficio,
        "mensajes",
        "mensajes/_section.html",
        status,
        mensajes=mensajes,
        by_id={mensaje.id: mensaje for mensaje in mensajes},
        waiting=[m for m in mensajes if m.lado is LadoMensaje.BUFFET and m.is_waiting],
        form=form if form is not None and status != 200 else MensajeForm(formdata=None),
        discard_form=discard_form or DescartarForm(formdata=None),
        discarding=discarding,
        can_release=can_release(current_user),
        at_once=at_once,
    )


def _short(mensaje: Mensaje) -> str:
    words = " ".join(mensaje.texto.split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def _url(oficio: Oficio) -> str:
    return url_for("mensajes.section", oficio_id=oficio.id)
