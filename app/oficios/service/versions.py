"""What every change of an oficio does: its version, and the text that the search looks into."""

from __future__ import annotations

from datetime import datetime

from app.core.text import fold
from app.db import db
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit
from app.oficios.models import Oficio
from app.oficios.rules.campos import GrupoDeCampos, fields_of
from app.oficios.service.case_refusals import StaleOficio
from app.usuarios.models import Usuario

#: Of the vehicle.
_SEARCHED = tuple(
    name for name, campo in fields_of(GrupoDeCampos.VEHICULO).items() if campo.searched
)


def check_version(oficio: Oficio, version: int, now: datetime) -> None:
    """Refuse a change that was decided on an older state.

    Raises:
        StaleOficio: with who changed it and when.
    """
    if version != oficio.version:
        raise StaleOficio(oficio, now)


def touch(oficio: Oficio, *, actor: Usuario | None, now: datetime) -> None:
    """Mark that a person changed the oficio, so that stale copies of it are noticed."""
    oficio.version += 1
    oficio.updated_at = now
    oficio.modificado_por_id = actor.id if actor else None
    db.session.flush()
    emit(
        TipoEvento.CAMBIADO,
        oficio_id=oficio.id,
        buffet_id=oficio.buffet_id,
        now=now,
        version=oficio.version,
    )


def refresh_search(oficio: Oficio) -> None:
    """Rebuild the folded text that the search looks into."""
    db.session.refresh(oficio, ["vehiculo", "propietarios"])
    oficio.busqueda = search_text(oficio)
    db.session.flush()


def search_text(oficio: Oficio) -> str:
    """Return the folded text of an oficio: number, rol, plate, names and RUTs."""
    parts: list[str | None] = [
        oficio.numero_oficio,
        oficio.rol,
        oficio.caratulado,
        *(getattr(oficio.vehiculo, name) for name in _SEARCHED),
    ]
    for persona in oficio.propietarios:
        parts += [persona.nombre, persona.rut, (persona.rut or "").replace("-", "")]
    return fold(" ".join(part for part in parts if part))
