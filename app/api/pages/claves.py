"""The admin's page of keys for scripts."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.api.forms import ClaveForm
from app.api.models import ClaveApi
from app.api.queries import list_keys
from app.api.rules import new_key
from app.api.service import create_key, renew_key, revoke_key
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.usuarios.models import Usuario
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.fresh import fresh_required
from app.web.sentences import tell

bp = Blueprint("claves", __name__, url_prefix="/admin/claves-api")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """All keys, and the form to make one."""
    return _page(ClaveForm(formdata=None))


@bp.post("")
@admin_required
@fresh_required
def create() -> ResponseReturnValue:
    """Make a key and show it, this once: the answer to the form is the only place that has it."""
    form = ClaveForm()
    key = new_key()

    def deed() -> Done:
        create_key(
            form.nombre.data,
            db.session.get_one(Usuario, form.usuario_id.data),
            form.alcances.data or (),
            key,
            actor=current_user,
            now=utcnow(),
            dias=form.dias.data,
        )
        return Done("", "", answer=lambda: _page(ClaveForm(formdata=None), key=key))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, status),
            beside={Refused: form.usuario_id},
        )
    )


@bp.post("/<int:clave_id>/renovar")
@admin_required
@fresh_required
def renew(clave_id: int) -> ResponseReturnValue:
    """Make a key that may do the same and show it, this once; the old one ends a day later."""
    clave = or_404(db.session.get(ClaveApi, clave_id))
    key = new_key()

    def deed() -> Done:
        renew_key(clave, key, actor=current_user, now=utcnow())
        return Done("", "", answer=lambda: _page(ClaveForm(formdata=None), key=key, renewed=True))

    return carry_out(Deed(do=deed, back=url_for("claves.index")))


@bp.post("/<int:clave_id>/revocar")
@admin_required
def revoke(clave_id: int) -> ResponseReturnValue:
    """Revoke a key with immediate effect."""
    clave = or_404(db.session.get(ClaveApi, clave_id))
    with transaction():
        revoke_key(clave, actor=current_user, now=utcnow())
    tell("Clave revocada: ya no abre nada.", "ok")
    return see_other(url_for("claves.index"))


def _page(
    form: ClaveForm, status: int = 200, key: str | None = None, *, renewed: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "claves/index.html",
        form=form,
        claves=list_keys(),
        key=key,
        renewed=renewed,
        now=utcnow(),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
