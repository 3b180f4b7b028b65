"""The public page of the anchors: so that anybody can hold a root, and ask for it again later."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.anclaje.models import Ancla, SelloTiempo
from app.anclaje.queries import (
    find_anchored_until,
    find_by_root,
    find_newest,
    list_anclas,
    list_dates,
    list_sellos,
    prove_growth,
)
from app.anclaje.rules import due_night, missing_nights, parse_root
from app.core.clock import utcnow
from app.core.text import clean_text
from app.db import db
from app.extensions import limiter
from app.web.access import or_404
from app.web.converters import row_id

bp = Blueprint("anclaje", __name__)

_SHOWN = 60


@bp.app_context_processor
def anchors() -> dict[str, object]:
    """Let the page of a case and that of verification tell how far the chains are anchored."""
    return {"anchored_until": find_anchored_until, "newest_anchor": find_newest}


@bp.after_request
def keep_from_search(response: Response) -> Response:
    """It is for whoever looks for it, not for search engines."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.get("/anclas")
@limiter.limit("60 per minute")
def index() -> ResponseReturnValue:
    """The newest anchors, the nights without one, and whether a root is among them."""
    typed = clean_text(request.args.get("raiz", ""))[:200]
    before = request.args.get("antes", type=row_id)
    raiz = parse_root(typed)
    anclas = list_anclas(limit=_SHOWN, before=before)
    newest = find_newest()
    found = find_by_root(raiz) if raiz else []
    growth = None
    if found and newest and 0 < found[0].tamano < newest.tamano:
        growth = prove_growth(found[0], newest)
    return render_template(
        "anclaje/index.html",
        anclas=anclas,
        sellos=list_sellos([ancla.id for ancla in anclas]),
        newest=newest,
        gaps=missing_nights(list_dates(), due_night(utcnow())),
        typed=typed.strip(),
        is_root=raiz is not None,
        found=found,
        growth=growth,
        older=anclas[-1].id if len(anclas) == _SHOWN and anclas[-1].id > 1 else None,
    )


@bp.get("/anclas/<int:numero>.json")
@limiter.limit("60 per minute")
def one(numero: int) -> ResponseReturnValue:
    """An anchor with its time stamps, whole, for programs."""
    ancla = or_404(db.session.get(Ancla, numero))
    sellos = list_sellos([numero])[numero]
    return jsonify(
        {**_told(ancla), "declaracion": ancla.statement, "sellos": [_stamp(row) for row in sellos]}
    )


@bp.get("/anclas/<int:numero>/hasta/<int:hasta>.json")
@limiter.limit("60 per minute")
def growth(numero: int, hasta: int) -> ResponseReturnValue:
    """The proof (RFC 9162) that the anchor ``hasta`` holds all that an earlier one held."""
    first = or_404(db.session.get(Ancla, numero))
    second = or_404(db.session.get(Ancla, hasta))
    if not 0 < first.tamano <= second.tamano:
        return jsonify(
            error="El primer ancla debe ser anterior al segundo y tener al menos una hoja."
        ), 422
    return jsonify(
        {"desde": _told(first), "hasta": _told(second), "camino": prove_growth(first, second)}
    )


def _told(ancla: Ancla) -> dict[str, Any]:
    return {
        "ancla": ancla.id,
        "fecha": ancla.fecha.isoformat(),
        "tamano": ancla.tamano,
        "raiz": ancla.raiz,
    }


def _stamp(sello: SelloTiempo) -> dict[str, Any]:
    return {
        "tsa": sello.tsa,
        "sellado": sello.sellado_at.isoformat(),
        "firmante": sello.firmante,
        "respuesta": base64.b64encode(sello.respuesta).decode(),
    }
