"""One case of the buffet, and what it and the office write to each other on it."""

from __future__ import annotations

from flask import render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.queries import list_approved
from app.bandeja.forms import DropForm
from app.bandeja.pages import take_dropped
from app.bandeja.rules import ViaIngreso
from app.bandeja.service.receiving import Procedencia
from app.buffets.models import Buffet
from app.core.clock import local_today, utcnow
from app.core.errors import InvalidValue
from app.db import db, transaction
from app.extensions import limiter
from app.mensajes.forms import DelBuffetForm
from app.mensajes.models import Mensaje
from app.mensajes.permissions import can_buffet_see
from app.mensajes.queries import find_message, list_for_buffet
from app.mensajes.rules import TEXT_MAX, ClaseMensaje
from app.mensajes.service import AutorDelBuffet, write_from_buffet
from app.notificaciones.queries.hitos import list_avances
from app.notificaciones.rules.avance import days_in_stages
from app.oficios.models import Oficio
from app.portal.access import SESSION_KEY, living_link, looking_buffet
from app.portal.pages.blueprint import bp, note_look
from app.portal.rules import PASOS, days_ago, own_step
from app.web.access import or_404
from app.web.bodies import accepts_bytes, several_uploads
from app.web.deeds import Deed, Done, carry_out

_OF_CASE = "/portal/oficios/<int:oficio_id>"


@bp.get(_OF_CASE)
def detail(oficio_id: int) -> ResponseReturnValue:
    """One oficio of the buffet that looks: where it stands, its milestones, its messages."""
    buffet, oficio = _load(oficio_id)
    page = _case_page(buffet, oficio)
    note_look(buffet, "Página del oficio", oficio_id)
    return page


@bp.get("/portal/mensajes")
def messages() -> ResponseReturnValue:
    """What the buffet and the office wrote to each other, what waits for the buffet first."""
    buffet = looking_buffet()
    found = list_for_buffet(buffet.id)
    found.sort(key=lambda one: not one.asks_buffet)
    page = render_template("portal/messages.html", buffet=buffet, mensajes=found)
    note_look(buffet, "Mensajes", casos=sorted({one.oficio_id for one in found}))
    return page


@bp.post(f"{_OF_CASE}/mensajes")
@limiter.limit("20 per minute")
def write(oficio_id: int) -> ResponseReturnValue:
    """Write to the office on a case, or answer what it asked."""
    buffet, oficio = _load(oficio_id)
    form = DelBuffetForm()

    def deed() -> Done:
        answers = _asked(oficio, buffet, form.responde.data) if form.responde.data else None
        clase = ClaseMensaje.PREGUNTA if form.pregunta.data else ClaseMensaje.INFORMA
        write_from_buffet(
            oficio, form.texto.data or "", clase, autor=_autor(), now=utcnow(), answers=answers
        )
        return Done("Enviado a la oficina.", f"{_url(oficio)}#mensajes")

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: (_case_page(*_load(oficio_id), form=form), status),
            beside={InvalidValue: form.texto},
        )
    )


@bp.post(f"{_OF_CASE}/orden")
@accepts_bytes(several_uploads)
@limiter.limit("20 per minute")
def send_order(oficio_id: int) -> ResponseReturnValue:
    """Send the order that the office asked for: the file goes to its tray, and the case says so."""
    buffet, oficio = _load(oficio_id)
    form = DropForm()

    def deed() -> Done:
        names = [one.nombre for one in form.soltados()]
        done = take_dropped(form, origin(buffet), f"{_url(oficio)}#mensajes")
        with transaction():
            case = _load(oficio_id)[1]
            open_asks = [
                one
                for one in list_for_buffet(buffet.id, oficio_id=case.id, only_waiting=True)
                if one.clase is ClaseMensaje.ORDEN
            ]
            answers = find_message(case.id, open_asks[0].id) if open_asks else None
            write_from_buffet(
                case,
                f"Envió la orden, que está en la bandeja: {', '.join(names)}"[:TEXT_MAX],
                ClaseMensaje.INFORMA,
                autor=_autor(),
                now=utcnow(),
                answers=answers,
            )
        return done

    return carry_out(
        Deed(
            do=deed,
            form=form,
            in_transaction=False,
            show=lambda status: (_case_page(*_load(oficio_id), order_form=form), status),
            beside={InvalidValue: form.archivos},
        )
    )


def origin(buffet: Buffet) -> Procedencia:
    """From whom a file is that this browser sends."""
    by_link = living_link() is not None
    return Procedencia(
        ViaIngreso.PORTAL,
        buffet_id=buffet.id,
        usuario_id=None if by_link else current_user.id,
        enlace_id=session[SESSION_KEY] if by_link else None,
    )


def _load(oficio_id: int) -> tuple[Buffet, Oficio]:
    """The buffet that looks, and a case of it; 404 for any other."""
    buffet = looking_buffet()
    oficio = or_404(db.session.get(Oficio, oficio_id))
    return buffet, or_404(oficio, allowed=oficio.buffet_id == buffet.id)


def _asked(oficio: Oficio, buffet: Buffet, mensaje_id: int) -> Mensaje:
    mensaje = or_404(find_message(oficio.id, mensaje_id))
    return or_404(mensaje, allowed=can_buffet_see(mensaje, buffet.id))


def _autor() -> AutorDelBuffet:
    enlace = living_link()
    if enlace is not None:
        return AutorDelBuffet(enlace=enlace)
    return AutorDelBuffet(usuario=current_user)


def _case_page(
    buffet: Buffet,
    oficio: Oficio,
    *,
    form: DelBuffetForm | None = None,
    order_form: DropForm | None = None,
) -> str:
    now = utcnow()
    avance = list_avances([oficio.id])[oficio.id]
    mensajes = list_for_buffet(buffet.id, oficio_id=oficio.id)
    asks = [one for one in mensajes if one.asks_buffet]
    return render_template(
        "portal/detail.html",
        buffet=buffet,
        oficio=oficio,
        avance=avance,
        dias=days_in_stages(avance.etapas, now),
        pasos=PASOS,
        today=local_today(now),
        days_ago=days_ago,
        propio=own_step(asks),
        fotos=list_approved(oficio.id),
        mensajes=mensajes,
        by_id={one.id: one for one in mensajes},
        asks=asks,
        form=form or DelBuffetForm(formdata=None),
        order_form=order_form or DropForm(formdata=None),
    )


def _url(oficio: Oficio) -> str:
    return url_for("portal.detail", oficio_id=oficio.id)
