"""The first day: what makes a new installation useful, in six steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.pages.marca import shows_demo
from app.buffets.queries import find_sample_buffet
from app.core.clock import to_local, utcnow
from app.db import transaction
from app.extensions import current_config
from app.inicio.queries import has_cases, is_new, list_pasos
from app.inicio.rules import SAMPLES, say_left
from app.inicio.service import put_away
from app.inicio.service.samples import load_samples, remove_samples
from app.web.access import admin_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.sentences import TextLink, tell

bp = Blueprint("inicio", __name__, url_prefix="/primeros-pasos")


#: Where an application keeps what the database last said.
TOLD = "rastro_first_steps"
#: For how long that is believed while the steps are not over: every page of an admin asks.
_TRUSTED = timedelta(minutes=1)


class StepsTold(NamedTuple):
    """Whether the installation was new, when that was read (UTC), and whether it had a case."""

    is_new: bool
    at: datetime
    has_cases: bool = False


def shows_steps() -> bool:
    """Whether the menus lead to the steps."""
    if not current_user.is_admin or shows_demo():
        return False
    now = utcnow()
    told: StepsTold | None = current_app.extensions.get(TOLD)
    # Once over, it stays so: no page of an old installation asks.
    if told is None or (told.is_new and abs(now - told.at) > _TRUSTED):
        told = StepsTold(is_new(now), now, told is not None and told.has_cases)
        current_app.extensions[TOLD] = told
    return told.is_new


def landing() -> str | None:
    """An admin of a new installation without a case begins here."""
    if not (current_user.is_authenticated and current_user.is_admin) or not shows_steps():
        return None
    told: StepsTold = current_app.extensions[TOLD]
    if not told.has_cases and has_cases():
        # A first case was made; from then on nobody asks.
        told = current_app.extensions[TOLD] = told._replace(has_cases=True)
    return None if told.has_cases else "inicio.index"


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """The six steps; the first that is not done is open."""
    pasos = list_pasos(current_config())
    hour = to_local(utcnow()).hour
    return render_template(
        "inicio/index.html",
        pasos=pasos,
        left=say_left(pasos),
        done=sum(paso.hecho for paso in pasos),
        open_step=next((paso.clave for paso in pasos if not paso.hecho), None),
        can_load=not has_cases() and not shows_demo(),
        has_samples=find_sample_buffet() is not None,
        samples=len(SAMPLES),
        greeting="Buenos días" if hour < 12 else "Buenas tardes" if hour < 20 else "Buenas noches",
    )


@bp.post("/ejemplos")
@admin_required
def load() -> ResponseReturnValue:
    """Open the examples, to look around."""

    def deed() -> Done:
        count = load_samples(current_user.id, now=utcnow())
        current_app.extensions.pop(TOLD, None)
        return Done(f"Se cargaron {count} casos de ejemplo.", url_for("home"))

    return carry_out(Deed(do=deed, in_transaction=False, back=url_for("inicio.index")))


@bp.post("/ejemplos/quitar")
@admin_required
def take_away() -> ResponseReturnValue:
    """Take the examples away."""

    def deed() -> Done:
        count = remove_samples(actor=current_user, now=utcnow())
        current_app.extensions.pop(TOLD, None)
        text = f"Se quitaron los {count} casos de ejemplo y su buffet."
        return Done(text, url_for("inicio.index"))

    return carry_out(Deed(do=deed, back=url_for("inicio.index")))


@bp.post("/esconder")
@admin_required
def hide() -> ResponseReturnValue:
    """Put the list away; it stays reachable from *Estado*."""
    with transaction():
        put_away(actor=current_user, now=utcnow())
    current_app.extensions.pop(TOLD, None)
    tell(
        "Los primeros pasos ya no se muestran. Siguen en Administración, Estado.",
        "ok",
        TextLink("Ver los pasos", url_for("inicio.index")),
    )
    return see_other(url_for("home"))
