"""The admin's pages of webhooks and of what was delivered to them."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.db import db, transaction
from app.eventos.forms import WebhookForm
from app.eventos.models import Entrega, Webhook
from app.eventos.queries import entregas_statement, list_webhooks
from app.eventos.rules.webhook_signature import HEADER, make_secret
from app.eventos.service import create_webhook, resend, set_webhook_active, update_webhook
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.fresh import fresh_required
from app.web.pagination import paginate
from app.web.sentences import tell

bp = Blueprint("webhooks", __name__, url_prefix="/admin/webhooks")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """All webhooks."""
    return render_template("webhooks/index.html", hooks=list_webhooks())


@bp.route("/nuevo", methods=["GET", "POST"])
@admin_required
@fresh_required
def create() -> ResponseReturnValue:
    """Have an address told of events."""
    form = WebhookForm()

    def deed() -> Done:
        hook = create_webhook(form.to_data(), actor=current_user, now=utcnow())
        return Done(
            "Webhook creado. Copie el secreto para comprobar las firmas.",
            url_for("webhooks.detail", webhook_id=hook.id),
        )

    def show(status: int) -> ResponseReturnValue:
        return render_template("webhooks/new.html", form=form), status

    return carry_out(Deed(do=deed, form=form, show=show))


@bp.get("/<int:webhook_id>")
@admin_required
def detail(webhook_id: int) -> ResponseReturnValue:
    """One webhook: what it is told, its secret, and what became of each delivery."""
    hook = _get(webhook_id)
    return _page(hook, WebhookForm(hook, formdata=None))


@bp.post("/<int:webhook_id>")
@admin_required
@fresh_required
def update(webhook_id: int) -> ResponseReturnValue:
    """Change what a webhook is told, or where."""
    hook = _get(webhook_id)
    form = WebhookForm()

    def deed() -> Done:
        update_webhook(hook, form.to_data(), actor=current_user, now=utcnow())
        return Done("Cambios guardados.", url_for("webhooks.detail", webhook_id=webhook_id))

    return carry_out(Deed(do=deed, form=form, show=lambda status: _page(hook, form, status)))


@bp.post("/<int:webhook_id>/activo")
@admin_required
@fresh_required
def toggle(webhook_id: int) -> ResponseReturnValue:
    """Switch a webhook off, or on again."""
    hook = _get(webhook_id)
    activo = request.form.get("activo") == "1"
    with transaction():
        set_webhook_active(hook, activo=activo, actor=current_user, now=utcnow())
    tell("Webhook activado." if activo else "Webhook desactivado: no se le avisa más.", "ok")
    return see_other(url_for("webhooks.detail", webhook_id=webhook_id))


@bp.post("/entregas/<int:entrega_id>/reenviar")
@admin_required
def send_again(entrega_id: int) -> ResponseReturnValue:
    """Deliver the same message once more."""
    entrega = or_404(db.session.get(Entrega, entrega_id))
    page = url_for("webhooks.detail", webhook_id=entrega.webhook_id)

    def deed() -> Done:
        resend(entrega, actor=current_user, now=utcnow())
        return Done("Se envía otra vez. Recargue la página para ver cómo le fue.", page)

    return carry_out(Deed(do=deed, back=page))


def _get(webhook_id: int) -> Webhook:
    return or_404(db.session.get(Webhook, webhook_id))


def _page(hook: Webhook, form: WebhookForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "webhooks/detail.html",
        hook=hook,
        form=form,
        secret=make_secret(hook.semilla, str(current_app.secret_key)),
        header=HEADER,
        page=paginate(entregas_statement(hook.id)),
    )
    return page, status
