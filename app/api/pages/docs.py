"""``/openapi.json`` and its page ``/docs``, with all assets from this installation."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from app.api.v1.cors import allow_origins
from app.api.v1.openapi import build_document

bp = Blueprint("docs", __name__)
bp.after_request(allow_origins)


@bp.get("/openapi.json")
def document() -> Response:
    """The OpenAPI document; it holds nothing that is secret."""
    if "openapi" not in current_app.extensions:
        current_app.extensions["openapi"] = build_document(current_app)
    return jsonify(current_app.extensions["openapi"])


@bp.get("/docs")
def page() -> ResponseReturnValue:
    """The document as a page that people read and try."""
    return render_template("docs/page.html")
