"""Messages for tests."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.core.clock import utcnow
from app.db import db, transaction
from app.mensajes.rules import ClaseMensaje
from app.mensajes.service import AutorDelBuffet, write_from_buffet, write_to_buffet
from app.oficios.models import Oficio
from app.usuarios.models import Usuario


def make_message(
    app: Flask,
    oficio: Oficio,
    actor: Usuario,
    texto: str = "¿Sigue vigente el domicilio?",
    clase: ClaseMensaje = ClaseMensaje.PREGUNTA,
) -> int:
    """The id of a message of the office; of an investigator's, one that waits to be released."""
    with app.app_context(), transaction():
        mensaje = write_to_buffet(
            db.session.get_one(Oficio, oficio.id),
            texto,
            clase,
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )
        return mensaje.id


def make_question(app: Flask, oficio: Oficio, texto: str = "¿Cuándo van?", **values: Any) -> int:
    """The id of a question of the buffet."""
    with app.app_context(), transaction():
        mensaje = write_from_buffet(
            db.session.get_one(Oficio, oficio.id),
            texto,
            ClaseMensaje.PREGUNTA,
            autor=AutorDelBuffet(**values),
            now=utcnow(),
        )
        return mensaje.id
