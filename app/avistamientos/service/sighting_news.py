"""Telling whoever has the case that its vehicle was seen: once for each check, with its date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa

from app.avisos.rules import Novedad
from app.avistamientos.models import Avistamiento
from app.avistamientos.rules.place_name import name_place
from app.core.dates import format_fecha, format_fecha_hora
from app.db import db
from app.oficios.models import Oficio
from app.oficios.service.telling import tell_case, whom_to_tell
from app.usuarios.models import Usuario


def announce_sightings(
    oficio: Oficio,
    rows: Sequence[Avistamiento],
    *,
    clave: str,
    now: datetime,
    actor: Usuario | None = None,
) -> None:
    """Tell the investigator of an open case what was not known yet, in the caller's transaction.

    Sightings that came together (``clave``) are one notice, and a ``clave`` is never told twice.
    The notice says when the vehicle was seen, and that it was longer ago than what was known if
    so. ``actor`` wrote it down and knows already. Of a case that nobody has every administrator
    is told, so that a sighting is not lost.
    """
    if not rows or oficio.estado.is_final:
        return
    # Who has it may have changed in this very transaction.
    db.session.refresh(oficio, ["investigador"])
    text = _sentence(oficio, rows, _newest_known(oficio.id, rows))
    if whom_to_tell(oficio) != [oficio.investigador]:
        text += " El caso no tiene investigador."
    tell_case(
        oficio,
        Novedad.AVISTAMIENTO,
        text,
        path=f"/oficios/{oficio.id}/avistamientos",
        accion="Ver los avistamientos",
        clave=clave,
        now=now,
        actor=actor,
        cantidad=len(rows),
    )


def _newest_known(oficio_id: int, rows: Sequence[Avistamiento]) -> date | None:
    """The day of the newest sighting from before; None when these are the first.

    By ids, which grow: an answer may bring more rows than a statement takes parameters.
    """
    statement = sa.select(sa.func.max(Avistamiento.fecha)).where(
        Avistamiento.oficio_id == oficio_id, Avistamiento.id < min(row.id for row in rows)
    )
    return db.session.scalar(statement)


def _sentence(oficio: Oficio, rows: Sequence[Avistamiento], known: date | None) -> str:
    """«Avistamiento nuevo de BBCL12 (OF-2026-001): 24-11-2026 07:51, Costanera Norte P5.»"""
    last = max(rows, key=_moment)
    when = (
        format_fecha_hora(last.fecha_hora, last.zona)
        if last.fecha_hora
        else format_fecha(last.fecha)
    )
    place = name_place(last)
    seen = f"{when}, {place}" if place else when
    whose = f"{oficio.vehiculo.patente} ({oficio.numero_oficio})"
    count = len(rows)
    if known is not None and last.fecha < known:
        what = "Un avistamiento anterior" if count == 1 else f"{count} avistamientos anteriores"
        latest = "del" if count == 1 else "el más reciente, del"
        text = f"{what} de {whose}: {latest} {seen}. Ya se conocía uno del {format_fecha(known)}."
    elif count == 1:
        text = f"Avistamiento nuevo de {whose}: {seen}."
    else:
        text = f"{count} avistamientos nuevos de {whose}: el último, {seen}."
    return f"{text} Dato de demostración." if last.simulado else text


def _moment(row: Avistamiento) -> tuple[date, datetime]:
    return row.fecha, row.fecha_hora or datetime.min.replace(tzinfo=UTC)
