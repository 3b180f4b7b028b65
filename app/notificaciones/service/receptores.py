"""The directory of receptores judiciales."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.auditoria.service import audit
from app.core.errors import Refused
from app.db import db
from app.notificaciones.models import Receptor
from app.notificaciones.queries.receptor_directory import find_receptor_by_email
from app.usuarios.models import Usuario


class ReceptorEmailTaken(Refused):
    """Another receptor has this address."""

    def __init__(self, other: Receptor) -> None:
        note = "" if other.activo else " (está inactivo: actívelo en el directorio)"
        super().__init__(f"Este correo ya es de {other.nombre}{note}.")


@dataclass(frozen=True)
class ReceptorData:
    """A receptor as a form gives him."""

    nombre: str
    email: str
    telefono: str | None = None
    tribunales_pjud: list[str] = field(default_factory=list)
    #: What the list of courts does not say.
    tribunales: str | None = None
    notas: str | None = None


def create_receptor(data: ReceptorData, *, actor: Usuario, now: datetime) -> Receptor:
    """Add somebody to the directory.

    Raises:
        ReceptorEmailTaken: the address is there already.
    """
    _check_email(data.email, None)
    receptor = Receptor(**_values(data), created_at=now)
    db.session.add(receptor)
    db.session.flush()
    _audit("receptor.creado", receptor, actor, now)
    return receptor


def update_receptor(
    receptor: Receptor, data: ReceptorData, *, actor: Usuario, now: datetime
) -> None:
    """Change what the directory says; notices that were sent keep what they said.

    Raises:
        ReceptorEmailTaken: the address is somebody else's.
    """
    _check_email(data.email, receptor)
    for name, value in _values(data).items():
        setattr(receptor, name, value)
    db.session.flush()
    _audit("receptor.modificado", receptor, actor, now)


def set_receptor_active(receptor: Receptor, *, activo: bool, actor: Usuario, now: datetime) -> None:
    """Offer a receptor for new notices, or stop offering him."""
    receptor.activo = activo
    db.session.flush()
    _audit("receptor.activado" if activo else "receptor.desactivado", receptor, actor, now)


def _check_email(email: str, own: Receptor | None) -> None:
    other = find_receptor_by_email(email)
    if other is not None and other is not own:
        raise ReceptorEmailTaken(other)


def _values(data: ReceptorData) -> dict[str, Any]:
    return {**vars(data), "email": data.email.lower()}


def _audit(accion: str, receptor: Receptor, actor: Usuario, now: datetime) -> None:
    audit(accion, actor=actor, now=now, entidad="receptor", entidad_id=receptor.id)
