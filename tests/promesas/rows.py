"""Promises for tests, made as an admin makes them."""

from __future__ import annotations

from datetime import date

from flask import Flask

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Prioridad
from app.promesas.models import Pausa
from app.promesas.rules import Lapso, MotivoPausa, TipoPromesa
from app.promesas.service import PauseData, PromesaData, pause_clock, promise
from app.usuarios.models import Usuario

#: Four days of nine hours for an ordinary case, one of eight hours for an urgent one.
TERMS = {
    TipoPromesa.PRIMERA_GESTION: {"media": "8 h", "urgente": "2 h"},
    TipoPromesa.PRIMER_INFORME: {"media": "2 d", "urgente": "4 h"},
    TipoPromesa.UBICACION: {"media": "4 d", "urgente": "8 h"},
}


def make_promise(
    app: Flask,
    buffet: Buffet,
    admin: Usuario,
    *,
    desde: date = date(2026, 1, 1),
    terms: dict[TipoPromesa, dict[str, str]] | None = None,
) -> None:
    """What is promised to a buffet from a day on; the job that follows is left to be done."""
    plazos = {
        (tipo, Prioridad(prioridad)): Lapso.parse(text)
        for tipo, by_priority in (TERMS if terms is None else terms).items()
        for prioridad, text in by_priority.items()
    }
    with app.app_context(), transaction():
        promise(
            db.session.get_one(Buffet, buffet.id),
            PromesaData(desde, plazos),
            actor=db.session.get_one(Usuario, admin.id),
            now=utcnow(),
        )


def make_pause(app: Flask, oficio: Oficio, actor: Usuario) -> int:
    """The clock of a case, stopped now because its buffet is awaited."""
    with app.app_context(), transaction():
        pausa: Pausa = pause_clock(
            db.session.get_one(Oficio, oficio.id),
            PauseData(MotivoPausa.BUFFET, "Falta el domicilio del deudor"),
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )
        return pausa.id
