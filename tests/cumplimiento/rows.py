"""Rows of the office's own compliance, for tests. Nothing of it happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from app.core.clock import utcnow
from app.cumplimiento.rules.brechas import TipoBrecha
from app.cumplimiento.service.brechas import BrechaData, register_breach
from app.cumplimiento.service.evaluaciones import save_section
from app.db import db, transaction
from app.usuarios.models import Usuario


def make_breach(app: Flask, actor: Usuario, **values: Any) -> int:
    """The id of an open breach that became known three hours ago."""
    now = utcnow()
    data = BrechaData(
        **{
            "tipo": TipoBrecha.FILTRACION,
            "descripcion": "Se perdió un teléfono con Terreno abierto",
            "conocida_at": now - timedelta(hours=3, minutes=5),
            **values,
        }
    )
    with app.app_context(), transaction():
        usuario = db.session.get_one(Usuario, actor.id)
        return register_breach(data, actor=usuario, now=now).id


def make_assessment(app: Flask, actor: Usuario) -> int:
    """The id of the first version of the assessment."""
    with app.app_context(), transaction():
        usuario = db.session.get_one(Usuario, actor.id)
        row = save_section("conclusion", "Riesgo bajo.", "Primera", 0, actor=usuario, now=utcnow())
        assert row is not None
        return row.id
