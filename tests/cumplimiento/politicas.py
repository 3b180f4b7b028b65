"""Versions of the public policy, for tests."""

from __future__ import annotations

from flask import Flask

from app.core.clock import utcnow
from app.cumplimiento.queries.politica import policy_seal
from app.cumplimiento.rules.politica import PUNTOS
from app.cumplimiento.service.politica import publish
from app.db import db, transaction
from app.usuarios.models import Usuario


def make_policy(app: Flask, actor: Usuario, **textos: str) -> int:
    """The number of a published version; its items say their letters, or these texts."""
    texts = {each.letra: f"Texto del punto {each.letra}." for each in PUNTOS} | textos
    with app.app_context(), transaction():
        usuario = db.session.get_one(Usuario, actor.id)
        return publish(texts, policy_seal(), actor=usuario, now=utcnow()).numero
