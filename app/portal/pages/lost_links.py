"""Asking for the link to a dashboard again: the same answer for everybody."""

from __future__ import annotations

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.buffets.service import order_asked_link
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import transaction
from app.extensions import current_config
from app.portal.forms import AskLinkForm
from app.portal.pages.blueprint import bp
from app.usuarios.pages.wrong_passwords import count_asked_link
from app.web.deeds import Deed, Done, carry_out

#: The same for an address that has a link and for one that has none.
_ASKED = (
    "Si ese correo tiene un enlace a un tablero, en unos minutos le llegará. Si no llega, mire en "
    "el correo no deseado o pídalo a la oficina."
)


@bp.route("/enlace-nuevo", methods=["GET", "POST"])
def ask_link() -> ResponseReturnValue:
    """Ask for one's link by mail. Nobody learns here who works for a buffet."""
    form = AskLinkForm()
    has_mail = current_config().mail_configured

    def deed() -> Done:
        if not has_mail:
            raise Refused("No se pudo enviar: esta instalación no envía correos.")
        count_asked_link()
        with transaction():
            order_asked_link(form.email.value, str(current_app.secret_key), now=utcnow())
        return Done(_ASKED, url_for("portal.ask_link"), tone="info")

    def show(status: int) -> ResponseReturnValue:
        return render_template("portal/ask_link.html", form=form, has_mail=has_mail), status

    return carry_out(Deed(do=deed, in_transaction=False, form=form, show=show))
