"""The people of a case: added, corrected, removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core.rut import format_rut
from app.db import db
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Actividad
from app.oficios.service.bitacora import apply, differences, record
from app.oficios.service.data import PropietarioData
from app.oficios.service.versions import refresh_search, touch
from app.usuarios.models import Usuario


def add_persona(
    oficio: Oficio, data: PropietarioData, *, actor: Usuario, now: datetime
) -> Propietario:
    """Add a person to a case."""
    persona = Propietario(oficio_id=oficio.id, created_at=now, **vars(data))
    db.session.add(persona)
    db.session.flush()
    _announce(oficio, f"Persona agregada: {_name(persona)}", {}, actor=actor, now=now)
    return persona


def update_persona(
    oficio: Oficio, persona: Propietario, data: PropietarioData, *, actor: Usuario, now: datetime
) -> None:
    """Correct a person; a new RUT has to be confirmed again when it does not add up."""
    detalle = differences(persona, data)
    if not detalle:
        return
    if data.rut != persona.rut:
        persona.rut_confirmado = False
    apply(persona, data)
    _announce(oficio, f"Persona modificada: {_name(persona)}", detalle, actor=actor, now=now)


def remove_persona(oficio: Oficio, persona: Propietario, *, actor: Usuario, now: datetime) -> None:
    """Take a person out of a case; the bitácora keeps who it was."""
    name = _name(persona)
    detalle = {"antes": {"tipo": persona.tipo.value, "nombre": persona.nombre, "rut": persona.rut}}
    db.session.delete(persona)
    db.session.flush()
    _announce(oficio, f"Persona quitada: {name}", detalle, actor=actor, now=now)


def _announce(
    oficio: Oficio, text: str, detalle: dict[str, Any], *, actor: Usuario, now: datetime
) -> None:
    touch(oficio, actor=actor, now=now)
    refresh_search(oficio)
    record(oficio, Actividad.SISTEMA, text, actor=actor, now=now, detalle=detalle)


def _name(persona: Propietario) -> str:
    """Who it is, in one line: «Juan Soto, RUT 12.345.678-5 (aval)»."""
    parts = [persona.nombre, f"RUT {format_rut(persona.rut)}" if persona.rut else None]
    known = ", ".join(part for part in parts if part)
    return f"{known} ({persona.tipo.label.lower()})"
