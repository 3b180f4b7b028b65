"""The one blueprint that the modules of this package add their routes to."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("ubicado", __name__, url_prefix="/oficios/<int:oficio_id>")
