"""The pages of a found vehicle: the one for the phone, and its section on the case page."""

from __future__ import annotations

from app.ubicado.pages import phone as page
from app.ubicado.pages import section
from app.ubicado.pages.blueprint import bp
from app.ubicado.pages.section import UBICACION

__all__ = ["UBICACION", "bp", "page", "section"]
