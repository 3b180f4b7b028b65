"""What is blocked, for admins: why, and until when."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.db import db, seeing_all
from app.titulares.forms import BloquearForm, LevantarForm
from app.titulares.models import Bloqueo
from app.titulares.pages.blueprint import bp
from app.titulares.queries.bloqueos import find_free_case, list_blocks
from app.titulares.queries.data_requests import find_by_number
from app.titulares.service import block_cases, lift_block
from app.web.access import admin_required, or_404
from app.web.converters import row_id
from app.web.deeds import Deed, Done, carry_out
from app.web.fresh import fresh_required

_SAME_PERSON = "La misma persona tiene otro caso bloqueado."


@bp.get("/admin/personas/bloqueos")
@admin_required
def blocks() -> ResponseReturnValue:
    """The cases that are kept and that nobody works with; ``caso`` is one to decide on."""
    caso = request.args.get("caso", type=row_id)
    return _page(LevantarForm(formdata=None), 200, caso)


@bp.post("/admin/personas/bloqueos")
@admin_required
@fresh_required
def block() -> ResponseReturnValue:
    """Block the cases that were ticked in the search for a person."""
    form = BloquearForm()

    def deed() -> Done:
        numero = form.solicitud.data or ""
        solicitud = find_by_number(numero)
        if numero and solicitud is None:
            raise InvalidValue("No hay una solicitud con ese número.")
        blocks = block_cases(
            form.oficio_ids,
            form.motivo.data,
            actor=current_user,
            now=utcnow(),
            solicitud=solicitud,
        )
        text = f"Quedaron bloqueados {len(blocks)} casos." if len(blocks) > 1 else "Caso bloqueado."
        return Done(text, url_for("titulares.blocks"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, status, _only(form.oficio_ids)),
            beside={InvalidValue: form.solicitud},
        )
    )


@bp.post("/admin/personas/bloqueos/<int:bloqueo_id>/levantar")
@admin_required
@fresh_required
def lift(bloqueo_id: int) -> ResponseReturnValue:
    """End a block."""
    bloqueo = or_404(db.session.get(Bloqueo, bloqueo_id))
    form = LevantarForm()

    def deed() -> Done:
        lift_block(bloqueo, form.motivo.data, actor=current_user, now=utcnow())
        return Done("El bloqueo se levantó.", url_for("titulares.blocks"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, status),
            back=url_for("titulares.blocks"),
        )
    )


def _only(oficio_ids: list[int]) -> int | None:
    """The case of the card on this page; several were ticked in the search."""
    return oficio_ids[0] if len(oficio_ids) == 1 else None


def _page(
    form: BloquearForm | LevantarForm, status: int, caso: int | None = None
) -> ResponseReturnValue:
    with seeing_all():
        rows = list_blocks()
    typed = form if isinstance(form, BloquearForm) else None
    page = render_template(
        "titulares/bloqueos.html",
        form=form,
        levantar=form if isinstance(form, LevantarForm) else LevantarForm(formdata=None),
        rows=rows,
        caso=find_free_case(caso) if caso else None,
        bloquear=typed or BloquearForm(formdata=None, motivo=_SAME_PERSON),
    )
    return page, status
