"""What is done for persons whose data the office holds."""

from __future__ import annotations

from datetime import datetime

from app.auditoria.service import audit
from app.titulares.queries.persona import Encontrado
from app.usuarios.models import Usuario


def record_search(encontrado: Encontrado, motivo: str, *, actor: Usuario, now: datetime) -> None:
    """Write down that a person was looked for: by what and why, never who."""
    audit(
        "titular.buscado",
        actor=actor,
        now=now,
        por=encontrado.buscado.claves,
        motivo=motivo,
        casos=encontrado.oficio_ids,
        lugares=[lugar.tabla for lugar in encontrado.lugares],
    )
