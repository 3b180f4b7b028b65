"""Receptores, previews and notices for tests, made through the service. Nobody here is real."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core.clock import utcnow
from app.core.link_signature import make_token, new_selector
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.notificaciones.models import Notificacion, Receptor
from app.notificaciones.rules import RECEPTOR_PURPOSE, EstadoNotificacion
from app.notificaciones.service import (
    Destinatario,
    NoticeData,
    ReceptorData,
    create_notice,
    create_receptor,
    save_draft,
)
from app.oficios.models import Oficio
from app.usuarios.models import Usuario

EMAIL = "ema.soto@actuarios.example"


def make_receptor(app: Flask, actor: Usuario, **values: Any) -> Receptor:
    """Somebody of the directory."""
    data = ReceptorData(**{"nombre": "Ema Soto", "email": EMAIL, **values})
    with app.app_context():
        with transaction():
            row = create_receptor(data, actor=_actor(actor), now=utcnow())
        db.session.refresh(row)
        db.session.expunge(row)
        return row


def notice_data(**values: Any) -> NoticeData:
    """A small notice."""
    return NoticeData(
        **{
            "destinatario": Destinatario(EMAIL, "Ema Soto"),
            "asunto": "Vehículo BB·CL·12",
            "texto": "Texto del aviso.\n",
            "html": "<p>Texto del aviso.</p>",
            "tamano_bytes": 2000,
            **values,
        }
    )


def make_notice(app: Flask, oficio: Oficio, actor: Usuario, **values: Any) -> int:
    """The id of a notice that waits to be sent, with its job in the ledger."""
    with app.app_context(), transaction():
        notice = create_notice(
            db.session.get_one(Oficio, oficio.id),
            notice_data(**values),
            clave=secrets.token_urlsafe(16),
            confirmed=True,
            confirmed_incomplete=True,
            dominio="rastro.example",
            actor=_actor(actor),
            now=utcnow(),
        )
        return notice.id


def make_draft(app: Flask, oficio: Oficio, actor: Usuario, **values: Any) -> str:
    """The key of a preview."""
    clave = secrets.token_urlsafe(16)
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        save_draft(row, clave, notice_data(**values), {}, actor=_actor(actor), now=utcnow())
    return clave


def find_notice(app: Flask, notice_id: int) -> Notificacion:
    """A notice with all that it holds, detached."""
    with app.app_context():
        notice = db.session.get_one(Notificacion, notice_id)
        assert notice.cuerpo_html
        assert notice.cuerpo_texto
        assert notice.adjuntos is not None
        db.session.expunge_all()
        return notice


def _actor(actor: Usuario) -> Usuario:
    return db.session.get_one(Usuario, actor.id)


def make_sent_notice(app: Flask, oficio: Oficio, actor: Usuario, **values: Any) -> int:
    """The id of a notice that went out just now, with a link for its receptor."""
    notice_id = make_notice(app, oficio, actor, **{"selector": new_selector(), **values})
    with app.app_context(), transaction():
        notice = db.session.get_one(Notificacion, notice_id)
        notice.estado = EstadoNotificacion.ENVIADA
        notice.enviada_at = utcnow()
        db.session.execute(sa.delete(Trabajo))
    return notice_id


def link_of(app: Flask, notice_id: int) -> str:
    """The path that the receptor of a notice opens."""
    selector = find_notice(app, notice_id).selector
    assert selector
    return "/r/" + make_token(selector, str(app.secret_key), purpose=RECEPTOR_PURPOSE)
