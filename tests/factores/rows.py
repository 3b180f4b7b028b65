"""Factors of accounts, as the services store them."""

from __future__ import annotations

from itertools import count

from flask import Flask

from app.core.clock import utcnow
from app.db import db, transaction
from app.factores.models import LlaveAcceso
from app.factores.rules.llaves import NewKey
from app.factores.rules.totp import code_at, step_at
from app.factores.service import begin_app, confirm_app
from app.usuarios.models import Usuario

_numbers = count(1)


def make_app(app: Flask, usuario: Usuario) -> tuple[str, list[str]]:
    """The secret and the codes on paper of an application that an account uses from now on.

    Its first code was that of a minute ago: the present one is still to be used.
    """
    with app.app_context():
        now = utcnow()
        row = db.session.get_one(Usuario, usuario.id)
        with transaction():
            secret = begin_app(row, str(app.secret_key), now=now)
        with transaction():
            first = code_at(secret, step_at(now) - 1)
            return secret, confirm_app(row, first, str(app.secret_key), now=now)


def make_key(app: Flask, usuario: Usuario) -> int:
    """The id of a passkey that nobody can show."""
    made = NewKey(f"{next(_numbers):08d}", "AA", 0)
    with app.app_context(), transaction():
        row = LlaveAcceso(
            usuario_id=usuario.id,
            nombre="Teléfono",
            credencial=made.credencial,
            clave_publica=made.clave_publica,
        )
        db.session.add(row)
        db.session.flush()
        return row.id
