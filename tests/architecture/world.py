"""One row of each kind, so that every route can be asked for with real arguments."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.buffets.models import Buffet
from app.usuarios.models import Usuario
from tests.factories import make_link, make_oficio


def url_arguments(app: Flask, buffet: Buffet, admin: Usuario) -> dict[str, Any]:
    """A value for every argument that occurs in a route; all rows belong to ``buffet``."""
    oficio = make_oficio(app, buffet, admin)
    return {
        "filename": "css/app.css",
        "token": make_link(app, buffet),
        "oficio_id": oficio.id,
        "buffet_id": buffet.id,
        "usuario_id": admin.id,
    }
