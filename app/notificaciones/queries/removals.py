"""Which cases wait for the removal of a vehicle that was seized, and from which day on."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from app.ajustes.queries import number_setting
from app.db import prepared
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.rules.diligencias import (
    EMBARGOS,
    FULFILLING,
    REMOVAL_DAYS,
    Acto,
    Retiro,
    pending_removal,
)
from app.oficios.models import Oficio, Seguimiento
from app.oficios.rules import OPEN_STATES


def find_removal(oficio_id: int) -> Retiro | None:
    """The removal that one case waits for, if its vehicle was seized."""
    actos = _read(_acts_of.rows(oficio_id=oficio_id)).get(oficio_id, [])
    return pending_removal(actos, removal_days()) if actos else None


def list_removals() -> dict[int, Retiro]:
    """The removals that open cases wait for, the first day first."""
    by_case = _read(_acts_of_open.rows())
    if not by_case:
        return {}
    days = removal_days()
    found = {
        pk: retiro for pk, actos in by_case.items() if (retiro := pending_removal(actos, days))
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].desde, item[0])))


def removal_days() -> int:
    """Days hábiles between an embargo and the removal."""
    return number_setting(REMOVAL_DAYS)


def list_planned_days(oficio_id: int) -> set[date]:
    """The days on which somebody means to come back to a case."""
    return set(_planned.rows(oficio_id=oficio_id).scalars())


@prepared
def _planned(oficio_id: Any) -> sa.Select[date]:
    return sa.select(Seguimiento.para).where(
        Seguimiento.oficio_id == oficio_id, Seguimiento.hecho_at.is_(None)
    )


def _read(rows: Any) -> dict[int, list[Acto]]:
    found: dict[int, list[Acto]] = {}
    for oficio_id, diligencia, fecha in rows:
        found.setdefault(oficio_id, []).append(Acto(diligencia, fecha))
    return found


def _acts(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Notificacion.oficio_id, Respuesta.diligencia, Respuesta.fecha_diligencia)
        .join(Notificacion, Notificacion.id == Respuesta.notificacion_id)
        .where(
            Respuesta.diligencia.in_(FULFILLING),
            Respuesta.fecha_diligencia.is_not(None),
            *conditions,
        )
    )


@prepared
def _acts_of(oficio_id: Any) -> sa.Select[*tuple[Any, ...]]:
    return _acts(Notificacion.oficio_id == oficio_id)


@prepared
def _acts_of_open() -> sa.Select[*tuple[Any, ...]]:
    seized = (
        sa.select(Notificacion.oficio_id)
        .join(Respuesta, Respuesta.notificacion_id == Notificacion.id)
        .join(Oficio, Oficio.id == Notificacion.oficio_id)
        .where(Respuesta.diligencia.in_(EMBARGOS), Oficio.estado.in_(OPEN_STATES))
    )
    return _acts(Notificacion.oficio_id.in_(seized))
