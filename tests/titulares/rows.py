"""Rows about persons, for tests. Nobody here is real."""

from __future__ import annotations

from flask import Flask

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from tests.factories import make_oficio


def make_block(app: Flask, buffet: Buffet, actor: Usuario) -> int:
    """The id of a standing block of a case of its own."""
    oficio = make_oficio(app, buffet, actor)
    with app.app_context(), transaction():
        usuario = db.session.get_one(Usuario, actor.id)
        (row,) = block_cases([oficio.id], "Lo pidió la persona.", actor=usuario, now=utcnow())
        return row.id
