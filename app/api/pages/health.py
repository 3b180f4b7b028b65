"""``GET /health``: whether the parts that the product stands on are up, or this process alone."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.api.outside.health import check_parts

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 when all parts are up, 503 naming each part otherwise. No personal data, no versions.

    A consumer that is silent and a sweep that does not come are parts: without them work stands
    still, and a restart helps. A growing queue is a warning with 200: work is being done, and
    whoever restarts what answers 503 would only make it slower. So are a disk that fills up, a
    lock that is held for long, and stored files that are gone.
    """
    found = check_parts()
    healthy = all(found.parts.values())
    body = {
        "status": "healthy" if healthy else "unhealthy",
        "parts": {name: "up" if up else "down" for name, up in found.parts.items()},
        "causes": found.causes,
        "warnings": found.warnings,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return jsonify(body), 200 if healthy else 503


@bp.get("/health/web")
def web() -> ResponseReturnValue:
    """200 as long as this process answers, whatever else is up.

    For who spreads requests over several webs: by ``/health`` a silent consumer would take all of
    them out of service at once, and one that is busy would be restarted for what it cannot mend.
    """
    return jsonify({"status": "healthy"})
