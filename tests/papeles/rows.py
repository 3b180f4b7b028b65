"""Papers of the tray for tests."""

from __future__ import annotations

from flask import Flask

from app.bandeja.models import Ingreso
from app.bandeja.rules import EstadoIngreso, TipoIngreso
from app.bandeja.service.reading import read_paper
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from tests.bandeja.rows import make_item
from tests.papeles.making import make_paper, sources

ORDER, EXHORT, CAV = sources("tuned")[:3]


def make_paper_item(
    app: Flask, buffet: Buffet | None, pdf: bytes | None = None, nombre: str = "orden.pdf"
) -> int:
    """A paper that a buffet sent, read as its job reads it."""
    data = pdf or make_paper(ORDER)
    ingreso_id = make_item(app, buffet, data, nombre)
    with app.app_context():
        papel = read_paper(data, TipoIngreso.PAPEL)
        with transaction():
            ingreso = db.session.get_one(Ingreso, ingreso_id)
            ingreso.tipo, ingreso.formato = TipoIngreso.PAPEL, "PDF"
            ingreso.estado, ingreso.leido_at = EstadoIngreso.POR_REVISAR, utcnow()
            ingreso.lectura, ingreso.texto = papel.lectura, papel.texto
            ingreso.resumen, ingreso.problema = papel.resumen, papel.problema or None
            ingreso.version += 1
    return ingreso_id
