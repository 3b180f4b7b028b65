"""Monthly reports for tests: made by their jobs, or with files that nobody set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from flask import Flask

from app.adjuntos.outside.storage import current_storage
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.indicadores.models import InformeMensual
from app.indicadores.rules import ISSUE_JOB
from app.indicadores.service.issuing_months import ArchivoMensual, issue_month, order_month
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo

MONTH = date(2026, 10, 1)


def make_month_stub(app: Flask, buffet: Buffet, casos: Sequence[int] = ()) -> int:
    """An issued report whose files were not set by typst: for who may ask for it."""
    with app.app_context():
        with transaction():
            row = order_month(buffet.id, MONTH, now=utcnow())
            pk, trabajo_id = row.id, row.trabajo_id
        files = []
        for name in ("pdf", "xlsx"):
            data = f"%PDF-1.7 {pk} {name}".encode()
            key = f"mensuales/{pk}-1.{name}"
            current_storage().put(key, data)
            files.append(ArchivoMensual(key, hashlib.sha256(data).hexdigest(), len(data)))
        with transaction():
            row = db.session.get_one(InformeMensual, pk)
            almacen = current_storage().name
            issue_month(row, *files, almacen=almacen, casos=casos, now=utcnow())
            db.session.get_one(Trabajo, trabajo_id).estado = EstadoTrabajo.HECHO
        return pk


def read_months() -> list[InformeMensual]:
    """All of them."""
    return list(db.session.scalars(sa.select(InformeMensual).order_by(InformeMensual.id)))


def count_orders() -> int:
    """How often a report was ordered."""
    counted = sa.select(sa.func.count()).where(Trabajo.tipo == ISSUE_JOB)
    return db.session.scalar(counted) or 0
