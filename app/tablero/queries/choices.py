"""What the menus of the board offer: people, buffets, and the views of who looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from app.ajustes.models import Ajuste
from app.buffets.models import Buffet
from app.db import db, prepared
from app.eventos.models import Evento
from app.oficios.rules import Estado
from app.tablero.models import ASPECT, LAST, UNNAMED, Vista
from app.tablero.rules import LIMITS, Aspecto, read_limits
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol

Choice = tuple[int, str]


@dataclass
class Choices:
    """The people and the buffets that a filter may name."""

    #: Active people of the firm: those to whom a case is assigned.
    people: list[Choice] = field(default_factory=list)
    #: Those who left; their old cases still carry their name.
    former: list[Choice] = field(default_factory=list)
    buffets: list[Choice] = field(default_factory=list)
    #: How many cards a column should have at most; columns without a limit are left out.
    limits: dict[Estado, int] = field(default_factory=dict)


def list_choices() -> Choices:
    """People and buffets, by name, and the limits of the columns: all in one query."""
    choices = Choices()
    for kind, pk, text in _choices.rows():
        if kind == "limits":
            choices.limits = read_limits(text)
        else:
            getattr(choices, kind).append((pk, text))
    return choices


@prepared
def _choices() -> Any:
    people = sa.select(
        sa.case((Usuario.activo, "people"), else_="former").label("kind"),
        Usuario.id.label("id"),
        Usuario.nombre.label("nombre"),
    ).where(Usuario.rol != Rol.CLIENTE)
    buffets = sa.select(sa.literal("buffets"), Buffet.id, Buffet.nombre)
    limits = sa.select(sa.literal("limits"), sa.literal(0), Ajuste.valor).where(
        Ajuste.clave == LIMITS
    )
    return people.union_all(buffets, limits).order_by("nombre", "id")


@dataclass
class Visit:
    """What a person's page begins with."""

    #: The filters of the last visit.
    last: str = ""
    #: Id, name and filters of each named view.
    views: list[tuple[int, str, str]] = field(default_factory=list)
    #: The newest event: what happens later is new to the page.
    event: int = 0
    aspecto: Aspecto = field(default_factory=Aspecto)


def read_visit(usuario_id: int) -> Visit:
    """A person's views, and how far events have come, in one query.

    Ask before reading cards: what is stored between the two is then told again, not lost.
    """
    visit = Visit()
    for pk, nombre, consulta in _visit.rows(usuario_id=usuario_id):
        if nombre is None:
            visit.event = pk or 0
        elif nombre == LAST:
            visit.last = consulta
        elif nombre == ASPECT:
            visit.aspecto = Aspecto.read(consulta)
        else:
            visit.views.append((pk, nombre, urlencode(parse_qsl(consulta))))
    return visit


@prepared
def _visit(usuario_id: Any) -> Any:
    mine = sa.select(Vista.id, Vista.nombre, Vista.consulta).where(Vista.usuario_id == usuario_id)
    newest = sa.select(sa.func.max(Evento.id), sa.null(), sa.null())
    return mine.union_all(newest).order_by("nombre")


def count_views(usuario_id: int) -> int:
    """How many named views a person has."""
    statement = sa.select(sa.func.count()).select_from(Vista)
    mine = statement.where(Vista.usuario_id == usuario_id, Vista.nombre.not_in(UNNAMED))
    return db.session.scalar(mine) or 0


def find_view(usuario_id: int, nombre: str) -> Vista | None:
    """A person's view of that name."""
    return db.session.scalar(
        sa.select(Vista).where(Vista.usuario_id == usuario_id, Vista.nombre == nombre)
    )
