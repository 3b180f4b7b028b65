"""The hours of the office as the settings have them, and what is promised to whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.ajustes.models import Ajuste
from app.ajustes.queries import read_setting, text_setting
from app.db import db
from app.oficios.rules import Prioridad
from app.promesas.models import Promesa
from app.promesas.rules import (
    CALENDAR_SETTINGS,
    CLOSURES,
    FROM_HOUR,
    RISK_SHARE,
    SATURDAYS,
    SHOWN_TO_BUFFET,
    UNTIL_HOUR,
    TipoPromesa,
    read_closures,
)
from app.promesas.rules.horario import Horario


@dataclass(frozen=True)
class Calendario:
    """By which time promises are counted, and from which share of it they are at risk."""

    horario: Horario
    #: In percent.
    riesgo: int


def read_calendar() -> Calendario:
    """The office's hours and the share from which a promise is at risk, in one statement."""
    claves = [setting.clave for setting in CALENDAR_SETTINGS]
    rows = db.session.execute(sa.select(Ajuste.clave, Ajuste.valor).where(Ajuste.clave.in_(claves)))
    stored = dict(iter(rows))
    value = {
        setting.clave: read_setting(setting, stored.get(setting.clave))
        for setting in CALENDAR_SETTINGS
    }
    horario = Horario(
        desde=int(value[FROM_HOUR.clave]),
        hasta=int(value[UNTIL_HOUR.clave]),
        sabados=value[SATURDAYS.clave] == "si",
        cierres=read_closures(str(value[CLOSURES.clave])),
    )
    return Calendario(horario, int(value[RISK_SHARE.clave]))


def are_shown_to_buffets() -> bool:
    """Whether buffets see how the promises of their own cases stand."""
    return text_setting(SHOWN_TO_BUFFET) == "si"


def list_versions(buffet_id: int) -> list[Promesa]:
    """What was and is promised to a buffet, the newest first."""
    return list(db.session.scalars(versions_statement(buffet_id)))


def versions_statement(buffet_id: int) -> sa.Select[Promesa]:
    """The same, to be cut by whoever shows it."""
    return sa.select(Promesa).where(Promesa.buffet_id == buffet_id).order_by(Promesa.desde.desc())


def read_versions(buffet_ids: Collection[int]) -> dict[int, list[Promesa]]:
    """The same of several buffets, in one statement; buffets without any are left out."""
    found: dict[int, list[Promesa]] = {}
    for row in db.session.scalars(
        sa.select(Promesa).where(Promesa.buffet_id.in_(buffet_ids)).order_by(Promesa.desde.desc())
    ):
        found.setdefault(row.buffet_id, []).append(row)
    return found


def in_force(versions: list[Promesa], day: date) -> Promesa | None:
    """What holds for a case that came in on a day, of versions with the newest first."""
    return next((one for one in versions if one.desde <= day), None)


def terms_of(promesa: Promesa | None, tipo: TipoPromesa, horario: Horario) -> dict[Prioridad, int]:
    """The terms of a kind of promise by priority, in business seconds."""
    if promesa is None:
        return {}
    lapsos = {prioridad: promesa.term(tipo, prioridad) for prioridad in Prioridad}
    return {prioridad: horario.seconds_of(one) for prioridad, one in lapsos.items() if one}
