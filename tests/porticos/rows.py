"""The catalogue for tests, made through the services."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core.clock import utcnow
from app.db import db, transaction
from app.porticos.models import Portico
from app.porticos.service import PorticoData, create_portico, load_seed, remember_alias
from app.usuarios.models import Usuario


def load_catalogue(app: Flask) -> None:
    """Fill the catalogue with the list that the product brings."""
    with app.app_context(), transaction():
        load_seed(utcnow())


def find_gantry(app: Flask, autopista: str, codigo: str, tramo: str | None = None) -> Portico:
    """A gantry of the catalogue, detached; without a stretch, the first with that code."""
    with app.app_context():
        row = db.session.scalars(
            sa.select(Portico)
            .where(
                Portico.autopista == autopista,
                Portico.codigo == codigo,
                Portico.tramo == tramo if tramo else sa.true(),
            )
            .order_by(Portico.id)
        ).first()
        assert row is not None, f"{autopista} {codigo}"
        db.session.expunge(row)
        return row


def make_gantry(app: Flask, actor: Usuario, **values: Any) -> int:
    """A gantry that the office added; returns its id."""
    data = PorticoData(**{"autopista": "Ruta de Prueba", "codigo": "RP1", **values})
    with app.app_context(), transaction():
        person = db.session.get_one(Usuario, actor.id)
        return create_portico(data, actor=person, now=utcnow()).id


def make_alias(app: Flask, actor: Usuario, portico_id: int | None, **texts: str) -> int:
    """A correction that is remembered; returns its id."""
    said = {"ubicacion": "Un lugar", "empresa": "Una empresa", **texts}
    with app.app_context(), transaction():
        person = db.session.get_one(Usuario, actor.id)
        portico = db.session.get_one(Portico, portico_id) if portico_id else None
        return remember_alias(**said, portico=portico, actor=person, now=utcnow()).id


def make_catalogue(app: Flask, actor: Usuario) -> dict[str, int]:
    """A gantry and a correction, by the names of the routes' arguments."""
    portico_id = make_gantry(app, actor)
    return {"portico_id": portico_id, "alias_id": make_alias(app, actor, portico_id)}
