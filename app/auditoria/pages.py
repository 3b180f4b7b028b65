"""Recording what a page showed or handed out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import current_app, request

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import OFFICE_BASIS, Actor, look_key, note_view, record_disclosure
from app.core.clock import utcnow
from app.db import transaction
from app.web.conditional import shows_once

#: Looks that a process remembers.
_REMEMBERED = 5000


def note_shown(
    canal: CanalDivulgacion, que: str, destinatario: str, who: str, **about: Any
) -> None:
    """Record that an answer showed data; call it when the answer is made, as it ends the read.

    The answer to a HEAD shows nothing.
    """
    if request.method != "HEAD":
        note_look(canal, que, destinatario, who, **about)


def note_look(canal: CanalDivulgacion, que: str, destinatario: str, who: str, **about: Any) -> bool:
    """Record a look, once an hour; whether it stands there. A process asks nobody what it wrote."""
    now = utcnow()
    key = look_key(que, who, about.get("oficio_id"), now)
    casos = frozenset(about.get("casos", ()))
    seen: dict[str, frozenset[int]] = current_app.extensions.setdefault("looks", {})
    if key in seen and casos <= seen[key]:
        return True
    if not note_view(canal, que, destinatario, who, now=now, **about):
        shows_once()  # the next look tries again
        return False
    if len(seen) >= _REMEMBERED:
        seen.clear()
    seen[key] = seen.get(key, frozenset()) | casos
    return True


def is_look_noted(que: str, who: str, oficio_id: int | None) -> bool:
    """Whether this process knows that such a look of this hour is recorded already."""
    seen: dict[str, frozenset[int]] = current_app.extensions.get("looks", {})
    return look_key(que, who, oficio_id, utcnow()) in seen


def note_file(que: str, *, actor: Actor, oficio_id: int | None = None) -> None:
    """Record that somebody of the office opened a file: once an hour for each."""
    _note_reading(que, actor, oficio_id=oficio_id)


def note_secret(que: str, *, actor: Actor, buffet_id: int | None = None) -> None:
    """Record that a page showed a link that opens something to whoever holds it: once an hour."""
    _note_reading(que, actor, buffet_id=buffet_id)


def _note_reading(que: str, actor: Actor, **about: int | None) -> None:
    """Record that somebody of the office read something, about a case or a buffet."""
    email: str = getattr(actor, "email", "")
    note_shown(
        CanalDivulgacion.LECTURA,
        que,
        email,
        f"cuenta {actor.id}",
        base=OFFICE_BASIS,
        actor=actor,
        **about,
    )


def note_export(
    que: str,
    cantidad: int,
    *,
    actor: Actor,
    oficio_id: int | None = None,
    casos: Collection[int] = (),
    clave: str | None = None,
) -> None:
    """Record that somebody of the office takes a list as a file; before its rows are read.

    ``casos`` are those that it holds. With the ``clave`` of a file that was recorded before they
    are added to that record: a long file is recorded part by part, each before it leaves.
    """
    if request.method == "HEAD":
        return
    email: str = getattr(actor, "email", "")
    with transaction():
        record_disclosure(
            CanalDivulgacion.EXPORTACION,
            que,
            email,
            base=OFFICE_BASIS,
            now=utcnow(),
            actor=actor,
            oficio_id=oficio_id,
            cantidad=cantidad,
            casos=casos,
            clave=clave,
        )
