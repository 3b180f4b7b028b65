"""The preset texts of the bitácora, which admins keep."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.auditoria.service import audit
from app.core.errors import Refused
from app.core.text import fold
from app.db import db
from app.oficios.models import TextoPredefinido
from app.oficios.queries.bitacora import list_textos
from app.oficios.rules import Actividad
from app.usuarios.models import Usuario


class TextoTaken(Refused):
    """The kind already has this text."""

    def __init__(self) -> None:
        super().__init__("Ese texto ya existe para este tipo; si está inactivo, actívelo.")


def add_texto(tipo: Actividad, texto: str, *, actor: Usuario, now: datetime) -> TextoPredefinido:
    """Offer another text, after the others of its kind.

    Raises:
        TextoTaken: the kind has it already.
    """
    _check_free(tipo, texto)
    last = db.session.scalar(
        sa.select(sa.func.max(TextoPredefinido.posicion)).where(TextoPredefinido.tipo == tipo)
    )
    row = TextoPredefinido(tipo=tipo, texto=texto, posicion=(last or 0) + 1, created_at=now)
    db.session.add(row)
    db.session.flush()
    _audit("texto.creado", row, actor, now)
    return row


def update_texto(row: TextoPredefinido, texto: str, *, actor: Usuario, now: datetime) -> None:
    """Say it otherwise from now on; entries that were written keep what they say.

    Raises:
        TextoTaken: the kind has it already.
    """
    if row.texto == texto:
        return
    _check_free(row.tipo, texto, except_id=row.id)
    row.texto = texto
    _audit("texto.modificado", row, actor, now)


def toggle_texto(row: TextoPredefinido, activo: bool, *, actor: Usuario, now: datetime) -> None:
    """Offer a text again, or stop offering it."""
    if row.activo is activo:
        return
    row.activo = activo
    _audit("texto.activado" if activo else "texto.desactivado", row, actor, now)


def place_texto(row: TextoPredefinido, step: int) -> None:
    """Move a text so many places down the list of its kind (up: negative)."""
    rows = [other for other in list_textos() if other.tipo is row.tipo]
    place = rows.index(row)
    rows.insert(max(0, place + step), rows.pop(place))
    for number, other in enumerate(rows, start=1):
        other.posicion = number
    db.session.flush()


def _check_free(tipo: Actividad, texto: str, *, except_id: int | None = None) -> None:
    same = [row for row in list_textos() if row.tipo is tipo and fold(row.texto) == fold(texto)]
    if any(row.id != except_id for row in same):
        raise TextoTaken


def _audit(accion: str, row: TextoPredefinido, actor: Usuario, now: datetime) -> None:
    db.session.flush()
    audit(accion, actor=actor, now=now, entidad="texto_predefinido", entidad_id=row.id)
