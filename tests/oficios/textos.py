"""Preset texts for tests: only the first test of a process finds those of a new installation."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import TextoPredefinido
from app.oficios.rules import Actividad
from app.oficios.service import add_texto
from app.usuarios.models import Usuario


def make_texto(
    app: Flask, actor: Usuario, texto: str = "No contesta", tipo: Actividad = Actividad.LLAMADA
) -> int:
    """The id of a preset text that is offered."""
    same = sa.select(TextoPredefinido).filter_by(tipo=tipo, texto=texto)
    with app.app_context():
        with transaction():
            admin = db.session.get_one(Usuario, actor.id)
            row = db.session.scalar(same) or add_texto(tipo, texto, actor=admin, now=utcnow())
        return row.id
