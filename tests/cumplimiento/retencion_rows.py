"""Batches whose time is over, for tests."""

from __future__ import annotations

from flask import Flask

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.cumplimiento.models.retencion import LoteRetencion
from app.cumplimiento.rules.retencion import AccionRetencion, Regla
from app.cumplimiento.service.retencion import keep_batch_certificate, save_rule
from app.db import db, transaction
from app.oficios.rules import Estado
from app.supresion.service import confirm_erasure
from app.titulares.rules.identidad import Buscado
from app.usuarios.models import Usuario


def make_rule(app: Flask) -> int:
    """The id of a rule of the office."""
    with app.app_context(), transaction():
        regla = Regla(Estado.NO_ENCONTRADO, 24, AccionRetencion.BORRAR, "Plazo del encargo")
        return save_rule(regla, actor=None, now=utcnow()).id


def make_batch(app: Flask, _buffet: Buffet, actor: Usuario) -> int:
    """The id of a batch of no case whose certificate was not set by typst."""
    with app.app_context(), transaction():
        usuario = db.session.get_one(Usuario, actor.id)
        supresion = confirm_erasure(
            Buscado(()), {}, "Plazo de retención", secret="x", actor=usuario, now=utcnow()
        )
        row = LoteRetencion(
            numero="R-2025-0001",
            casos=0,
            reglas=[],
            supresion_id=supresion.id,
            confirmado_at=utcnow(),
            confirmado_por_id=actor.id,
        )
        db.session.add(row)
        db.session.flush()
        keep_batch_certificate(row, b"%PDF-1.7 %%EOF", now=utcnow())
        return row.id
