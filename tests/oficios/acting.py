"""Doing something to an oficio in a transaction of its own, as a view does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.db import db, transaction
from app.oficios.models import Oficio
from app.usuarios.models import Usuario


def act(app: Flask, oficio: Oficio, actor: Usuario, deed: Callable[[Oficio, Usuario], Any]) -> None:
    """Run ``deed(oficio, actor)`` on fresh rows and commit."""
    with app.app_context(), transaction():
        deed(db.session.get_one(Oficio, oficio.id), db.session.get_one(Usuario, actor.id))


def stored(app: Flask, oficio: Oficio) -> Oficio:
    """The oficio as it is now, with its parts, detached."""
    with app.app_context():
        row = db.session.get_one(Oficio, oficio.id)
        for name in ("vehiculo", "propietarios", "direcciones"):
            getattr(row, name)  # read before the session forgets the row
        for direccion in row.direcciones:
            len(direccion.visitas)
        db.session.expunge_all()
        return row
