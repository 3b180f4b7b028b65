"""The map of a case and when and where to go, read apart from the list so that it stays fast."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import local_today, utcnow
from app.core.dates import DIAS
from app.extensions import current_config
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.oficios.rules.seguimientos import say_day
from app.patrones.queries.gantry_strip import read_corridor
from app.patrones.queries.planned_visits import VisitaAgendada, list_planned
from app.patrones.queries.sighting_columns import read_map
from app.patrones.queries.when_to_go import read_when
from app.patrones.rules import Sugerencia, is_visit_at, next_day, visit_note
from app.patrones.rules.weekly_windows import Franja
from app.web.access import staff_required
from app.web.fragments import fragment, is_htmx, see_other

#: How the days of the next visit are called that have no need of a name.
_NEAR = {0: "hoy", 1: "mañana", 7: "en una semana"}

bp = Blueprint("patrones", __name__, url_prefix="/oficios/<int:oficio_id>")


def load_brief(_oficio: Oficio, _counts: Mapping[str, int]) -> Mapping[str, Any]:
    """Nothing yet: the panel of the *Resumen* asks for itself, so that the page need not wait."""
    return {}


class VentanaDeSalida(NamedTuple):
    """A window as the *Resumen* offers it, and the visit that is planned for it."""

    sugerencia: Sugerencia
    franja: Franja
    dia: date
    dia_texto: str
    nota: str
    agendada: VisitaAgendada | None


@bp.get("/avistamientos/cuando")
@staff_required
def brief(oficio_id: int) -> ResponseReturnValue:
    """When and where to go, in short: what the *Resumen* shows of it."""
    oficio = oficio_to_work(oficio_id)
    if not is_htmx():
        return see_other(url_for("patrones.show", oficio_id=oficio.id))
    now = utcnow()
    cuando = read_when(oficio, proveedor=current_config().porticos_provider, now=now)
    today = local_today(now)
    days = [next_day(franja, now) for franja in cuando.patron.franjas]
    planned = list_planned(oficio.id, today=today) if days else []
    return fragment(
        "patrones/_breve.html",
        oficio=oficio,
        cuando=cuando,
        patron=cuando.patron,
        corredor=read_corridor(cuando.pasos),
        fuentes=cuando.fuentes,
        salidas=[
            VentanaDeSalida(
                sugerencia,
                franja,
                day,
                _NEAR.get((day - today).days, f"el {DIAS[day.weekday()]}"),
                visit_note(sugerencia),
                next((one for one in planned if is_visit_at(one.texto, sugerencia)), None),
            )
            for sugerencia, franja, day in zip(
                cuando.sugerencias, cuando.patron.franjas, days, strict=True
            )
        ],
        say_day=lambda day: say_day(day, today, article=True),
    )


@bp.get("/avistamientos/panorama")
@staff_required
def show(oficio_id: int) -> ResponseReturnValue:
    """Where the vehicle was seen, and when to go there: with the reason and its limit."""
    oficio = oficio_to_work(oficio_id)
    proveedor = current_config().porticos_provider
    cuando = read_when(oficio, proveedor=proveedor, now=utcnow())
    mapa = read_map(oficio.id)
    for point in mapa.puntos:
        if portico_id := point.pop("portico_id", None):
            point["url"] = url_for("avistamientos.section", oficio_id=oficio.id, portico=portico_id)
            point["enlace"] = "Ver estos pasos"
    context: dict[str, Any] = {
        "oficio": oficio,
        "cuando": cuando,
        "patron": cuando.patron,
        "mapa_del_caso": mapa,
        "zonas": cuando.zonas,
    }
    if is_htmx():
        return fragment("patrones/_panorama.html", **context)
    return render_section(
        oficio,
        "avistamientos",
        "patrones/_panorama_page.html",
        subpage="Cuándo y dónde ir",
        **context,
    )
