"""Cases that a list brought by mistake are taken back while nobody has done anything with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from app.custodia.service import execute_sealed, removal_reason
from app.db import Model, db
from app.direcciones.models import Direccion
from app.eventos.models import Evento
from app.eventos.service.emitting import DELIVER
from app.jobs.models import Trabajo
from app.oficios.models import CARGAS, Investigacion, Oficio, Propietario
from app.oficios.rules import Actividad, Estado, EstadoCarga
from app.oficios.service.carga import OPENED
from app.vehiculos.models import Vehiculo

#: Rows that come with a case, or follow it by themselves; a row of any other table is a deed.
_OWN = frozenset(
    {
        "cargas",
        "compromisos",
        "direcciones",
        "eventos",
        "investigaciones",
        "propietarios",
        "trabajos",
        "vehiculos",
        # That it came of a file of the tray.
        "origenes",
    }
)


def hide_cases(oficio_ids: Collection[int], importacion_id: int, estado: EstadoCarga) -> None:
    """Let nobody see some cases from the commit on, while a list takes them back or moves them."""
    if oficio_ids:
        db.session.connection().execute(
            sa.insert(CARGAS),
            [
                {"oficio_id": pk, "importacion_id": importacion_id, "estado": estado}
                for pk in sorted(oficio_ids)
            ],
        )


def spare_cases(oficio_ids: Collection[int]) -> None:
    """Let everybody see some of them again: nothing was done with them."""
    for part in _parts(sorted(oficio_ids)):
        db.session.execute(sa.delete(CARGAS).where(CARGAS.c.oficio_id.in_(part)))


def touched_cases(importacion_id: int) -> set[int]:
    """Those of the cases that a list has hidden with which somebody did something.

    Asked for in the transaction that hides them, so that nothing comes in between. A table that is
    added later counts as a deed until it is said here that it is none.
    """
    chosen = sa.select(CARGAS.c.oficio_id).where(
        CARGAS.c.importacion_id == importacion_id,
        CARGAS.c.estado != EstadoCarga.DESHECHA,
    )
    cases, entries, jobs = Oficio.__table__, Investigacion.__table__, Trabajo.__table__
    questions = [
        sa.select(cases.c.id).where(
            cases.c.id.in_(chosen),
            sa.or_(cases.c.version != 1, cases.c.estado != Estado.PENDIENTE),
        ),
        sa.select(entries.c.oficio_id).where(
            entries.c.oficio_id.in_(chosen),
            sa.or_(entries.c.tipo != Actividad.SISTEMA, entries.c.descripcion != OPENED),
        ),
        sa.select(jobs.c.oficio_id).where(jobs.c.oficio_id.in_(chosen), jobs.c.tipo != DELIVER),
    ]
    for table in Model.metadata.tables.values():
        column = table.c.get("oficio_id")
        if column is not None and column.foreign_keys and table.name not in _OWN:
            questions.append(sa.select(column).where(column.in_(chosen)))
    return {pk for question in questions for pk in db.session.scalars(question.distinct())}


def remove_cases(oficio_ids: Sequence[int], *, reason: str) -> None:
    """Remove cases that are hidden and untouched, with all that came with them.

    Their chains say with ``reason`` that they were taken back; the rows that say so of their ids
    stay. What was recorded of who saw them stays too.
    """
    metadata = Model.metadata.tables
    connection = db.session.connection()
    for name in ("compromisos", Evento.__tablename__):
        if name in metadata:
            table = metadata[name]
            connection.execute(sa.delete(table).where(table.c.oficio_id.in_(oficio_ids)))
    jobs = metadata[Trabajo.__tablename__]
    connection.execute(
        sa.update(jobs).where(jobs.c.oficio_id.in_(oficio_ids)).values(oficio_id=None)
    )
    with removal_reason(reason):
        if "origenes" in metadata:  # those of a feature above, when it is there
            origins = metadata["origenes"]
            execute_sealed(sa.delete(origins).where(origins.c.oficio_id.in_(oficio_ids)))
        for model in (Investigacion, Vehiculo, Propietario, Direccion):
            execute_sealed(sa.delete(model).where(model.oficio_id.in_(oficio_ids)))
        execute_sealed(sa.delete(Oficio).where(Oficio.id.in_(oficio_ids)))
    connection.execute(
        sa.update(CARGAS)
        .where(CARGAS.c.oficio_id.in_(oficio_ids))
        .values(estado=EstadoCarga.DESHECHA)
    )


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]
