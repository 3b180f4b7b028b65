"""The board's blueprint, which every module of its views hangs its routes on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("tablero", __name__, url_prefix="/tablero")
