"""Sightings and answers for tests, made through the services."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import Flask

from app.avistamientos.rules import Fuente
from app.avistamientos.rules.crossings import Crossing
from app.avistamientos.service import AvistamientoData, add_sighting
from app.consultas.outside import ProviderAnswer
from app.consultas.service import store_answer
from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.usuarios.models import Usuario


def an_answer(
    sightings: Sequence[Crossing] = (), body: str = "{}", **values: Any
) -> ProviderAnswer:
    """An answer with its evidence."""
    return ProviderAnswer(
        **{
            "status": 200,
            "raw_body": body,
            "sha256": hashlib.sha256(body.encode()).hexdigest(),
            "sightings": tuple(sightings),
            "size": len(body),
            **values,
        }
    )


def store(
    app: Flask, oficio: Oficio, answer: ProviderAnswer, *, now: datetime | None = None
) -> str:
    """Store an answer as a job does; returns the sentence of the entry."""
    with app.app_context(), transaction():
        return store_answer(
            oficio.id, answer, provider="generico", trabajo_id=None, actor=None, now=now or utcnow()
        )


def make_sighting(app: Flask, oficio: Oficio, actor: Usuario, **values: Any) -> int:
    """A sighting that a person wrote down; returns its id."""
    known = {"fuente": Fuente.TERRENO, "fecha": date(2026, 11, 2), "ubicacion": "Pasaje 1"}
    if values.get("fuente") is Fuente.MULTA:
        known["orden_judicial"] = "Resolución de 02-11-2026"
    data = AvistamientoData(**{**known, **values})
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, actor.id)
        row = add_sighting(db.session.get_one(Oficio, oficio.id), data, actor=actor, now=utcnow())
        return row.id


def make_gantry_sighting(app: Flask, oficio: Oficio, actor: Usuario, **values: Any) -> int:
    """A fine that names a place of a motorway: written by a person, and looked up."""
    place = {"ubicacion": "Costanera Norte, pórtico P5", "empresa": "Costanera Norte"}
    return make_sighting(app, oficio, actor, fuente=Fuente.MULTA, **{**place, **values})


def make_check(app: Flask, oficio: Oficio, sightings: Sequence[Crossing] = ()) -> int:
    """A check with its answer; returns the id of its entry."""
    store(app, oficio, an_answer(sightings))
    with app.app_context():
        entries = db.session.query(Investigacion.id).filter_by(
            oficio_id=oficio.id, tipo=Actividad.CONSULTA_API
        )
        return max(pk for (pk,) in entries)
