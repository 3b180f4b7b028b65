"""The frame of the case page: the head, the list of sections, and one section inside."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template

from app.oficios.models import Oficio
from app.oficios.queries import list_same_vehicle
from app.oficios.rules import Estado, allowed_moves
from app.oficios.sections import list_sections
from app.web.fragments import fragment, is_htmx
from flask_login import current_user


def render_section(
    oficio: Oficio, name: str, template: str, /, status: int = 200, **context: Any
) -> Response:
    """Answer with a section: alone to HTMX, inside the whole case page to a browser.

    ``template`` has one root element with id ``oficio-<name>-<oficio.id>``.
    """
    context = {**context, "oficio": oficio}
    if is_htmx():
        return fragment(template, status, **context)
    page = render_template(
        "oficios/page.html",
        section_name=name,
        section_template=template,
        sections=[
            {"section": section, "count": section.count(oficio.id) if section.count else None}
            for section in list_sections()
        ],
        estados=list(Estado),
        moves=allowed_moves(oficio.estado, current_user.rol),
        same_vehicle=list_same_vehicle(oficio, current_user),
        **context,
    )
    return make_response(page, status)
