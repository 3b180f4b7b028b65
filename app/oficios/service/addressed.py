"""Mentioning a colleague in what one writes: kept with the entry, and told to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.avisos.rules import Novedad
from app.avisos.service import may_know, tell
from app.db import db
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules.addressed import Mentioned, find_mentions
from app.usuarios.models import Usuario
from app.usuarios.queries import list_investigadores


def list_mentionable(oficio_id: int) -> list[Usuario]:
    """The people of the firm who may see a case: nobody else is mentioned in it."""
    return [one for one in list_investigadores() if may_know(one, oficio_id)]


def read_mentions(oficio_id: int, words: str) -> tuple[list[Mentioned], list[str]]:
    """Whom some words mention, and the names in it that nobody bears who may see the case."""
    if "@" not in words:
        return [], []
    people = {one.id: one.nombre for one in list_mentionable(oficio_id)}
    return find_mentions(words, people)


def tell_mentioned(
    oficio: Oficio,
    entry: Investigacion,
    usuario_ids: Collection[int],
    *,
    actor: Usuario | None,
    now: datetime,
) -> None:
    """Tell whom an entry mentions, each once for the entry."""
    who = actor.nombre if actor else "Alguien"
    for pk in usuario_ids:
        tell(
            db.session.get_one(Usuario, pk),
            f"{who} le escribe en una nota del caso {oficio.numero_oficio}: "
            f"«{_short(entry.descripcion)}»",
            novedad=Novedad.MENCION,
            url=f"/oficios/{oficio.id}/bitacora?entrada={entry.id}",
            accion="Ver la nota",
            clave=f"mencion:{entry.id}",
            now=now,
            oficio_id=oficio.id,
            actor=actor,
        )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:199]}…"
