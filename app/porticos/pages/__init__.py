"""Administración, Pórticos: the catalogue, and the corrections that are remembered."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import local_today, utcnow
from app.core.errors import Refused
from app.core.porticos import ATRIBUCION
from app.core.text import clean_text
from app.db import db, transaction
from app.porticos.forms import PorticoFilterForm, PorticoForm
from app.porticos.models import AliasPortico, Portico
from app.porticos.pages.catalogue_file import PORTICOS_TABLE
from app.porticos.queries import aliases_statement, count_aliases, list_roads, porticos_statement
from app.porticos.rules import CambioLista
from app.porticos.service import (
    ListChanges,
    apply_list,
    create_portico,
    forget_alias,
    is_list_pending,
    read_changes,
    set_active,
    update_portico,
)
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.fresh import fresh_file_required
from app.web.pagination import paginate
from app.web.sentences import tell
from app.web.table_files import send_table

bp = Blueprint("porticos", __name__, url_prefix="/admin/porticos")

_SEARCH_LIMIT = 100


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """The catalogue under the filters of the address."""
    form = PorticoFilterForm(list_roads())
    return render_template(
        "porticos/index.html",
        form=form,
        page=paginate(porticos_statement(form.to_filter())),
        corrections=count_aliases(),
        list_pending=is_list_pending(),
        atribucion=ATRIBUCION,
        filters=form.arguments(),
    )


@bp.get("/exportar")
@admin_required
@fresh_file_required
def export() -> ResponseReturnValue:
    """What the filters find, as a file."""
    rows = db.session.scalars(porticos_statement(PorticoFilterForm(list_roads()).to_filter()))
    return send_table(PORTICOS_TABLE, rows, f"porticos-{local_today(utcnow()).isoformat()}")


@bp.route("/nuevo", methods=["GET", "POST"])
@admin_required
def create() -> ResponseReturnValue:
    """Add a gantry to the catalogue."""
    form = PorticoForm()

    def deed() -> Done:
        row = create_portico(form.to_data(), actor=current_user, now=utcnow())
        return Done(f"Se agregó el pórtico {row.nombre}.", url_for("porticos.index"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _form_page(form, None, status),
            beside={Refused: form.codigo},
        )
    )


@bp.route("/<int:portico_id>", methods=["GET", "POST"])
@admin_required
def edit(portico_id: int) -> ResponseReturnValue:
    """Change what the catalogue says of a gantry."""
    row = or_404(db.session.get(Portico, portico_id))
    form = PorticoForm.of(row)

    def deed() -> Done:
        update_portico(row, form.to_data(), form.seen_version, actor=current_user, now=utcnow())
        text = "Cambios guardados. Los avistamientos se identifican otra vez."
        return Done(text, url_for("porticos.index"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _form_page(form, row, status),
            beside={Refused: form.codigo},
            version=lambda: or_404(db.session.get(Portico, portico_id)).version,
        )
    )


@bp.post("/<int:portico_id>/activo")
@admin_required
def toggle(portico_id: int) -> ResponseReturnValue:
    """Take a gantry out of use, or bring it back."""
    row = or_404(db.session.get(Portico, portico_id))
    activo = request.form.get("activo") == "1"
    with transaction():
        set_active(row, activo=activo, actor=current_user, now=utcnow())
    text = "Pórtico en uso." if activo else "Pórtico fuera de uso: ya no se reconoce en textos."
    tell(text, "ok")
    return see_other(url_for("porticos.edit", portico_id=portico_id))


@bp.get("/lista")
@admin_required
def product_list() -> ResponseReturnValue:
    """What the list of 2026 would change in this catalogue, before it is applied."""
    return _list_page(200)


@bp.post("/lista")
@admin_required
def apply_product_list() -> ResponseReturnValue:
    """Apply the list of 2026 as the preview showed it."""

    def deed() -> Done:
        changes = apply_list(request.form.get("resumen", ""), actor=current_user, now=utcnow())
        return Done(_told_of_list(changes), url_for("porticos.index"))

    return carry_out(Deed(do=deed, show=_list_page))


@bp.get("/correcciones")
@admin_required
def corrections() -> ResponseReturnValue:
    """What people said of texts, newest first."""
    q = clean_text(request.args.get("q", ""))[:_SEARCH_LIMIT]
    return render_template("porticos/corrections.html", page=paginate(aliases_statement(q)), q=q)


@bp.post("/correcciones/<int:alias_id>/retirar")
@admin_required
def forget(alias_id: int) -> ResponseReturnValue:
    """Take a correction back: its text is looked up in the catalogue again."""
    row = or_404(db.session.get(AliasPortico, alias_id))
    with transaction():
        forget_alias(row, actor=current_user, now=utcnow())
    tell("Corrección retirada: sus avistamientos se identifican otra vez por su texto.", "ok")
    return see_other(url_for("porticos.corrections"))


def _list_page(status: int) -> ResponseReturnValue:
    page = render_template(
        "porticos/lista.html",
        changes=read_changes(),
        kinds=list(CambioLista),
        atribucion=ATRIBUCION,
    )
    return page, status


def _told_of_list(changes: ListChanges) -> str:
    """What is said of the list once it is applied."""
    new, kept = changes.count(CambioLista.NUEVO), changes.kept
    told = f"Se aplicó la lista de 2026: {new} {'pórtico nuevo' if new == 1 else 'pórticos nuevos'}"
    if kept:
        told += f"; {kept} {'conserva' if kept == 1 else 'conservan'} lo que la oficina corrigió"
    return f"{told}. Los avistamientos se identifican otra vez."


def _form_page(form: PorticoForm, row: Portico | None, status: int) -> ResponseReturnValue:
    page = render_template(
        "porticos/form.html", form=form, portico=row, roads=list_roads(), atribucion=ATRIBUCION
    )
    return page, status
