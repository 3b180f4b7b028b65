"""What left the house, and who looked at a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion
from app.core.clock import start_of_day
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import DATOS_MOSTRADOS
from app.usuarios.models import Usuario

#: Rows that a file holds at most.
EXPORT_LIMIT = 50_000
#: What the audit writes down when somebody of the office is shown covered data, in words.
LOOKS = {
    DATOS_MOSTRADOS: "Pidió ver el RUT y los contactos de una persona",
    "adjunto.original_descargado": "Descargó el original de un archivo",
    "avistamientos.listado_descargado": "Descargó el archivo de un listado de pasos",
}


@dataclass(frozen=True)
class DivulgacionFilter:
    """Which of what left the house."""

    canal: CanalDivulgacion | None = None
    #: The number of a case.
    oficio: str = ""
    #: A part of to whom.
    destinatario: str = ""
    desde: date | None = None
    hasta: date | None = None


@dataclass(frozen=True)
class Mirada:
    """That somebody saw or received something of a case."""

    cuando: datetime
    quien: str
    que: str
    como: str
    oficio_id: int | None


def disclosures_statement(wanted: DivulgacionFilter) -> Any:
    """What left the house, the newest first, with the number of its case."""
    statement: Any = (
        sa.select(Divulgacion, Oficio.numero_oficio)
        .outerjoin(Oficio, Oficio.id == Divulgacion.oficio_id)
        .order_by(Divulgacion.created_at.desc(), Divulgacion.id.desc())
    )
    if wanted.canal:
        statement = statement.where(Divulgacion.canal == wanted.canal)
    else:
        statement = statement.where(Divulgacion.canal != CanalDivulgacion.LECTURA)
    if wanted.oficio:
        statement = statement.where(Oficio.numero_oficio == wanted.oficio)
    if wanted.destinatario:
        statement = statement.where(
            Divulgacion.destinatario.icontains(wanted.destinatario, autoescape=True)
        )
    if wanted.desde:
        statement = statement.where(Divulgacion.created_at >= start_of_day(wanted.desde))
    if wanted.hasta:
        end = start_of_day(wanted.hasta + timedelta(days=1))
        statement = statement.where(Divulgacion.created_at < end)
    return statement


def iter_disclosures(wanted: DivulgacionFilter) -> Iterator[Any]:
    """The rows of a file."""
    return iter(db.session.execute(disclosures_statement(wanted).limit(EXPORT_LIMIT)))


def count_disclosures(wanted: DivulgacionFilter) -> int:
    """How many rows a filter leaves."""
    rows = disclosures_statement(wanted).order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def looks_statement(oficio_ids: Sequence[int]) -> Any:
    """Who saw or received something of some cases, the newest first, for ``show_look``.

    From what left the house or was read, by itself or in a list, and from the audit of what people
    of the office asked to see.
    """
    told = (
        Divulgacion.created_at,
        Divulgacion.destinatario.label("quien"),
        Divulgacion.que,
        sa.cast(Divulgacion.canal, sa.String).label("como"),
    )
    sent = sa.select(*told, Divulgacion.oficio_id).where(Divulgacion.oficio_id.in_(oficio_ids))
    listed = (
        sa.select(*told, DivulgacionCaso.oficio_id)
        .join(DivulgacionCaso, DivulgacionCaso.divulgacion_id == Divulgacion.id)
        .where(DivulgacionCaso.oficio_id.in_(oficio_ids))
    )
    seen = (
        sa.select(
            Auditoria.created_at,
            sa.func.coalesce(Usuario.nombre, "Rastro").label("quien"),
            Auditoria.accion.label("que"),
            sa.literal("").label("como"),
            Auditoria.oficio_id,
        )
        .outerjoin(Usuario, Usuario.id == Auditoria.usuario_id)
        .where(Auditoria.oficio_id.in_(oficio_ids), Auditoria.accion.in_(LOOKS))
    )
    rows = sa.union_all(sent, listed, seen).subquery()
    return sa.select(rows).order_by(rows.c.created_at.desc(), rows.c.que, rows.c.oficio_id)


def show_look(row: Any) -> Mirada:
    """A row of ``looks_statement`` in words."""
    if not row.como:
        return Mirada(row.created_at, row.quien, LOOKS[row.que], "Oficina", row.oficio_id)
    label = CanalDivulgacion(row.como).label
    return Mirada(row.created_at, row.quien, row.que, label, row.oficio_id)


def name_cases(oficio_ids: Sequence[int]) -> dict[int, str]:
    """The numbers of some cases."""
    if not oficio_ids:
        return {}
    rows = db.session.execute(
        sa.select(Oficio.id, Oficio.numero_oficio).where(Oficio.id.in_(oficio_ids))
    )
    return {row.id: row.numero_oficio for row in rows}


def find_cases(numero: str) -> list[int]:
    """The cases of a number: one for each buffet that uses it."""
    return list(db.session.scalars(sa.select(Oficio.id).where(Oficio.numero_oficio == numero)))
