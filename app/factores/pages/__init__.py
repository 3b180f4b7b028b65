"""One's own second factor, and taking off that of somebody who lost theirs."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from markupsafe import Markup

from app.ajustes.queries import current_office
from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused
from app.db import db
from app.factores.forms import AppForm, LlaveForm, ResetForm
from app.factores.outside import ask_for_new_key, read_new_key
from app.factores.pages.proving import is_enrolling, keep_challenge, take_challenge
from app.factores.queries import factors_of, find_app, find_own_key, list_keys, must_have_one
from app.factores.rules.totp import enrolment_url, open_secret
from app.factores.service import (
    add_key,
    begin_app,
    confirm_app,
    remove_app,
    remove_key,
    renew_paper,
    reset_factors,
)
from app.usuarios.models import Usuario
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fresh import fresh_required

bp = Blueprint("factores", __name__)


@bp.after_request
def keep_nothing(response: Response) -> Response:
    """Secrets are shown here: no browser keeps these pages."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/cuenta/segundo-factor")
@login_required
def index() -> ResponseReturnValue:
    """What proves who one is, beside the password."""
    return _page(LlaveForm(), 200)


@bp.post("/cuenta/segundo-factor/app/nueva")
@login_required
@fresh_required
def start_app() -> ResponseReturnValue:
    """Begin to set up an application that shows codes."""

    def deed() -> Done:
        begin_app(_own(), _secret(), now=utcnow())
        return Done("", url_for(".set_up_app"))

    return carry_out(Deed(do=deed, back=url_for(".index")))


@bp.route("/cuenta/segundo-factor/app", methods=["GET", "POST"])
@login_required
@fresh_required
def set_up_app() -> ResponseReturnValue:
    """The secret as a QR code and as text, and the first code that shows that the phone has it."""
    usuario = _own()
    row = find_app(usuario.id)
    found = None
    if row is not None and row.confirmado_at is None:
        found = open_secret(row.secreto, usuario.id, _secret())
    secret = or_404(found)
    form = AppForm()

    def deed() -> Done:
        codes = confirm_app(usuario, form.codigo.data, _secret(), now=utcnow())
        return _told("La aplicación de códigos quedó activada.", codes)

    def show(status: int) -> ResponseReturnValue:
        url = enrolment_url(secret, account=usuario.email, office=current_office().nombre)
        import segno  # for this page alone

        drawing = segno.make(url, error="m").svg_inline(scale=5)
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        page = render_template(
            "factores/app.html",
            form=form,
            qr=Markup(drawing),  # noqa: S704 - our own drawing, of squares
            secret=groups,
        )
        return page, status

    return carry_out(Deed(do=deed, form=form, show=show, beside={InvalidValue: form.codigo}))


@bp.post("/cuenta/segundo-factor/app/quitar")
@login_required
@fresh_required
def drop_app() -> ResponseReturnValue:
    """Take the application off one's account."""

    def deed() -> Done:
        remove_app(_own(), now=utcnow())
        return Done("La aplicación de códigos ya no se usa.", url_for(".index"))

    return carry_out(Deed(do=deed, back=url_for(".index")))


@bp.post("/cuenta/segundo-factor/llaves/desafio")
@login_required
def new_key_challenge() -> ResponseReturnValue:
    """What a browser makes a passkey of this account with."""
    usuario = _own()
    known = [llave.credencial for llave in list_keys(usuario.id)]
    office = current_office().nombre
    options = ask_for_new_key(usuario.id, usuario.email, usuario.nombre, office, known)
    return keep_challenge(options)


@bp.post("/cuenta/segundo-factor/llaves")
@login_required
@fresh_required
def create_key() -> ResponseReturnValue:
    """Keep a passkey that the browser has made."""
    form = LlaveForm()

    def deed() -> Done:
        made = read_new_key(form.llave.data, take_challenge())
        codes = add_key(_own(), form.nombre.data, made, now=utcnow())
        return _told(f"La llave «{form.nombre.data}» quedó registrada.", codes)

    def show(status: int) -> ResponseReturnValue:
        return _page(form, status)

    return carry_out(Deed(do=deed, form=form, show=show, beside={InvalidValue: form}))


@bp.post("/cuenta/segundo-factor/llaves/<int:llave_id>/quitar")
@login_required
@fresh_required
def drop_key(llave_id: int) -> ResponseReturnValue:
    """Take a passkey off one's account."""
    usuario = _own()
    llave = or_404(find_own_key(llave_id, usuario.id))

    def deed() -> Done:
        remove_key(usuario, llave, now=utcnow())
        return Done(f"La llave «{llave.nombre}» ya no abre su cuenta.", url_for(".index"))

    return carry_out(Deed(do=deed, back=url_for(".index")))


@bp.post("/cuenta/segundo-factor/respaldo")
@login_required
@fresh_required
def new_paper() -> ResponseReturnValue:
    """Other codes on paper; the old ones end."""

    def deed() -> Done:
        return _told("Los códigos anteriores ya no sirven.", renew_paper(_own(), now=utcnow()))

    return carry_out(Deed(do=deed, back=url_for(".index")))


@bp.route("/admin/usuarios/<int:usuario_id>/segundo-factor", methods=["GET", "POST"])
@admin_required
@fresh_required
def reset(usuario_id: int) -> ResponseReturnValue:
    """Take off the second factor of somebody who lost it, and say how one knows that it is them."""
    usuario = or_404(db.session.get(Usuario, usuario_id))
    form = ResetForm()

    def deed() -> Done:
        reset_factors(
            usuario, comprobacion=form.comprobacion.value, actor=current_user, now=utcnow()
        )
        text = f"{usuario.nombre} entra ahora con su contraseña, y se le avisa por correo."
        return Done(text, url_for("usuarios.index"))

    def show(status: int) -> ResponseReturnValue:
        page = render_template(
            "factores/reiniciar.html",
            form=form,
            usuario=usuario,
            factors=factors_of(usuario.id),
            is_required=must_have_one(usuario),
        )
        return page, status

    return carry_out(Deed(do=deed, form=form, show=show, beside={Refused: form}))


def _page(form: LlaveForm, status: int) -> ResponseReturnValue:
    usuario = _own()
    page = render_template(
        "factores/index.html",
        form=form,
        factors=factors_of(usuario.id),
        llaves=list_keys(usuario.id),
        is_enrolling=is_enrolling(),
    )
    return page, status


def _told(text: str, codes: list[str]) -> Done:
    """The end of a deed that may come with codes, which are shown once."""
    if not codes:
        return Done(text, url_for(".index"))
    return Done(
        text,
        url_for(".index"),
        answer=lambda: render_template("factores/respaldo.html", codes=codes),
    )


def _own() -> Usuario:
    return db.session.get_one(Usuario, current_user.id)


def _secret() -> str:
    return str(current_app.secret_key)
