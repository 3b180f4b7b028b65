"""The bitácora: what happened in the case, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import Refused
from app.core.fechas import format_fecha, parse_fecha
from app.db import db, transaction
from app.oficios.access import oficio_to_work
from app.oficios.forms.bitacora import CorreccionForm, EntradaForm
from app.oficios.forms.fields import add_error
from app.oficios.models import Investigacion, Oficio
from app.oficios.page import render_section, saved
from app.oficios.queries import count_by_kind, timeline_statement
from app.oficios.rules import CAMPOS, Actividad
from app.oficios.service import add_entry as add
from app.oficios.service import edit_entry as edit
from app.oficios.service import refuse_edit
from app.oficios.views.blueprint import bp
from app.web.access import or_404, staff_required
from app.web.pagination import Page, paginate


@dataclass(frozen=True)
class TimelinePage(Page):
    """A page of a bitácora; its neighbours are reached the same way after a form was sent."""

    oficio_id: int = 0
    tipo: Actividad | None = None

    def url_for(self, number: int) -> str:
        """The address of another page of the same kind of entries."""
        tipo = self.tipo.value if self.tipo else None
        return url_for("oficios.detail", oficio_id=self.oficio_id, tipo=tipo, pagina=number)


@bp.get("/<int:oficio_id>")
@staff_required
def detail(oficio_id: int) -> ResponseReturnValue:
    """The case page, opened on its bitácora."""
    return _show(oficio_to_work(oficio_id), form=EntradaForm())


@bp.post("/<int:oficio_id>/bitacora")
@staff_required
def add_entry(oficio_id: int) -> ResponseReturnValue:
    """Write down a note or a call."""
    oficio = oficio_to_work(oficio_id)
    form = EntradaForm()
    if not form.validate():
        return _show(oficio, 422, form=form)
    try:
        with transaction():
            add(oficio, form.to_data(), actor=current_user, now=utcnow())
    except Refused as refused:
        add_error(form.ocurrido_at, str(refused))
        return _show(oficio, 422, form=form)
    return saved(
        url_for("oficios.detail", oficio_id=oficio.id),
        "Anotado en la bitácora.",
        lambda: _show(oficio, form=EntradaForm(formdata=None)),
    )


@bp.route("/<int:oficio_id>/bitacora/<int:entrada_id>", methods=["GET", "POST"])
@staff_required
def edit_entry(oficio_id: int, entrada_id: int) -> ResponseReturnValue:
    """Mend one's own entry while it is fresh; later the page says how to correct it."""
    oficio = oficio_to_work(oficio_id)
    entry = db.session.get(Investigacion, entrada_id)
    entry = or_404(entry, allowed=entry is not None and entry.oficio_id == oficio.id)
    if refusal := refuse_edit(entry, actor=current_user, now=utcnow()):
        return _show(oficio, 409, form=EntradaForm(formdata=None), refusal=refusal)
    form = CorreccionForm(obj=entry)
    if request.method == "GET":
        return _show(oficio, form=form, editing=entry)
    if not form.validate():
        return _show(oficio, 422, form=form, editing=entry)
    with transaction():
        edit(entry, form.descripcion.data, actor=current_user, now=utcnow())
    return saved(
        url_for("oficios.detail", oficio_id=oficio.id),
        "Se corrigió la entrada.",
        lambda: _show(oficio, form=EntradaForm(formdata=None)),
    )


def _show(oficio: Oficio, status: int = 200, **context: Any) -> Response:
    tipo = _kind_asked_for() if request.method == "GET" else None
    page = paginate(timeline_statement(oficio.id, tipo))
    now = utcnow()
    return render_section(
        oficio,
        "bitacora",
        "oficios/_bitacora.html",
        status,
        page=TimelinePage(**vars(page), oficio_id=oficio.id, tipo=tipo),
        tipo=tipo,
        kinds=count_by_kind(oficio.id),
        changes=_changes,
        editable={e.id for e in page.rows if not refuse_edit(e, actor=current_user, now=now)},
        **context,
    )


def _kind_asked_for() -> Actividad | None:
    """The filter in the address; an unknown one shows everything."""
    return next((kind for kind in Actividad if kind.value == request.args.get("tipo")), None)


def _changes(entry: Investigacion) -> list[tuple[str, str, str | None]]:
    """What an entry says was changed: the field, what it held, what it holds (None: nothing)."""
    before, after = entry.detalle.get("antes", {}), entry.detalle.get("despues")
    return [
        (
            CAMPOS[name],
            _in_words(name, old),
            None if after is None else _in_words(name, after[name]),
        )
        for name, old in before.items()
        if name in CAMPOS
    ]


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "sí" if value else "no"
    if value is None or value == "":
        return "vacío"
    return format_fecha(parse_fecha(value)) if name.startswith("fecha_") else str(value)
