"""*Administración*: every place of it with a sentence, by its headings."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.web.access import admin_required
from app.web.conditional import conditional

bp = Blueprint("administracion", __name__)


@bp.get("/admin")
@admin_required
@conditional
def index() -> ResponseReturnValue:
    """The places of the rail, which a phone has no room for beside a page."""
    return render_template("ajustes/administracion.html")
