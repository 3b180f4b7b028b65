"""What is done with the board itself: many cards in one go, and the views that people keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.ajustes.service import set_setting
from app.auditoria.service import audit
from app.consultas.service import request_check
from app.core.errors import Refused
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Estado, Prioridad
from app.oficios.service import Move, assign_oficio, move_oficio, prioritise_oficio
from app.tablero.models import ASPECT, LAST, UNNAMED, Vista
from app.tablero.queries import count_views, find_view
from app.tablero.rules import LIMITS, Aspecto, Lote, write_limits
from app.usuarios.models import Usuario

#: Maximum stored views of one person.
VIEWS_LIMIT = 30


@dataclass(frozen=True)
class Bulk:
    """One deed for several cards, by id with the version that was seen (None where none was)."""

    accion: Lote
    cards: dict[int, int | None]
    estado: Estado | None = None
    #: None unassigns the cases.
    investigador_id: int | None = None
    prioridad: Prioridad | None = None
    #: Reason of the look-up.
    motivo: str = ""


def apply_to_card(bulk: Bulk, oficio: Oficio, *, actor: Usuario, now: datetime) -> str:
    """Do to one card what was asked for all; return what was done, in words.

    Raises:
        Refused, Stale: with why nothing was done to this card.
    """
    if bulk.estado is not None:
        if oficio.estado is bulk.estado:
            return f"Ya estaba en {bulk.estado.label}."
        version = bulk.cards.get(oficio.id) or oficio.version
        move_oficio(oficio, Move(bulk.estado, version), actor=actor, now=now)
        return f"Pasa a {bulk.estado.label}."
    if bulk.prioridad is not None:
        prioritise_oficio(oficio, bulk.prioridad, actor=actor, now=now)
        return f"Prioridad {bulk.prioridad.label.lower()}."
    if bulk.accion is Lote.CONSULTAR:
        request_check(oficio, bulk.motivo, actor=actor, now=now)
        return "Se consultarán sus pórticos."
    return assign_card(oficio, bulk.investigador_id, actor=actor, now=now)


def assign_card(
    oficio: Oficio, investigador_id: int | None, *, actor: Usuario, now: datetime
) -> str:
    """Entrust a case to a person by id; return what was done, in words.

    Raises:
        Refused: the person does not exist, is inactive or belongs to a buffet.
    """
    person = db.session.get(Usuario, investigador_id) if investigador_id else None
    if investigador_id and person is None:
        raise Refused("Esa persona ya no existe. Recargue la página.")
    assign_oficio(oficio, person, actor=actor, now=now)
    return f"Asignado a {person.nombre}." if person else "Queda sin asignar."


def save_view(nombre: str, consulta: str, *, actor: Usuario, now: datetime) -> Vista:
    """Keep filters under a name; a name that exists takes the new ones.

    Raises:
        Refused: the person has as many views as fit in a menu.
    """
    vista = find_view(actor.id, nombre)
    if vista is None:
        if nombre not in UNNAMED and count_views(actor.id) >= VIEWS_LIMIT:
            raise Refused(f"Ya tiene {VIEWS_LIMIT} vistas. Borre una que no use.")
        vista = Vista(usuario_id=actor.id, nombre=nombre, created_at=now)
        db.session.add(vista)
    vista.consulta = consulta
    db.session.flush()
    return vista


def remember_filter(consulta: str, *, actor: Usuario, now: datetime) -> None:
    """Keep the filters of a visit for the next one."""
    save_view(LAST, consulta, actor=actor, now=now)


def keep_aspect(aspecto: Aspecto, *, actor: Usuario, now: datetime) -> None:
    """Keep how a person wants to see cases."""
    save_view(ASPECT, aspecto.write(), actor=actor, now=now)


def remove_view(vista: Vista) -> None:
    """Forget a view; the filters themselves stay where they are on."""
    db.session.delete(vista)
    db.session.flush()


def set_limits(limits: dict[Estado, int | None], *, actor: Usuario, now: datetime) -> None:
    """Say how many cards each column should have at most."""
    text = write_limits(limits)
    set_setting(LIMITS, text)
    audit("ajustes.tablero", actor=actor, now=now, detalle={"limites": text})
