"""The bitácora: what happened in the case, newest first."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db
from app.oficios.access import oficio_to_work
from app.oficios.forms.bitacora import BitacoraFilterForm, EntradaForm, PalabrasForm
from app.oficios.models import Investigacion, Oficio
from app.oficios.pages.addressed import mention_warnings
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section
from app.oficios.pages.section_pages import SectionPage, asked_page
from app.oficios.pages.seguimientos import told_of
from app.oficios.queries.bitacora import list_entries, list_textos, summarise
from app.oficios.rules.historial import changes_of, pieces_of, text_of
from app.oficios.service import add_entry as add
from app.oficios.service import add_visita as visit
from app.oficios.service import correct_entry as correct
from app.oficios.service import edit_entry as edit
from app.oficios.service import follow_up, own_words, refuse_correction, refuse_edit
from app.web.access import or_404, staff_required
from app.web.conditional import conditional_unless
from app.web.deeds import Deed, Done, carry_out
from app.web.pagination import PAGE_SIZE


@bp.get("/<int:oficio_id>/bitacora")
@staff_required
@conditional_unless("texto")
def timeline(oficio_id: int) -> ResponseReturnValue:
    """The case page, opened on its bitácora; its filters are in the address."""
    oficio = oficio_to_work(oficio_id)
    return _show(oficio, form=_entry_form(oficio))


@bp.post("/<int:oficio_id>/bitacora")
@staff_required
def add_entry(oficio_id: int) -> ResponseReturnValue:
    """Write down a note, a call or a visit."""
    oficio = oficio_to_work(oficio_id)
    form = _entry_form(oficio)

    def deed() -> Done:
        text = _store(oficio, form)
        warnings = mention_warnings(oficio.id, form.descripcion.data or "")
        return Done(text, _url(oficio), warnings=warnings)

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, form=form),
            fresh=lambda: _fresh(oficio),
            beside={Refused: form.ocurrido_at},
        )
    )


@bp.route("/<int:oficio_id>/bitacora/<int:entrada_id>", methods=["GET", "POST"])
@staff_required
def edit_entry(oficio_id: int, entrada_id: int) -> ResponseReturnValue:
    """Mend one's own entry while it is fresh; later the page leads to a correcting entry."""
    oficio = oficio_to_work(oficio_id)
    entry = _get(oficio, entrada_id)
    if refusal := refuse_edit(entry, actor=current_user, now=utcnow()):
        return _refused(oficio, entry, refusal)
    form = PalabrasForm(entry, data={"descripcion": own_words(entry)})

    def deed() -> Done:
        edit(entry, form.descripcion.data or "", actor=current_user, now=utcnow())
        return Done("Se corrigió la entrada.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, words_form=form, editing=entry),
            fresh=lambda: _fresh(oficio),
        )
    )


@bp.route("/<int:oficio_id>/bitacora/<int:entrada_id>/corregir", methods=["GET", "POST"])
@staff_required
def correct_entry(oficio_id: int, entrada_id: int) -> ResponseReturnValue:
    """Say in a new entry what is wrong in another one."""
    oficio = oficio_to_work(oficio_id)
    entry = _get(oficio, entrada_id)
    if refusal := refuse_correction(entry):
        return _show(oficio, 409, form=_entry_form(oficio, fresh=True), refusal=refusal)
    form = PalabrasForm()

    def deed() -> Done:
        correct(oficio, entry, form.descripcion.data, actor=current_user, now=utcnow())
        return Done("Se agregó la corrección.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, words_form=form, correcting=entry),
            fresh=lambda: _fresh(oficio),
        )
    )


def _store(oficio: Oficio, form: EntradaForm) -> str:
    """A visit to an address of the case is stored with it, everything else as an entry alone."""
    now = utcnow()
    data = form.to_visit()
    if data is None:
        return told_of(add(oficio, form.to_entry(), actor=current_user, now=now), now)
    direccion = next(row for row in oficio.direcciones if row.id == form.direccion_id.value)
    visit(oficio, direccion, data, actor=current_user, now=now)
    if form.seguimiento.value is not None:
        follow_up(oficio, form.seguimiento.value, actor=current_user, now=now)
    return "Anotado en la bitácora."


def _get(oficio: Oficio, entrada_id: int) -> Investigacion:
    entry = db.session.get(Investigacion, entrada_id)
    return or_404(entry, allowed=entry is not None and entry.oficio_id == oficio.id)


def _refused(oficio: Oficio, entry: Investigacion, refusal: str) -> Response:
    """Say why an entry cannot be edited, with the form of what can be done instead."""
    if refuse_correction(entry):
        return _show(oficio, 409, form=_entry_form(oficio, fresh=True), refusal=refusal)
    form = PalabrasForm()
    return _show(oficio, 409, words_form=form, correcting=entry, refusal=refusal)


def _entry_form(oficio: Oficio, *, fresh: bool = False) -> EntradaForm:
    options: dict[str, Any] = {"formdata": None} if fresh else {}
    return EntradaForm(list_textos(only_active=True), oficio.direcciones, **options)


def _show(oficio: Oficio, status: int = 200, **context: Any) -> Response:
    resumen = summarise(oficio.id)
    filter_form = BitacoraFilterForm(resumen.personas)
    filtro = filter_form.to_filter()
    number = asked_page()
    rows, total = list_entries(
        oficio.id,
        filtro,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
        total=resumen.count(filtro),
    )
    now = utcnow()
    entries = [row.entry for row in rows]
    return render_section(
        oficio,
        "bitacora",
        "oficios/_bitacora.html",
        status,
        page=SectionPage(
            rows,
            number,
            total,
            endpoint="oficios.timeline",
            oficio_id=oficio.id,
            args=filtro.args(),
        ),
        filtro=filtro,
        filter_form=filter_form,
        kinds=resumen.tipos,
        changes=changes_of,
        text_of=text_of,
        pieces_of=pieces_of,
        editable={e.id for e in entries if not refuse_edit(e, actor=current_user, now=now)},
        correctable={e.id for e in entries if not refuse_correction(e)},
        **context,
    )


def _fresh(oficio: Oficio) -> Response:
    return _show(oficio, form=_entry_form(oficio, fresh=True))


def _url(oficio: Oficio) -> str:
    return url_for("oficios.timeline", oficio_id=oficio.id)
