"""Telling the office's people of the position of their phones, and that they read it."""

from __future__ import annotations

from datetime import datetime

from app.auditoria.service import audit
from app.core.errors import Refused, Stale
from app.cumplimiento.models.ubicacion_personal import InformacionUbicacion, LecturaUbicacion
from app.cumplimiento.queries.ubicacion_personal import find_information, find_reading
from app.db import db
from app.usuarios.models import Usuario


def publish_information(
    texto: str, seen: int, *, actor: Usuario, now: datetime
) -> InformacionUbicacion:
    """Make this text the version that everybody of the firm reads before a position is taken.

    Raises:
        Stale: somebody published since the form was opened; ``seen`` is the number it showed.
        Refused: it says what the newest version says.
    """
    newest = find_information()
    number = newest.numero if newest else 0
    if seen != number:
        raise Stale(
            "Alguien publicó otra versión mientras usted escribía. Lo que escribió sigue aquí: "
            "compárelo y publique otra vez si corresponde."
        )
    if newest and newest.texto == texto:
        raise Refused(f"Dice lo mismo que la versión {number}: no hay nada que publicar.")
    row = InformacionUbicacion(
        numero=number + 1, texto=texto, publicada_at=now, publicada_por_id=actor.id
    )
    db.session.add(row)
    db.session.flush()
    audit(
        "ubicacion_personal.publicada",
        actor=actor,
        now=now,
        entidad="info_ubicacion",
        entidad_id=row.id,
        numero=row.numero,
    )
    return row


def note_reading(usuario: Usuario, numero: int, *, now: datetime) -> LecturaUbicacion:
    """Write down that a person read the newest version; said again, the first time stays.

    Raises:
        Stale: a newer one was published since they opened the page.
        Refused: there is nothing to read.
    """
    newest = find_information()
    if newest is None:
        raise Refused("La oficina todavía no publica esta información.")
    if newest.numero != numero:
        raise Stale("La oficina publicó otra versión mientras usted leía. Léala, por favor.")
    known = find_reading(usuario.id, newest.id)
    if known is not None:
        return known
    row = LecturaUbicacion(informacion_id=newest.id, usuario_id=usuario.id, leida_at=now)
    db.session.add(row)
    db.session.flush()
    audit(
        "ubicacion_personal.leida",
        actor=usuario,
        now=now,
        entidad="info_ubicacion",
        entidad_id=newest.id,
        numero=newest.numero,
    )
    return row
