"""For how long closed cases stay: the rules, what they propose, and the certificates."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from flask import Blueprint, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import text_setting
from app.buffets.models import Buffet
from app.buffets.queries import buffets_statement
from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused
from app.cumplimiento.forms.retencion import DecidirForm, QuitarReglaForm, ReglaForm
from app.cumplimiento.models.retencion import LoteRetencion, PropuestaRetencion
from app.cumplimiento.queries.retencion import (
    count_proposals,
    list_batches,
    list_rules,
    proposals_statement,
    read_proposals,
)
from app.cumplimiento.rules.retencion import EstadoPropuesta, tell_cases, tell_months
from app.cumplimiento.service.retencion import (
    confirm_proposals,
    postpone,
    release_held,
    remove_rule,
    save_rule,
)
from app.db import db
from app.extensions import current_config
from app.supresion.rules import EstadoSupresion
from app.titulares.rules.solicitudes import LAW
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fresh import fresh_required
from app.web.pagination import paginate

bp = Blueprint("retencion", __name__, url_prefix="/admin/retencion")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """The rules, the cases that wait for a decision, and what was confirmed."""
    return _page(200)


@bp.post("/reglas")
@admin_required
def save() -> ResponseReturnValue:
    """Write a rule down, or write it anew."""
    form = ReglaForm.among(_firms())

    def deed() -> Done:
        save_rule(form.to_regla(), actor=current_user, now=utcnow())
        return Done("Regla guardada. Lo que proponga se verá mañana.", url_for("retencion.index"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(status, regla=form),
            beside={InvalidValue: form.fundamento},
        )
    )


@bp.post("/reglas/quitar")
@admin_required
def remove() -> ResponseReturnValue:
    """Take a rule away."""
    form, back = QuitarReglaForm(), url_for("retencion.index")

    def deed() -> Done:
        remove_rule(form.buffet_id, form.caso_estado.data or "", actor=current_user, now=utcnow())
        return Done("La regla se quitó.", back)

    return carry_out(Deed(do=deed, form=form, wrong=lambda: "Elija una regla.", back=back))


@bp.post("/propuestas")
@admin_required
@fresh_required
def decide() -> ResponseReturnValue:
    """Confirm, postpone or hold the chosen cases, or let them be decided on again."""
    form = DecidirForm()

    def deed() -> Done:
        rows = read_proposals(form.chosen)
        if not rows:
            raise Refused("Elija al menos un caso.")
        known: dict[str, Callable[[DecidirForm, list[PropuestaRetencion]], Done]] = {
            "confirmar": _confirm,
            "aplazar": _postpone,
            "retener": _hold,
            "soltar": _release,
        }
        verb = known.get(form.hacer.data or "")
        if verb is None:
            raise Refused("Elija qué se hace con los casos.")
        return verb(form, rows)

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(status, decidir=form),
            beside={InvalidValue: form.motivo, Refused: form},
            refused=422,
        )
    )


def _confirm(form: DecidirForm, rows: list[PropuestaRetencion]) -> Done:
    if not form.confirma.data:
        raise Refused("Marque que entiende que no se puede deshacer.")
    found = confirm_proposals(
        rows, secret=current_config().secret_key, actor=current_user, now=utcnow()
    )
    return Done(
        f"Confirmado {found.lote.numero}: {tell_cases(found.lote.casos)}. El certificado se "
        "emite cuando termine.",
        url_for("retencion.index"),
        warnings=[
            f"No se {'incluye' if len(ids) == 1 else 'incluyen'} {tell_cases(len(ids))}: {why}."
            for why, ids in found.omitidos.items()
        ],
    )


def _postpone(form: DecidirForm, rows: list[PropuestaRetencion]) -> Done:
    if form.hasta.value is None:
        raise Refused("Escriba hasta cuándo se aplazan.")
    return _kept(
        postpone(rows, form.hasta.value, form.motivo.data or "", actor=current_user, now=utcnow()),
        "aplazados",
    )


def _hold(form: DecidirForm, rows: list[PropuestaRetencion]) -> Done:
    return _kept(
        postpone(rows, None, form.motivo.data or "", actor=current_user, now=utcnow()), "retenidos"
    )


def _release(_form: DecidirForm, rows: list[PropuestaRetencion]) -> Done:
    return _kept(release_held(rows, actor=current_user, now=utcnow()), "otra vez por decidir")


def _kept(count: int, how: str) -> Done:
    return Done(f"Casos {how}: {count}.", url_for("retencion.index"))


@bp.get("/certificados/<int:lote_id>.pdf")
@admin_required
def certificate(lote_id: int) -> ResponseReturnValue:
    """The certificate as it was printed."""
    row = or_404(db.session.get(LoteRetencion, lote_id))
    return send_file(
        BytesIO(or_404(row.pdf)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"certificado-{row.numero}.pdf",
    )


def _firms() -> list[Buffet]:
    return list(db.session.scalars(buffets_statement()))


def _page(
    status: int, *, regla: ReglaForm | None = None, decidir: DecidirForm | None = None
) -> ResponseReturnValue:
    known = {each.value: each for each in EstadoPropuesta}
    chosen = known.get(request.args.get("estado", ""))
    page = render_template(
        "cumplimiento/retencion.html",
        rules=list_rules(),
        page=paginate(proposals_statement(chosen)),
        counts=count_proposals(),
        states=list(EstadoPropuesta),
        chosen=chosen,
        batches=list_batches(),
        regla=regla or ReglaForm.among(_firms(), formdata=None),
        decidir=decidir or DecidirForm(formdata=None),
        picked=set((decidir.chosen if decidir else None) or ()),
        months=tell_months,
        cases=tell_cases,
        done=EstadoSupresion.HECHA,
        ley=text_setting(LAW),
    )
    return page, status
