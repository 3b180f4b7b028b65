"""The people of a case: added, corrected, removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.auditoria.service import audit
from app.core.rut import mask_rut
from app.db import db
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import DATOS_MOSTRADOS, Actividad, Parte
from app.oficios.service.bitacora import apply, differences, plain_values, record
from app.oficios.service.data import PropietarioData
from app.oficios.service.search_text import refresh_search
from app.oficios.service.versions import touch
from app.usuarios.models import Usuario


def add_persona(
    oficio: Oficio, data: PropietarioData, *, actor: Usuario, now: datetime
) -> Propietario:
    """Add a person to a case."""
    persona = Propietario(oficio_id=oficio.id, created_at=now, **vars(data))
    db.session.add(persona)
    db.session.flush()
    detalle = {"antes": {}, "despues": plain_values(persona, PropietarioData)}
    _announce(oficio, f"Persona agregada: {_name(persona)}", detalle, actor=actor, now=now)
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
    detalle = {"antes": plain_values(persona, PropietarioData)}
    db.session.delete(persona)
    db.session.flush()
    _announce(oficio, f"Persona quitada: {name}", detalle, actor=actor, now=now)


def reveal_persona(
    oficio: Oficio, persona: Propietario, motivo: str, *, actor: Usuario, now: datetime
) -> None:
    """Write down, each time, that somebody asked for a person's RUT and contacts.

    What they are is not repeated there. ``motivo`` says by which door: ``mostrar``, ``editar``,
    ``llamar`` or ``api``.
    """
    audit(
        DATOS_MOSTRADOS,
        actor=actor,
        now=now,
        entidad="persona",
        entidad_id=persona.id,
        oficio_id=oficio.id,
        motivo=motivo,
    )
    db.session.flush()


def _announce(
    oficio: Oficio, text: str, detalle: dict[str, Any], *, actor: Usuario, now: datetime
) -> None:
    touch(oficio, actor=actor, now=now)
    refresh_search(oficio)
    record(
        oficio,
        Actividad.SISTEMA,
        text,
        actor=actor,
        now=now,
        detalle=detalle,
        parte=Parte.PERSONA,
    )


def _name(persona: Propietario) -> str:
    """Who it is, in one line that all who read the bitácora may see: «Juan Soto (aval)»."""
    known = persona.nombre or f"RUT {mask_rut(persona.rut or '')}"
    return f"{known} ({persona.tipo.label.lower()})"
