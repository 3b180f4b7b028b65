"""The blueprint of the page *Informes* and of the monthly reports."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("indicadores", __name__)
