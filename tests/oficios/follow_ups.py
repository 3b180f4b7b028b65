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
        note = EntradaData(Actividad.NOTA, text)
        entry = add_entry(row, note, actor=usuario, now=now) if text else None
        para = local_today(now) + timedelta(days=days)
        return follow_up(row, para, entry=entry, actor=usuario, now=now).id
