"""A small history that was worked out by hand: eighteen cases of an autumn, every day written down.

``DAY`` is when they are looked at. The figures in the tests were counted from this table with a
pencil; nothing of them comes out of a run.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from app.buffets.models import Buffet
from app.db import db, transaction
from app.indicadores.service.reading_figures import read_news
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import DireccionData, Move, assign_oficio, move_oficio, undo_move
from app.usuarios.models import Usuario
from tests.factories import make_oficio

DAY = date(2026, 11, 29)
NOW = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
#: Monday to Sunday, eight weeks.
DESDE, HASTA = date(2026, 10, 5), DAY

I, N, E, X = (  # noqa: E741  # letters of the table below
    Estado.INVESTIGACION,
    Estado.NOTIFICACION,
    Estado.ENCONTRADO,
    Estado.NO_ENCONTRADO,
)
#: Of each case: its buffet's letter, the day of its entry, and each step with its day.
HISTORY: dict[str, tuple[str, str, tuple[tuple[str, Estado], ...]]] = {
    "A1": ("A", "10-05", (("10-06", I), ("10-12", N), ("10-19", E))),
    "A2": ("A", "10-05", (("10-07", I), ("10-17", N), ("10-26", E))),
    "A3": ("A", "10-06", (("10-06", I), ("10-10", N), ("10-14", E))),
    "A4": ("A", "10-08", (("10-12", I), ("11-02", X))),
    "A5": ("A", "10-12", (("10-13", I), ("10-20", N), ("10-28", E))),
    "A6": ("A", "10-12", (("10-14", I), ("10-30", N), ("11-09", E))),
    # It was not there any more, and was found again.
    "A7": ("A", "10-19", (("10-20", I), ("10-25", N), ("10-27", I), ("11-05", N), ("11-12", E))),
    "A8": ("A", "10-19", (("10-21", I), ("10-28", N), ("11-04", E))),
    "A9": ("A", "10-26", (("10-26", I), ("11-09", N), ("11-16", E))),
    "A10": ("A", "10-26", (("10-30", I), ("11-20", X))),
    # On 11 November somebody closed it by a slip and took that back at once.
    "A11": ("A", "11-02", (("11-03", I), ("11-10", N), ("11-18", E))),
    # Closed, and reopened weeks later: it is open.
    "A12": ("A", "10-05", (("10-06", I), ("10-09", X), ("11-02", I))),
    "A13": ("A", "11-03", (("11-03", I), ("11-20", N))),
    "B1": ("B", "11-02", (("11-04", I), ("11-16", N))),
    "B2": ("B", "11-09", (("11-10", I),)),
    "B3": ("B", "11-23", ()),
    "B4": ("B", "10-05", (("10-06", I), ("10-12", X))),
    # From before the period.
    "B5": ("B", "09-01", ()),
}


def make_history(
    app: Flask, buffets: dict[str, Buffet], admin: Usuario, investigador: Usuario
) -> dict[str, Oficio]:
    """Let every case go its way, and read the figures; those of A are the investigador's."""
    made = {}
    for name, (letter, received, steps) in HISTORY.items():
        oficio = make_oficio(
            app,
            buffets[letter],
            admin,
            numero_oficio=name,
            fecha_ingreso=_day(received),
            now=_moment(received),
            direccion=DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa"),
        )
        made[name] = oficio
        with app.app_context(), transaction():
            row = db.session.get_one(Oficio, oficio.id)
            actor = db.session.get_one(Usuario, admin.id)
            if letter == "A":
                person = db.session.get_one(Usuario, investigador.id)
                assign_oficio(row, person, actor=actor, now=_moment(received))
            for number, (day, estado) in enumerate(steps, 1):
                if name == "A11" and estado is E:
                    slip = _moment("11-11", number)
                    move_oficio(row, Move(E, row.version), actor=actor, now=slip)
                    undo = Move(N, row.version)
                    undo_move(row, undo, actor=actor, now=slip + timedelta(seconds=5))
                move_oficio(row, Move(estado, row.version), actor=actor, now=_moment(day, number))
    with app.app_context():
        read_news(now=NOW)
    return made


def _day(text: str) -> date:
    month, day = text.split("-")
    return date(2026, int(month), int(day))


def _moment(text: str, hour: int = 0) -> datetime:
    """An hour of the morning of that day."""
    return datetime.combine(_day(text), datetime.min.time(), UTC) + timedelta(hours=13 + hour)
