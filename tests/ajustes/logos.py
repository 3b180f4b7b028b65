"""Logos for tests."""

from __future__ import annotations

from flask import Flask
from PIL import Image

from app.ajustes.queries import current_office
from app.ajustes.rules.logo_drawing import draw_logo
from app.ajustes.service import save_logo
from app.core.clock import utcnow
from app.db import transaction
from app.usuarios.models import Usuario
from tests.adjuntos.files import encode


def logo_file(size: tuple[int, int] = (600, 120), colour: str = "#0b5d6b") -> bytes:
    """A PNG as an office would choose it."""
    return encode(Image.new("RGBA", size, colour), "PNG")


def make_logo(app: Flask, admin: Usuario) -> str:
    """Give the office a logo; returns its SHA-256."""
    with app.app_context():
        with transaction():
            save_logo(draw_logo(logo_file()), actor=admin, now=utcnow())
        logo = current_office().logo
        assert logo is not None
        return logo.sha256
