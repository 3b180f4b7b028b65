"""*Historial*: everything that was ever changed in the case."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.oficios.access import oficio_to_work
from app.oficios.forms.historial import HistorialForm
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section
from app.oficios.pages.section_pages import SectionPage, asked_page
from app.oficios.queries.historial import list_authors, list_changes
from app.oficios.rules import Ambito
from app.oficios.rules.historial import changes_of, deed_of, text_of
from app.web.access import staff_required
from app.web.pagination import PAGE_SIZE


@bp.get("/<int:oficio_id>/historial")
@staff_required
def historial(oficio_id: int) -> ResponseReturnValue:
    """Each change with who, when, what it was and what it is; its filters are in the address."""
    oficio = oficio_to_work(oficio_id)
    form = HistorialForm(list_authors(oficio.id))
    filtro = form.to_filter()
    number = asked_page()
    rows, total = list_changes(oficio.id, filtro, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    personas = {row.id: row.nombre or "una persona sin nombre" for row in oficio.propietarios}
    return render_section(
        oficio,
        "historial",
        "oficios/_historial.html",
        page=SectionPage(
            rows,
            number,
            total,
            endpoint="oficios.historial",
            oficio_id=oficio.id,
            args=filtro.args(),
        ),
        form=form,
        filtro=filtro,
        ambitos=list(Ambito),
        changes=changes_of,
        text_of=text_of,
        deed_of=lambda record: deed_of(record, personas),
    )
