"""Rows about persons, for tests. Nobody here is real."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.titulares.models import Solicitud
from app.titulares.rules.solicitudes import CanalSolicitud, EstadoSolicitud, TipoSolicitud
from app.titulares.service import block_cases
from app.titulares.service.answer_sending import store_answer
from app.titulares.service.data_requests import (
    SolicitudData,
    check_identity,
    decide,
    receive_request,
)
from app.usuarios.models import Usuario
from tests.factories import make_oficio

#: Drawing takes a second, which only the tests of the drawing need.
PDF = b"%PDF-1.7 de prueba"


def make_block(app: Flask, buffet: Buffet, actor: Usuario) -> int:
    """The id of a standing block of a case of its own."""
    oficio = make_oficio(app, buffet, actor)
    with app.app_context(), transaction():
        usuario = db.session.get_one(Usuario, actor.id)
        (row,) = block_cases([oficio.id], "Lo pidió la persona.", actor=usuario, now=utcnow())
        return row.id


def make_request(app: Flask, **values: Any) -> int:
    """The id of a request of a made-up person."""
    data = SolicitudData(
        **{
            "tipo": TipoSolicitud.ACCESO,
            "nombre": "José Núñez Peña",
            "rut": "5126663-3",
            "correo": "jnunez@correo.example",
            "detalle": "Quiero saber qué tienen de mí.",
            **values,
        }
    )
    with app.app_context(), transaction():
        row = receive_request(data, CanalSolicitud.CARTA, actor=None, now=utcnow())
        return row.id


def make_answered_request(app: Flask, actor: Usuario) -> int:
    """The id of a request whose data were handed over, with a PDF that nobody drew."""
    solicitud_id = make_request(app)
    with app.app_context(), transaction():
        row = db.session.get_one(Solicitud, solicitud_id)
        usuario = db.session.get_one(Usuario, actor.id)
        check_identity(row, "Cédula a la vista.", actor=usuario, now=utcnow())
        decide(row, EstadoSolicitud.ACOGIDA, "Es suyo.", actor=usuario, now=utcnow())
        store_answer(row, PDF, now=utcnow())
    return solicitud_id
