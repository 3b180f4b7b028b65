"""What ends with an account and belongs to features above this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.feature import asked_above

if TYPE_CHECKING:
    from datetime import datetime

    from app.auditoria.service import Actor
    from app.usuarios.models import Usuario


@asked_above
def end_access_of_account(usuario: Usuario, *, actor: Actor | None, now: datetime) -> None:
    """End for good what opens something in the name of an account, beside its sessions."""


@asked_above
def end_links_of_account(usuario: Usuario, *, actor: Actor | None, now: datetime) -> None:
    """End for good the links that show something of an account to whoever holds them."""
