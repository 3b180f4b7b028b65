"""The streets that a map draws, part by part, for whoever works here and nobody else."""

from __future__ import annotations

from flask import Blueprint, abort, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.extensions import current_config
from app.mapa.outside.street_file import StreetFileRefused, find_street_file
from app.web.access import or_404, staff_required

bp = Blueprint("mapa", __name__)

#: Most bytes of one answer: the largest directory of an archive, and far above a tile.
_MOST_BYTES = 4_000_000
#: Seconds that a browser keeps a part; the address changes with the file.
_KEPT = 604_800


@bp.app_template_global()
def map_background() -> dict[str, str]:
    """Where the ground of a map comes from and whose it is; all empty: the plain one of our own."""
    config = current_config()
    try:
        streets = find_street_file(config.map_file)
    except StreetFileRefused:  # told in Estado; the map is drawn without it
        streets = None
    if streets is not None:
        return {
            "calles": url_for("mapa.streets", edicion=streets.version),
            "calles_zoom": str(streets.max_zoom),
            "teselas": "",
            "credito": "Calles: Protomaps",
        }
    return {
        "calles": "",
        "calles_zoom": "",
        "teselas": config.map_tile_url,
        "credito": config.map_attribution,
    }


@bp.get("/mapa/calles/<edicion>.pmtiles")
@staff_required
def streets(edicion: str) -> ResponseReturnValue:
    """A part of the file of streets, as the request's ``Range`` says; never the whole file."""
    wanted = request.range
    if wanted is None:
        abort(416)
    try:
        found = or_404(find_street_file(current_config().map_file))
    except StreetFileRefused:
        abort(404)
    if edicion != found.version:
        abort(404)
    part = wanted.range_for_length(found.size)
    if part is None or part[1] - part[0] > _MOST_BYTES:
        abort(416)
    response = send_file(
        found.path, mimetype="application/octet-stream", conditional=True, etag=found.version
    )
    response.headers["Cache-Control"] = f"private, max-age={_KEPT}, immutable"
    return response
