"""Remembering what was tried, and putting the list of the first steps away."""

from __future__ import annotations

from datetime import datetime

from app.ajustes.service import set_setting
from app.auditoria.service import Actor, audit
from app.inicio.queries import mail_target, provider_target
from app.inicio.rules import MAIL, PROVIDER, PUT_AWAY, trial_setting
from config import Config


def remember_trial(parte: str, *, worked: bool, config: Config) -> None:
    """Note that a part works as it is set up now, or that it does not any more."""
    targets = {MAIL: mail_target, PROVIDER: provider_target}
    if parte in targets:
        set_setting(trial_setting(parte), targets[parte](config)[:2000] if worked else "")


def put_away(*, actor: Actor, now: datetime) -> None:
    """Show the list to no admin any more."""
    set_setting(PUT_AWAY, "1")
    audit("ajuste.cambiado", actor=actor, now=now, clave=PUT_AWAY, a="1")
