"""The public policy on personal data: what everybody reads, and where an admin writes it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import text_settings
from app.core.clock import utcnow
from app.cumplimiento.forms.politica import PoliticaForm
from app.cumplimiento.models.politica import Politica
from app.cumplimiento.queries.politica import (
    find_draft,
    find_policy,
    list_policies,
    policy_seal,
)
from app.cumplimiento.rules.politica import PUNTOS, is_complete, missing_items
from app.cumplimiento.service.politica import (
    installation_of,
    propose_policy,
    publish,
    save_draft,
)
from app.extensions import current_config
from app.titulares.rules.solicitudes import IN_FORCE, LAW
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out

bp = Blueprint("politica", __name__)

_PATH = "/privacidad"


@bp.app_context_processor
def policy_of_mail() -> dict[str, object]:
    """Let a mail name the policy; pages ask for the endpoint."""
    return {"policy_url": lambda: f"{current_config().base_url}{_PATH}"}


@bp.get(_PATH)
def show() -> ResponseReturnValue:
    """The newest version."""
    return _public(find_policy())


@bp.get(f"{_PATH}/<int:version>")
def show_version(version: int) -> ResponseReturnValue:
    """A version by its number; a draft is none."""
    return _public(or_404(find_policy(version) if version < 2**31 else None), has_own_address=True)


@bp.route("/admin/politica", methods=["GET", "POST"])
@admin_required
def edit() -> ResponseReturnValue:
    """The next version: saved as a draft, or published."""
    proposed = propose_policy(installation_of(current_config()))
    draft, newest = find_draft(), find_policy()
    source = draft or newest
    form = PoliticaForm.with_items(source.textos if source else proposed, policy_seal())
    publishes = request.form.get("hacer") == "publicar"

    def deed() -> Done:
        values = {"actor": current_user, "now": utcnow()}
        if not publishes:
            save_draft(form.to_textos(), form.version.data or "", **values)
            return Done("Borrador guardado. Nadie de fuera lo ve.", url_for("politica.edit"))
        row = publish(form.to_textos(), form.version.data or "", **values)
        missing = missing_items(row.textos)
        return Done(
            f"Versión {row.numero} publicada.",
            url_for("politica.edit"),
            warnings=[f"No se muestran los puntos por completar: {', '.join(missing)}."]
            if missing
            else (),
        )

    def show_form(status: int) -> ResponseReturnValue:
        typed = form.to_textos()
        law, since = text_settings(LAW, IN_FORCE)
        page = render_template(
            "cumplimiento/politica.html",
            form=form,
            puntos=PUNTOS,
            proposed=proposed,
            missing=missing_items(typed),
            typed=typed,
            draft=draft,
            newest=newest,
            versions=list_policies(),
            outdated=newest is not None and _follows_another_law(newest, law, since),
            ley=law,
            desde=date.fromisoformat(since),
        )
        return page, status

    return carry_out(Deed(do=deed, form=form, show=show_form, version=policy_seal))


def _follows_another_law(row: Politica, law: str, since: str) -> bool:
    """Whether the settings name another law or date than a version does."""
    return (law, since) != (row.ley, row.rige_desde.isoformat() if row.rige_desde else "")


def _public(row: Politica | None, *, has_own_address: bool = False) -> ResponseReturnValue:
    textos = row.textos if row else {}
    return render_template(
        "cumplimiento/privacidad.html",
        row=row,
        has_own_address=has_own_address,
        puntos=[each for each in PUNTOS if is_complete(textos.get(each.letra, ""))],
        missing=missing_items(textos),
        versions=list_policies(),
    )
