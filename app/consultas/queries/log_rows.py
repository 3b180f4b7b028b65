"""The log of look-ups as a page and a file show it: with its oficio, and who asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import OFFICE_BASIS, audit, record_disclosure
from app.consultas.models import Consulta
from app.consultas.rules import ResultadoConsulta
from app.core.clock import start_of_day
from app.core.text import fold
from app.db import db
from app.oficios.models import Oficio
from app.usuarios.models import Usuario

#: Rows of a file; it says so when there are more.
EXPORT_LIMIT = 50_000
#: Maximum number of words of a search.
_MAX_WORDS = 8
_BATCH = 1_000


@dataclass(frozen=True)
class RegistroFilter:
    """Which look-ups a list shows; it lives in the address."""

    desde: date | None = None
    hasta: date | None = None
    #: An account; 0 is the automatic check.
    usuario_id: int | None = None
    oficio: str = ""
    resultado: ResultadoConsulta | None = None

    def facts(self) -> dict[str, str | int]:
        """The filter as the audit keeps it."""
        values = {
            "desde": self.desde.isoformat() if self.desde else None,
            "hasta": self.hasta.isoformat() if self.hasta else None,
            "usuario_id": self.usuario_id,
            "oficio": self.oficio or None,
            "resultado": self.resultado.value if self.resultado else None,
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Renglon:
    """One look-up of the log."""

    id: int
    pedida_at: datetime
    respondida_at: datetime | None
    usuario: str | None
    motivo: str
    oficio_id: int
    numero_oficio: str
    rol: str | None
    patente: str
    resultado: ResultadoConsulta
    detalle: str | None
    proveedor: str | None
    http_status: int | None
    sha256: str | None
    recibidos: int | None
    nuevos: int | None
    investigacion_id: int | None


#: In the order and under the names of ``Renglon``.
_COLUMNS: tuple[Any, ...] = (
    Consulta.id,
    Consulta.pedida_at,
    Consulta.respondida_at,
    Usuario.nombre.label("usuario"),
    Consulta.motivo,
    Consulta.oficio_id,
    Oficio.numero_oficio,
    Oficio.rol,
    Consulta.patente,
    Consulta.resultado,
    Consulta.detalle,
    Consulta.proveedor,
    Consulta.http_status,
    Consulta.sha256,
    Consulta.recibidos,
    Consulta.nuevos,
    Consulta.investigacion_id,
)


def registro_statement(wanted: RegistroFilter) -> sa.Select[*tuple[Any, ...]]:
    """The look-ups under some filters, newest first."""
    statement = (
        sa.select(*_COLUMNS)
        # Each has its case; said in this way, SQLite reads no more cases than it shows.
        .outerjoin(Oficio, Oficio.id == Consulta.oficio_id)
        .outerjoin(Usuario, Usuario.id == Consulta.usuario_id)
        .order_by(Consulta.pedida_at.desc(), Consulta.id.desc())
    )
    if wanted.desde:
        statement = statement.where(Consulta.pedida_at >= start_of_day(wanted.desde))
    if wanted.hasta:
        next_day = start_of_day(wanted.hasta + timedelta(days=1))
        statement = statement.where(Consulta.pedida_at < next_day)
    if wanted.usuario_id == 0:
        statement = statement.where(Consulta.usuario_id.is_(None))
    elif wanted.usuario_id:
        statement = statement.where(Consulta.usuario_id == wanted.usuario_id)
    if wanted.resultado:
        statement = statement.where(Consulta.resultado == wanted.resultado)
    for word in fold(wanted.oficio).split()[:_MAX_WORDS]:
        statement = statement.where(Oficio.busqueda.contains(word, autoescape=True))
    return statement


def iter_registro(wanted: RegistroFilter) -> Iterator[Renglon]:
    """The look-ups under some filters, as many as a file holds."""
    statement = registro_statement(wanted).limit(EXPORT_LIMIT)
    for row in db.session.execute(statement).yield_per(_BATCH):
        yield Renglon(**row._mapping)


def count_registro(wanted: RegistroFilter) -> int:
    """How many look-ups the filters find."""
    inner = registro_statement(wanted).order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(inner)) or 0


def list_askers() -> list[tuple[int, str]]:
    """Everybody who asked for a look-up, by name."""
    statement = (
        sa.select(Usuario.id, Usuario.nombre)
        .where(sa.exists().where(Consulta.usuario_id == Usuario.id))
        .order_by(Usuario.nombre, Usuario.id)
    )
    return [(row.id, row.nombre) for row in db.session.execute(statement)]


def note_export(
    wanted: RegistroFilter, formato: str, total: int, *, actor: Usuario, now: datetime
) -> None:
    """Write down who takes the log out of here, and which part of it."""
    audit(
        "consultas.exportadas",
        actor=actor,
        now=now,
        formato=formato,
        filas=min(total, EXPORT_LIMIT),
        filtros=wanted.facts(),
    )
    record_disclosure(
        CanalDivulgacion.EXPORTACION,
        f"Bitácora de consultas ({formato})",
        actor.email,
        base=OFFICE_BASIS,
        now=now,
        actor=actor,
        cantidad=min(total, EXPORT_LIMIT),
        casos=_list_cases(wanted),
    )


def _list_cases(wanted: RegistroFilter) -> set[int]:
    """The cases of the look-ups that a file holds."""
    rows = registro_statement(wanted).limit(EXPORT_LIMIT).subquery()
    return set(db.session.scalars(sa.select(rows.c.oficio_id).distinct()))
