"""Erasures, for tests."""

from __future__ import annotations

from flask import Flask

from app.core.clock import utcnow
from app.db import db, transaction
from app.supresion.service import confirm_erasure
from app.titulares.rules.identidad import read_buscado
from app.usuarios.models import Usuario


def make_erasure(app: Flask, actor: Usuario) -> int:
    """The id of an erasure of somebody of whom there is nothing; nobody has begun with it."""
    with app.app_context(), transaction():
        usuario = db.session.get_one(Usuario, actor.id)
        person = read_buscado(nombre="Nadie Ninguno")
        row = confirm_erasure(
            person, {}, "Solicitud 1", secret="secret", actor=usuario, now=utcnow()
        )
        return row.id
