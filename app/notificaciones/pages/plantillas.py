"""The office's own words around the facts of a notice, which an admin edits with a live preview."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.db import transaction
from app.extensions import current_config
from app.notificaciones.forms import PlantillaForm
from app.notificaciones.mails import write_receptor
from app.notificaciones.mails.sample_case import sample
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.pages.notice_frame import notice_html
from app.notificaciones.queries import current_textos
from app.notificaciones.rules.plantillas import PLACEHOLDERS, POR_DEFECTO, Textos
from app.notificaciones.service import save_textos
from app.web.access import admin_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import fragment, see_other
from app.web.sentences import tell

_URL = "/admin/plantillas"


@bp.get(_URL)
@admin_required
def template() -> ResponseReturnValue:
    """The template as it stands, with a made-up case beside it."""
    return _page(PlantillaForm(formdata=None, data=vars(current_textos())))


@bp.post(_URL)
@admin_required
def save_template() -> ResponseReturnValue:
    """Keep a template; one with a place that does not exist is refused."""
    form = PlantillaForm()

    def deed() -> Done:
        save_textos(form.to_textos(), actor=current_user, now=utcnow())
        text = "Guardado: los avisos nuevos salen con estas palabras."
        return Done(text, url_for("notificaciones.template"))

    return carry_out(Deed(do=deed, form=form, show=lambda status: _page(form, status)))


@bp.post(f"{_URL}/original")
@admin_required
def reset_template() -> ResponseReturnValue:
    """Back to the product's own words."""
    with transaction():
        save_textos(POR_DEFECTO, actor=current_user, now=utcnow())
    tell("La plantilla volvió a su texto original.", "ok")
    return see_other(url_for("notificaciones.template"))


@bp.post(f"{_URL}/muestra")
@admin_required
def template_sample() -> ResponseReturnValue:
    """What is typed, in the mail of a made-up case; asked for at every pause of the typing."""
    form = PlantillaForm()
    if not form.validate():
        return fragment("notificaciones/_sample.html", status=422, form=form, sample=None)
    return fragment("notificaciones/_sample.html", form=form, sample=_written(form.to_textos()))


@bp.post(f"{_URL}/correo")
@admin_required
def template_mail() -> ResponseReturnValue:
    """The same as a mail reader shows it, for the frame."""
    form = PlantillaForm()
    textos = form.to_textos() if form.validate() else current_textos()
    return notice_html(_written(textos).html)


@bp.get(f"{_URL}/correo")
@admin_required
def stored_template_mail() -> ResponseReturnValue:
    """The template as it is stored, as a mail reader shows it."""
    return notice_html(_written(current_textos()).html)


def _page(form: PlantillaForm, status: int = 200) -> ResponseReturnValue:
    shown: dict[str, Any] = {
        "form": form,
        "placeholders": PLACEHOLDERS,
        "is_original": current_textos() == POR_DEFECTO,
        "sample": None if form.errors else _written(form.to_textos()),
    }
    return render_template("notificaciones/plantilla.html", **shown), status


def _written(textos: Textos) -> Any:
    return write_receptor(*sample(textos, base_url=current_config().base_url))
