"""How the promises of cases stand, worked out anew in the transaction that changed something."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today
from app.db import db
from app.oficios.rules import Prioridad
from app.promesas.models import Compromiso
from app.promesas.queries.calendar import (
    Calendario,
    in_force,
    read_calendar,
    read_versions,
    terms_of,
)
from app.promesas.queries.case_lives import CaseLife, read_lives
from app.promesas.rules import SituacionPromesa, TipoPromesa
from app.promesas.rules.reloj import Marcha, Vida, run_clock, settle

_TABLE = Compromiso.metadata.tables[Compromiso.__tablename__]
_KEPT = (
    "buffet_id",
    "situacion",
    "empieza_at",
    "riesgo_at",
    "vence_at",
    "cumplida_at",
    "decide_at",
    "plazo_s",
    "resta_s",
)


def refresh_cases(oficio_ids: Collection[int], *, now: datetime) -> int:
    """Store how the promises of some cases stand by what happened; returns how many changed.

    Doing it again changes nothing. What was decided before stays as it is, although the office's
    hours or holidays have changed since: only what happened to the case itself decides anew.
    """
    lives = read_lives(oficio_ids)
    if not lives:
        return 0
    db.session.flush()
    versions = read_versions({life.buffet_id for life in lives.values()})
    calendario = read_calendar()
    stored = _stored(lives)
    new, changed = [], []
    # The cases of one list began at one moment, and were promised the same.
    terms: dict[tuple[int | None, TipoPromesa], dict[Prioridad, int]] = {}
    run: dict[tuple[Vida, int | None, TipoPromesa], Marcha | None] = {}
    for pk, life in lives.items():
        begins = life.begins(calendario.horario)
        promesa = in_force(versions.get(life.buffet_id, []), local_today(begins))
        for tipo in TipoPromesa:
            former = stored.pop((pk, tipo), None)
            key = (promesa.id if promesa else None, tipo)
            if key not in terms:
                terms[key] = terms_of(promesa, tipo, calendario.horario)

            def clock(vida: Vida, key: tuple[int | None, TipoPromesa] = key) -> Marcha | None:
                if (vida, *key) not in run:
                    run[vida, *key] = run_clock(
                        vida, terms[key], calendario.horario, calendario.riesgo
                    )
                return run[vida, *key]

            values = _work_out(life, tipo, calendario, former, now, clock if terms[key] else None)
            if values is None:
                if former is not None:
                    stored[pk, tipo] = former
            elif former is None:
                new.append({"oficio_id": pk, "tipo": tipo, **values})
            elif any(getattr(former, name) != values[name] for name in _KEPT):
                changed.append({"pk": former.id, **values})
    _write(new, changed, [former.id for former in stored.values()])
    return len(new) + len(changed) + len(stored)


def _stored(lives: Collection[int]) -> dict[tuple[int, TipoPromesa], Any]:
    rows = db.session.execute(sa.select(_TABLE).where(_TABLE.c.oficio_id.in_(lives)))
    return {(row.oficio_id, row.tipo): row for row in rows}


def _work_out(
    life: CaseLife,
    tipo: TipoPromesa,
    calendario: Calendario,
    former: Any,
    now: datetime,
    clock: Callable[[Vida], Marcha | None] | None,
) -> dict[str, Any] | None:
    """The columns of a promise as it stands; None where nothing is promised, and no clock runs."""
    vida = life.vida(tipo, calendario.horario)
    marcha = None
    if former is not None and former.buffet_id == life.buffet_id:
        marcha = _decided(former, vida, now)
    if marcha is None and clock is not None:
        marcha = clock(vida)
    if marcha is None:
        return None
    return {
        "buffet_id": life.buffet_id,
        "empieza_at": vida.empieza_at,
        "cumplida_at": vida.cumplida_at,
        **vars(marcha),
    }


def _decided(former: Any, vida: Vida, now: datetime) -> Marcha | None:
    """How a promise stands that was kept or late before: its moments stay as they are."""
    was_kept = (
        former.situacion is SituacionPromesa.CUMPLIDA and former.cumplida_at == vida.cumplida_at
    )
    was_late = (
        former.vence_at is not None
        and former.vence_at <= now
        and former.situacion in {SituacionPromesa.CORRE, SituacionPromesa.INCUMPLIDA}
    )
    if not (was_kept or was_late):
        return None
    known = Marcha(
        former.situacion, former.riesgo_at, former.vence_at, former.decide_at, former.plazo_s
    )
    return settle(vida, known)


def _write(new: list[dict[str, Any]], changed: list[dict[str, Any]], gone: list[int]) -> None:
    connection = db.session.connection()
    if gone:
        connection.execute(sa.delete(_TABLE).where(_TABLE.c.id.in_(gone)))
    if new:
        connection.execute(sa.insert(_TABLE), new)
    if changed:
        connection.execute(sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("pk")), changed)
