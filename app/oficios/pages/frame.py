"""The frame of the case page: the head, the list of sections, and one section inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Response, make_response, render_template, request
from flask_login import current_user

from app.custodia.queries import find_review
from app.oficios.models import Oficio
from app.oficios.pages.sections import CaseFacts, Section, Tab, list_sections, read_facts
from app.oficios.queries import (
    SAME_VEHICLE_LIMIT,
    dates_of_states,
    list_same_vehicle,
    list_warnings,
)
from app.oficios.rules import Estado, Prioridad, allowed_moves, closed_moves, next_state
from app.oficios.rules.campos import GrupoDeCampos, has_masked, told_facts, told_texts
from app.web.fragments import is_htmx, is_read


class ShownSection(NamedTuple):
    """A section as the tabs show it."""

    name: str
    label: str
    icon: str
    endpoint: str
    tab: Tab
    amount: int | None

    @classmethod
    def of(cls, section: Section, counts: Mapping[str, int]) -> ShownSection:
        """With how many it counts."""
        number = counts.get(section.name)
        return cls(section.name, section.label, section.icon, section.endpoint, section.tab, number)


#: Formats the value of a field for a section.
_FIELDS = {
    "grupos": GrupoDeCampos,
    "has_masked": has_masked,
    "told_facts": told_facts,
    "told_texts": told_texts,
}


def render_section(
    oficio: Oficio,
    name: str,
    template: str,
    /,
    status: int = 200,
    *,
    subpage: str = "",
    with_frame: bool = False,
    facts: CaseFacts | None = None,
    **context: Any,
) -> Response:
    """Answer with a section: alone to HTMX, inside the whole case page to a browser.

    ``template`` has one root element with id ``oficio-<name>-<oficio.id>``. After a change, HTMX
    also gets the head, the warnings and the counts as they are now, which it puts in their place;
    ``with_frame`` says that something else changed them; ``facts`` are those of the
    case, where the view has read them already. ``subpage`` is what the title says before the
    section's name, where the section shows one of its things alone: a photo, a form to edit.
    """
    context = {**context, **_FIELDS, "oficio": oficio}
    if is_htmx():
        html = render_template(template, **context)
        if with_frame or is_live() or (not is_read() and status in {200, 409}):
            html += render_template(
                "oficios/_frame.html", oob=True, **_frame(oficio, name, facts), oficio=oficio
            )
        return make_response(html, status)
    page = render_template(
        "oficios/page.html",
        section_template=template,
        subpage=subpage,
        **_frame(oficio, name, facts),
        **context,
    )
    return make_response(page, status)


def is_live() -> bool:
    """Whether an open case page asks what others changed, all around its section as well."""
    return request.headers.get("X-Caso") == "vivo"


def _frame(oficio: Oficio, name: str, facts: CaseFacts | None) -> dict[str, Any]:
    """What surrounds every section."""
    facts = facts or read_facts(oficio.id)
    counts = facts.counts
    shown = list_sections()
    same = list_same_vehicle(oficio, current_user)
    return {
        "section_name": name,
        "sections": [{"section": section, "count": counts.get(section.name)} for section in shown],
        "nav": tuple(ShownSection.of(section, counts) for section in shown),
        "tabs": list(Tab),
        "prioridades": list(Prioridad),
        "estados": list(Estado),
        "state_dates": dates_of_states(oficio),
        "moves": allowed_moves(oficio.estado, current_user.rol),
        "next_state": next_state(oficio.estado),
        "closed_moves": closed_moves(oficio.estado, current_user.rol),
        "warnings": list_warnings(oficio),
        "custody": find_review(oficio.id),
        "anchored_night": facts.anchored,
        "same_vehicle": same[:SAME_VEHICLE_LIMIT],
        "has_more_same_vehicle": len(same) > SAME_VEHICLE_LIMIT,
    }
