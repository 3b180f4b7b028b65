"""The admin's pages about erasures."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.db import db, seeing_all
from app.extensions import current_config
from app.supresion.forms import MencionForm, SuprimirForm
from app.supresion.models import Supresion
from app.supresion.rules import Trato
from app.supresion.service import confirm_erasure, count_rows, decide_mention, place_of
from app.supresion.service.mentions import read_mention
from app.titulares.queries.lugares import list_models
from app.titulares.queries.persona import find_person
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fresh import fresh_required

bp = Blueprint("supresion", __name__)

#: Erasures on one page; there are few in a year.
_SHOWN = 200


@bp.get("/admin/personas/supresiones")
@admin_required
def index() -> ResponseReturnValue:
    """What was erased, and what is being erased."""
    statement = sa.select(Supresion).order_by(Supresion.id.desc()).limit(_SHOWN)
    return render_template("supresion/index.html", rows=list(db.session.scalars(statement)))


@bp.post("/admin/personas/supresiones/nueva")
@admin_required
@fresh_required
def create() -> ResponseReturnValue:
    """Show what would be erased of a person; once the admin has confirmed it, have it erased."""
    form = SuprimirForm()
    if not form.confirma.data:
        return _plan(form, 200)

    def deed() -> Done:
        with seeing_all():
            supresion = confirm_erasure(
                form.to_buscado(),
                form.tratos,
                form.motivo.data.strip(),
                secret=current_config().secret_key,
                porque=form.razones,
                actor=current_user,
                now=utcnow(),
            )
        return Done(
            f"Comenzó la supresión {supresion.numero}.",
            url_for("supresion.detail", supresion_id=supresion.id),
        )

    return carry_out(Deed(do=deed, form=form, show=lambda status: _plan(form, status), refused=422))


@bp.get("/admin/personas/supresiones/<int:supresion_id>")
@admin_required
def detail(supresion_id: int) -> ResponseReturnValue:
    """How far an erasure is, what it did, and what a person must judge."""
    row = or_404(db.session.get(Supresion, supresion_id))
    labels = {model.__tablename__: model.__personal__.label for model in list_models()}
    return render_template(
        "supresion/detalle.html",
        row=row,
        # A text that is gone meanwhile says nothing of anybody.
        menciones=[
            (labels[each["tabla"]], each, place_of(each), text)
            for each in row.menciones
            if (text := read_mention(each))
        ],
        filas={labels.get(name, name): n for name, n in count_rows(row.hechos).items()},
        tratos={each.value: each.label for each in Trato},
    )


@bp.post("/admin/personas/supresiones/<int:supresion_id>/menciones")
@admin_required
@fresh_required
def decide(supresion_id: int) -> ResponseReturnValue:
    """Empty a text that probably mentions the person, or take it off the list."""
    row = or_404(db.session.get(Supresion, supresion_id))
    form, back = MencionForm(), url_for("supresion.detail", supresion_id=supresion_id)

    def deed() -> Done:
        erases = form.decision.data == "borrar"
        decide_mention(row, form.lugar.data, erases=erases, actor=current_user, now=utcnow())
        said = "El texto se borró." if erases else "Anotado: ese texto es de otra persona."
        return Done(said, back)

    wrong = "Elija qué hacer con el texto."
    return carry_out(Deed(do=deed, form=form, wrong=lambda: wrong, back=back))


@bp.get("/admin/personas/supresiones/<int:supresion_id>/prueba.json")
@admin_required
def proof(supresion_id: int) -> ResponseReturnValue:
    """The proof for a machine: rows by number, by which request or rule, the hash over both."""
    row = or_404(db.session.get(Supresion, supresion_id))
    return jsonify(
        numero=row.numero,
        motivo=row.motivo,
        confirmada_at=row.confirmada_at.isoformat(),
        hecha_at=row.hecha_at.isoformat() if row.hecha_at else None,
        hechos=row.hechos,
        sha256=row.huella,
    )


def _plan(form: SuprimirForm, status: int) -> ResponseReturnValue:
    """The person's cases, each with what is proposed, or with what was chosen before."""
    persona = form.persona
    with seeing_all():
        found = find_person(persona) if persona else None
    chosen = form.tratos
    proposed = {
        caso.id: chosen.get(caso.id, Trato.ANONIMIZAR if caso.estado.is_final else Trato.CONSERVAR)
        for caso in (found.casos if found else ())
    }
    page = render_template(
        "supresion/nueva.html",
        form=form,
        found=found,
        proposed=proposed,
        razones=form.razones,
        tratos=[each for each in Trato if each is not Trato.HECHOS],
        is_sent=bool(form.confirma.data),
    )
    return page, status
