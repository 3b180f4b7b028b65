"""Having the months of buffets made, and making them known."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.auditoria.service import audit
from app.db import db
from app.indicadores.models import CasoMensual, InformeMensual
from app.indicadores.queries.issued_months import list_done
from app.indicadores.queries.month_contents import list_active
from app.indicadores.rules import ISSUE_JOB
from app.jobs.queue import enqueue


@dataclass(frozen=True)
class ArchivoMensual:
    """A stored file of a report."""

    key: str
    sha256: str
    size: int


def list_missing(month: date) -> list[int]:
    """The buffets whose month is to be issued: there is none, or its files had to go."""
    done = set(list_done(month))
    return [pk for pk in list_active(month) if pk not in done]


def order_month(buffet_id: int, month: date, *, now: datetime) -> InformeMensual:
    """Have the month of a buffet made by a job; the row that there is stays the same one.

    Two at the same moment meet the unique constraint. Call it in a transaction.
    """
    row = db.session.scalar(
        sa.select(InformeMensual)
        .where(InformeMensual.buffet_id == buffet_id, InformeMensual.mes == month)
        .with_for_update()
    )
    trabajo = enqueue(
        ISSUE_JOB,
        key=f"{ISSUE_JOB}:{buffet_id}:{month:%Y-%m}:{secrets.token_hex(4)}",
        now=now,
        args={"buffet_id": buffet_id, "mes": month.isoformat()},
    )
    if row is None:
        row = InformeMensual(buffet_id=buffet_id, mes=month, created_at=now)
        db.session.add(row)
    row.trabajo_id = trabajo.id
    row.emitido_at = None
    db.session.flush()
    return row


def issue_month(
    row: InformeMensual,
    pdf: ArchivoMensual,
    xlsx: ArchivoMensual,
    *,
    almacen: str,
    casos: Sequence[int],
    now: datetime,
) -> None:
    """Make known that both files are stored: from here on the buffet can read them."""
    row.pdf_key, row.pdf_sha256, row.pdf_bytes = pdf.key, pdf.sha256, pdf.size
    row.xlsx_key, row.xlsx_sha256, row.xlsx_bytes = xlsx.key, xlsx.sha256, xlsx.size
    row.almacen, row.emitido_at = almacen, now
    # What an earlier issue named and was taken back with it.
    db.session.execute(sa.delete(CasoMensual).where(CasoMensual.informe_id == row.id))
    db.session.add_all(CasoMensual(informe_id=row.id, oficio_id=pk) for pk in casos)
    db.session.flush()
    audit(
        "informe_mensual.emitido",
        actor=None,
        now=now,
        entidad="informe_mensual",
        entidad_id=row.id,
        buffet_id=row.buffet_id,
        mes=f"{row.mes:%Y-%m}",
        pdf_sha256=pdf.sha256,
        xlsx_sha256=xlsx.sha256,
    )
