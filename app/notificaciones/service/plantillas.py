"""The office's own words around the facts of a notice."""

from __future__ import annotations

from datetime import datetime

from app.auditoria.service import audit
from app.db import db
from app.notificaciones.models import Plantilla
from app.notificaciones.queries import PLANTILLA_RECEPTOR
from app.notificaciones.rules.plantillas import POR_DEFECTO, Textos, check_template
from app.usuarios.models import Usuario


def save_textos(textos: Textos, *, actor: Usuario, now: datetime) -> None:
    """Keep a template; the product's own words again when it says the same as they do.

    Raises:
        InvalidValue: a part has a place that does not exist, or a stray brace.
    """
    for text in vars(textos).values():
        check_template(text)
    row = db.session.get(Plantilla, PLANTILLA_RECEPTOR)
    if textos == POR_DEFECTO:
        if row is not None:
            db.session.delete(row)
    else:
        row = row or Plantilla(clave=PLANTILLA_RECEPTOR)
        for name, value in vars(textos).items():
            setattr(row, name, value)
        row.modificada_por_id = actor.id
        row.updated_at = now
        db.session.add(row)
    audit("plantilla.modificada", actor=actor, now=now, entidad="plantilla")
    db.session.flush()
