"""Changing settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from app.ajustes.models import Ajuste, Logo
from app.ajustes.queries import current_values, find_setting
from app.ajustes.rules import LOGO_SETTING
from app.ajustes.rules.logo_drawing import Dibujo
from app.ajustes.rules.settings_registry import list_settings
from app.auditoria.service import Actor, audit
from app.db import db
from app.feature import asked_above


@asked_above
def follow_settings(claves: list[str], *, actor: Actor, now: datetime) -> None:
    """Bring up to date what follows from settings that an admin changed, in their transaction."""


def set_setting(clave: str, valor: str) -> None:
    """Store a value under a name, in the caller's transaction."""
    db.session.merge(Ajuste(clave=clave, valor=valor))
    db.session.flush()


def save_settings(values: Mapping[str, str | int], *, actor: Actor, now: datetime) -> list[str]:
    """Store what an admin wrote, by the names of the settings; returns those that changed.

    Raises:
        InvalidValue: a value that its setting does not take.
        KeyError: there is no such setting.
    """
    settings = {setting.clave: setting for setting in list_settings()}
    before = current_values([settings[clave] for clave in values])
    changed = []
    for clave, value in values.items():
        after = settings[clave].parse(str(value))
        if after == before[clave]:
            continue
        set_setting(clave, str(after))
        audit("ajuste.cambiado", actor=actor, now=now, clave=clave, de=before[clave], a=after)
        changed.append(clave)
    if changed:
        follow_settings(changed, actor=actor, now=now)
    return changed


def save_logo(dibujo: Dibujo | None, *, actor: Actor, now: datetime) -> None:
    """Let the office have this logo, or none."""
    digest = hashlib.sha256(dibujo.datos).hexdigest() if dibujo else ""
    if digest == (find_setting(LOGO_SETTING) or ""):
        return
    if dibujo is not None and db.session.get(Logo, digest) is None:
        db.session.add(Logo(sha256=digest, created_at=now, **vars(dibujo)))
    set_setting(LOGO_SETTING, digest)
    audit("ajuste.logo", actor=actor, now=now, sha256=digest or None)
