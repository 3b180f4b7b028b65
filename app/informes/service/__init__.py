"""Asking for an expediente, issuing it, and writing down who took it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import audit, record_disclosure
from app.core.text import safe_filename
from app.db import db
from app.informes.models import Expediente
from app.informes.queries import find_open
from app.informes.rules import PRINT_JOB, Variante, new_code
from app.jobs.queue import enqueue
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.usuarios.models import Usuario


def request_expediente(
    oficio: Oficio, variante: Variante, *, actor: Usuario | None, now: datetime
) -> Expediente:
    """Have an expediente made; one of that kind that is being made already is the same one.

    ``actor`` is None when a buffet asks through its link.
    """
    # Two clicks at once: the second waits here and then finds the first one's.
    db.session.execute(sa.select(Oficio.id).where(Oficio.id == oficio.id).with_for_update())
    existing = find_open(oficio.id, variante)
    if existing is not None:
        return existing
    codigo = new_code()
    trabajo = enqueue(
        PRINT_JOB,
        key=f"{PRINT_JOB}:{codigo}:{secrets.token_hex(4)}",
        now=now,
        args={"codigo": codigo},
        oficio_id=oficio.id,
        usuario_id=actor.id if actor else None,
    )
    expediente = Expediente(
        oficio_id=oficio.id,
        variante=variante,
        codigo=codigo,
        trabajo_id=trabajo.id,
        solicitado_por_id=actor.id if actor else None,
        solo_aprobado=not variante.is_complete,
        originales=[],
        created_at=now,
    )
    db.session.add(expediente)
    db.session.flush()
    audit(
        "expediente.pedido",
        actor=actor,
        now=now,
        entidad="expediente",
        entidad_id=expediente.id,
        oficio_id=expediente.oficio_id,
        variante=variante.value,
    )
    return expediente


def issue(
    expediente: Expediente,
    *,
    key: str,
    almacen: str,
    sha256: str,
    size: int,
    files: Sequence[Adjunto],
    actor: Usuario | None,
    now: datetime,
) -> None:
    """Make known that the PDF is stored: from here on it can be verified and downloaded."""
    expediente.sha256 = sha256
    expediente.tamano_bytes = size
    expediente.pdf_key = key
    expediente.almacen = almacen
    expediente.emitido_at = now
    expediente.originales = [
        {
            "adjunto_id": row.id,
            "nombre": zip_name(number, row.filename),
            "sha256": row.sha256,
            "key": row.original_key,
        }
        for number, row in enumerate(files, 1)
    ]
    record(
        expediente.oficio,
        Actividad.SISTEMA,
        f"Se emitió el expediente {expediente.codigo} ({expediente.variante.label.lower()}).",
        actor=actor,
        now=now,
        detalle={"expediente_id": expediente.id, "sha256": sha256},
        is_real=False,
    )
    audit(
        "expediente.emitido",
        actor=actor,
        now=now,
        entidad="expediente",
        entidad_id=expediente.id,
        oficio_id=expediente.oficio_id,
        variante=expediente.variante.value,
        sha256=sha256,
    )


def note_download(
    expediente: Expediente,
    formato: str,
    *,
    actor: Usuario | None,
    now: datetime,
    enlace_id: int | None = None,
) -> None:
    """Write down who took an expediente; ``enlace_id`` when it was through a buffet's link."""
    audit(
        "expediente.descargado",
        actor=actor,
        now=now,
        entidad="expediente",
        entidad_id=expediente.id,
        oficio_id=expediente.oficio_id,
        formato=formato,
        **({"enlace_id": enlace_id} if enlace_id else {}),
    )
    record_disclosure(
        CanalDivulgacion.EXPEDIENTE,
        f"Expediente {expediente.codigo} ({formato})",
        actor.email if actor else f"{expediente.oficio.buffet.nombre}, por su enlace",
        now=now,
        actor=actor,
        oficio_id=expediente.oficio_id,
        buffet_id=expediente.oficio.buffet_id,
    )


def zip_name(number: int, filename: str) -> str:
    """What an original is called in the ZIP: plain ASCII, never twice the same."""
    return f"originales/{number:03d}-{safe_filename(filename)}"
