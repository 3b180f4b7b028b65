"""The pages of a found vehicle: the one for the phone, and its section on the case page."""

from __future__ import annotations

from app.ubicado.views import page, section
from app.ubicado.views.blueprint import bp
from app.ubicado.views.section import UBICACION

__all__ = ["UBICACION", "bp", "page", "section"]
