"""The page of the settings, and the office's logo for everybody who may see it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

from flask import Blueprint, abort, g, make_response, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.forms import LogoForm, SettingsForm
from app.ajustes.queries import Oficina, current_office, find_logo_data
from app.ajustes.rules import text_on
from app.ajustes.service import save_logo, save_settings
from app.core.clock import utcnow
from app.db import transaction
from app.extensions import current_config
from app.web.access import admin_required, or_404
from app.web.bodies import accepts_bytes, one_upload
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.fresh import fresh_required
from app.web.sentences import tell

bp = Blueprint("ajustes", __name__)

_YEAR = 365 * 24 * 3600
#: RFC 9116 advises less than a year. The file is written anew at each reading.
_CONTACT_HOLDS = timedelta(days=180)
_DIGEST = re.compile("[0-9a-f]{64}")
_HEX = re.compile("[0-9a-f]{6}")


@bp.app_context_processor
def office_of_page() -> dict[str, object]:
    """Let a page or a mail say whose office it is; asked for only where it is shown."""
    return {"oficina": _office}


def _office() -> Oficina:
    if "oficina" not in g:
        g.oficina = current_office()
    office: Oficina = g.oficina
    return office


@bp.get("/admin/ajustes")
@admin_required
def index() -> ResponseReturnValue:
    """Every setting, and the ways to those that have a page of their own."""
    return _page(SettingsForm.for_settings(fresh=True))


@bp.post("/admin/ajustes")
@admin_required
@fresh_required
def save() -> ResponseReturnValue:
    """Keep the settings; all of them or none."""
    form = SettingsForm.for_settings()

    def deed() -> Done:
        changed = save_settings(form.to_values(), actor=current_user, now=utcnow())
        text = "Ajustes guardados." if changed else "No había nada que cambiar."
        return Done(text, url_for("ajustes.index"))

    return carry_out(Deed(do=deed, form=form, show=lambda status: _page(form, status=status)))


@bp.post("/admin/ajustes/logo")
@accepts_bytes(one_upload)
@admin_required
def save_office_logo() -> ResponseReturnValue:
    """Take a picture as the office's logo."""
    form = LogoForm()

    def deed() -> Done:
        save_logo(form.dibujo, actor=current_user, now=utcnow())
        text = "Logo guardado: los correos y expedientes nuevos lo llevan."
        return Done(text, url_for("ajustes.index"))

    def show(status: int) -> ResponseReturnValue:
        return _page(SettingsForm.for_settings(fresh=True), form, status)

    return carry_out(Deed(do=deed, form=form, show=show))


@bp.post("/admin/ajustes/logo/quitar")
@admin_required
def remove_office_logo() -> ResponseReturnValue:
    """Go without a logo from now on."""
    with transaction():
        save_logo(None, actor=current_user, now=utcnow())
    tell("Logo quitado. Los correos que ya se enviaron lo siguen mostrando.", "ok")
    return see_other(url_for("ajustes.index"))


@bp.get("/oficina/logo/<sha256>.png")
def logo(sha256: str) -> ResponseReturnValue:
    """A logo by its hash: what is under it never changes. It is no secret: mails carry it."""
    data = or_404(find_logo_data(sha256) if _DIGEST.fullmatch(sha256) else None)
    response = send_file(BytesIO(data), mimetype="image/png")
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # readers of mails show it
    return response


@bp.get("/oficina/color/<color>.css")
def color(color: str) -> ResponseReturnValue:
    """The style of an office's colour, which a page may not carry itself; it never changes."""
    if not _HEX.fullmatch(color):
        abort(404)
    style = f":root {{ --office: #{color}; --office-on: {text_on(f'#{color}')}; }}\n"
    response = make_response(style)
    response.headers["Content-Type"] = "text/css; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@bp.get("/.well-known/security.txt")
def security_txt() -> ResponseReturnValue:
    """Where to report a weakness, as RFC 9116 has it; 404 while the office names no address."""
    email = or_404(current_office().email or None)
    lines = [
        f"Contact: mailto:{email}",
        f"Expires: {utcnow() + _CONTACT_HOLDS:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: es, en",
        f"Canonical: {current_config().base_url}/.well-known/security.txt",
    ]
    response = make_response("\n".join(lines) + "\n")
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def _page(
    form: SettingsForm, logo_form: LogoForm | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "ajustes/index.html",
        form=form,
        logo_form=logo_form or LogoForm(formdata=None),
        office=current_office(),
    )
    return page, status
