"""The JSON API, version 1: one module per noun, asked with a bearer token.

A library that emits OpenAPI finds what it needs at each route: the schemas of ``takes`` and the
one that ``answer`` is given.
"""

from __future__ import annotations

from flask import Blueprint

from app.api.v1 import auth, buffets, oficios, trabajos
from app.api.v1.cors import allow_origins
from app.extensions import csrf

bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.after_request(allow_origins)

for _noun in (auth.bp, buffets.bp, oficios.bp, trabajos.bp):
    # Nobody's browser sends a bearer token by itself, so there is no request to forge.
    csrf.exempt(_noun)
    bp.register_blueprint(_noun)
