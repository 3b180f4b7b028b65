"""Contracts with law firms, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Flask

from app.buffets.models import Buffet
from app.core.clock import local_today, utcnow
from app.cumplimiento.models.encargados import TerminoEncargo
from app.cumplimiento.rules.encargados import ModoTermino
from app.cumplimiento.service.encargados import EncargoData, keep_certificate, write_contract
from app.db import db, transaction
from app.usuarios.models import Usuario


def make_contract(app: Flask, buffet: Buffet, actor: Usuario, *, ends_in: int = -1) -> int:
    """The id of a contract that ends in so many days: yesterday, if nothing is said."""
    today = local_today(utcnow())
    data: dict[str, Any] = {"objeto": "Ubicar", "finalidad": "Juicios", "categorias": "Nombre"}
    with app.app_context(), transaction():
        row = write_contract(
            db.session.get_one(Buffet, buffet.id),
            EncargoData(**data, desde=date(2025, 12, 1), hasta=today + timedelta(days=ends_in)),
            read=0,
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )
        assert row is not None
        return row.id


def make_ending(app: Flask, buffet: Buffet, actor: Usuario) -> int:
    """The id of a return whose certificate was not set by typst."""
    contract = make_contract(app, buffet, actor)
    with app.app_context(), transaction():
        row = TerminoEncargo(
            numero="E-2025-0001",
            buffet_id=buffet.id,
            encargo_id=contract,
            modo=ModoTermino.DEVOLUCION,
            casos=[],
            conservados=[],
            entrega="En mano",
            decidido_at=utcnow(),
            decidido_por_id=actor.id,
        )
        db.session.add(row)
        db.session.flush()
        keep_certificate(row, b"%PDF-1.7 %%EOF", now=utcnow())
        return row.id
