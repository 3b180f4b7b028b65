"""Days on which somebody comes back to a case, for tests."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import EntradaData, add_entry, follow_up
from app.usuarios.models import Usuario


def make_follow_up(
    app: Flask, oficio: Oficio, actor: Usuario, *, days: int = 0, text: str = ""
) -> int:
    """The id of a follow-up in so many days, promised by a note where there is a text."""
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        usuario = db.session.get_one(Usuario, actor.id)
        now = utcnow()
        entry = add_entry(row, EntradaData(Actividad.NOTA, text), actor=usuario, now=now)
        para = local_today(now) + timedelta(days=days)
        return follow_up(row, para, entry=entry if text else None, actor=usuario, now=now).id
