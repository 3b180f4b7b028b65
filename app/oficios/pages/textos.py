"""The preset texts of the bitácora: for admins."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.oficios.forms.textos import NuevoTextoForm, TextoForm
from app.oficios.models import TextoPredefinido
from app.oficios.queries.bitacora import list_textos
from app.oficios.rules import WRITTEN_KINDS
from app.oficios.service import add_texto, place_texto, toggle_texto, update_texto
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.sentences import tell

bp = Blueprint("textos", __name__, url_prefix="/admin/textos")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """All texts, kind by kind, also those that are not offered now."""
    return _page(NuevoTextoForm(formdata=None))


@bp.post("")
@admin_required
def create() -> ResponseReturnValue:
    """Offer another text."""
    form = NuevoTextoForm()

    def deed() -> Done:
        add_texto(form.tipo.value, form.texto.data, actor=current_user, now=utcnow())
        return Done("Se agregó el texto.", url_for("textos.index"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, status=status),
            beside={Refused: form.texto},
        )
    )


@bp.route("/<int:texto_id>", methods=["GET", "POST"])
@admin_required
def edit(texto_id: int) -> ResponseReturnValue:
    """Say a text otherwise."""
    row = _get(texto_id)
    form = TextoForm(obj=row)

    def deed() -> Done:
        update_texto(row, form.texto.data, actor=current_user, now=utcnow())
        return Done("Se guardó el texto. Lo que ya se anotó no cambia.", url_for("textos.index"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, row, status),
            beside={Refused: form.texto},
        )
    )


@bp.post("/<int:texto_id>/activo")
@admin_required
def toggle(texto_id: int) -> ResponseReturnValue:
    """Offer a text, or stop offering it; sent twice, it stays as it was asked for."""
    row = _get(texto_id)
    activo = request.form.get("activo") == "1"
    with transaction():
        toggle_texto(row, activo, actor=current_user, now=utcnow())
    tell("El texto se ofrece otra vez." if activo else "El texto ya no se ofrece.", "ok")
    return see_other(url_for("textos.index"))


@bp.post("/<int:texto_id>/mover")
@admin_required
def place(texto_id: int) -> ResponseReturnValue:
    """Move a text up or down in the list of its kind."""
    row = _get(texto_id)
    with transaction():
        place_texto(row, -1 if request.form.get("hacia") == "arriba" else 1)
    return see_other(url_for("textos.index") + f"#texto-{row.id}")


def _get(texto_id: int) -> TextoPredefinido:
    return or_404(db.session.get(TextoPredefinido, texto_id))


def _page(
    form: TextoForm, editing: TextoPredefinido | None = None, status: int = 200
) -> ResponseReturnValue:
    rows = list_textos()
    page = render_template(
        "oficios/textos.html",
        form=form,
        editing=editing,
        groups=[(kind, [row for row in rows if row.tipo is kind]) for kind in WRITTEN_KINDS],
    )
    return page, status
