"""Expedientes for tests, asked for and made as the application does."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.adjuntos.outside.storage import current_storage, get_storage
from app.adjuntos.rules import LOCAL
from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.models import Expediente
from app.informes.rules import Variante
from app.informes.service import issue, request_expediente
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.usuarios.models import Usuario


def order(
    app: Flask, oficio: Oficio, actor: Usuario, variante: Variante = Variante.TRIBUNAL
) -> int:
    """The id of an expediente that waits for its job."""
    with app.app_context(), transaction():
        row = request_expediente(
            db.session.get_one(Oficio, oficio.id),
            variante,
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )
        return row.id


def make_expediente(
    app: Flask, oficio: Oficio, actor: Usuario, variante: Variante = Variante.TRIBUNAL
) -> Expediente:
    """An expediente with its PDF, printed by its job."""
    pk = order(app, oficio, actor, variante)
    with app.app_context():
        work("test")
    row = find(app, pk)
    assert row.sha256, row.trabajo.error
    return row


def make_stub(
    app: Flask, oficio: Oficio, actor: Usuario, variante: Variante = Variante.TRIBUNAL
) -> Expediente:
    """An issued expediente whose file was not set by typst: for who may ask for it."""
    pk = order(app, oficio, actor, variante)
    with app.app_context():
        row = db.session.get_one(Expediente, pk)
        data = f"%PDF-1.7 {row.codigo} %%EOF".encode()
        key = f"expedientes/{row.codigo.lower()}-1.pdf"
        current_storage().put(key, data)
        db.session.rollback()
        with transaction():
            row = db.session.get_one(Expediente, pk)
            issue(
                row,
                key=key,
                almacen=LOCAL,
                sha256=hashlib.sha256(data).hexdigest(),
                size=len(data),
                files=[],
                actor=None,
                now=utcnow(),
            )
            trabajo = db.session.get_one(Trabajo, row.trabajo_id)
            trabajo.estado = EstadoTrabajo.HECHO
    return find(app, pk)


def find(app: Flask, pk: int) -> Expediente:
    """An expediente as it stands, detached, with its job."""
    with app.app_context():
        row = db.session.get_one(Expediente, pk)
        assert row.trabajo
        assert row.oficio
        db.session.expunge_all()
        return row


def pdf_of(app: Flask, row: Expediente) -> bytes:
    """What is stored of it."""
    with app.app_context(), get_storage(row.almacen or "").open(row.pdf_key or "") as file:
        return file.read()


def close_case(app: Flask, oficio: Oficio, estado: Estado = Estado.ENCONTRADO) -> None:
    """End a case as of now."""
    change(app, oficio, estado=estado, estado_desde=utcnow())


def change(app: Flask, oficio: Oficio, **values: Any) -> None:
    """Set columns of an oficio."""
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        for name, value in values.items():
            setattr(row, name, value)


def take(client: FlaskClient, url: str) -> TestResponse:
    """Download something whole; the file behind the answer is closed."""
    answer = client.post(url)
    assert answer.data is not None
    answer.close()
    return answer
