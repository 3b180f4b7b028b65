"""What happens to an uploaded list: it is kept, corrected, discarded, or becomes oficios."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from app.auditoria.service import audit
from app.buffets.models import Buffet
from app.core.errors import Refused, Stale
from app.db import db
from app.importador.altas import create_from_row
from app.importador.informe import report_line
from app.importador.lectura import Lectura
from app.importador.mapeo import remember
from app.importador.models import Importacion
from app.importador.queries import list_numbers
from app.importador.rules import EstadoImportacion, clasificar, contar
from app.usuarios.models import Usuario

#: How long an upload that nobody imports is kept: it holds people's data.
DRAFT_LIFE = timedelta(days=7)


def create_draft(
    *,
    buffet_id: int,
    nombre: str,
    contenido: bytes,
    mapeo: Mapping[int, str] | None,
    actor: Usuario,
    now: datetime,
) -> Importacion:
    """Keep an upload until it is imported, and remove those that were forgotten for a week."""
    db.session.execute(
        sa.delete(Importacion).where(
            Importacion.estado != EstadoImportacion.IMPORTADA,
            Importacion.created_at < now - DRAFT_LIFE,
        )
    )
    importacion = Importacion(
        buffet_id=buffet_id,
        usuario_id=actor.id,
        nombre_archivo=nombre,
        sha256=sha256(contenido).hexdigest(),
        contenido=contenido,
        mapeo=_keep_mapping(mapeo),
        created_at=now,
    )
    db.session.add(importacion)
    db.session.flush()
    return importacion


def correct_draft(
    importacion: Importacion,
    *,
    mapeo: Mapping[int, str] | None,
    correcciones: Mapping[tuple[int, str], str],
) -> None:
    """Store what a person changed of the reading.

    Raises:
        Refused: it was imported or discarded meanwhile.
    """
    _lock_draft(importacion)
    _refuse_closed(importacion)
    kept: dict[str, dict[str, str]] = {}
    for (fila, campo), texto in correcciones.items():
        kept.setdefault(str(fila), {})[campo] = texto
    importacion.mapeo = _keep_mapping(mapeo)
    importacion.correcciones = kept
    importacion.version += 1
    db.session.flush()


def discard_draft(importacion: Importacion, *, actor: Usuario, now: datetime) -> None:
    """Forget an upload that will not be imported; its file goes at once. Safe to repeat.

    Raises:
        Refused: it was imported meanwhile.
    """
    _lock_draft(importacion)
    if importacion.estado is EstadoImportacion.DESCARTADA:
        return
    _refuse_closed(importacion)
    importacion.estado = EstadoImportacion.DESCARTADA
    importacion.contenido = b""
    importacion.correcciones = {}
    importacion.version += 1
    audit(
        "importacion.descartada",
        actor=actor,
        now=now,
        entidad="importacion",
        entidad_id=importacion.id,
        buffet_id=importacion.buffet_id,
    )
    db.session.flush()


def import_draft(
    importacion: Importacion, lectura: Lectura, version: int, *, actor: Usuario, now: datetime
) -> None:
    """Make an oficio of every row that can be read and is not there yet, all or none.

    The rows are compared with the database again: what somebody else entered since the preview
    exists now. A second press on the button finds the list imported and does nothing.

    Raises:
        Stale: somebody corrected the draft since the actor saw it.
        Refused: it was discarded, or its buffet was closed.
    """
    _lock_draft(importacion)
    if importacion.estado is EstadoImportacion.IMPORTADA:
        return
    _refuse_closed(importacion)
    if version != importacion.version:
        raise Stale(
            "No se importó: alguien corrigió este listado mientras usted lo veía. Se muestra como "
            "quedó; revíselo y pulse Importar otra vez."
        )
    # Locked first, so that no number can be taken between the comparison and the last row.
    buffet = db.session.get_one(
        Buffet, importacion.buffet_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if not buffet.activo:
        raise Refused("No se importó: el buffet está cerrado. Pida que lo reabran.")
    filas = clasificar(lectura.filas, list_numbers(buffet.id))
    lines = []
    for fila in filas:
        oficio_id = None
        if fila.resultado is not None and fila.resultado.is_imported:
            oficio_id = create_from_row(fila, buffet_id=buffet.id, actor=actor, now=now).id
        lines.append(report_line(fila, oficio_id))
    counts = {resultado.value: number for resultado, number in contar(filas).items()}
    importacion.estado = EstadoImportacion.IMPORTADA
    importacion.importada_at = now
    importacion.resultado = counts
    importacion.informe = lines
    importacion.version += 1
    if importacion.mapeo:
        buffet.mapeo_importacion = {**buffet.mapeo_importacion, **remember(lectura.columnas)}
    audit(
        "importacion.importada",
        actor=actor,
        now=now,
        entidad="importacion",
        entidad_id=importacion.id,
        buffet_id=buffet.id,
        **counts,
    )
    db.session.flush()


def _keep_mapping(mapeo: Mapping[int, str] | None) -> dict[str, Any]:
    return {str(column): campo for column, campo in (mapeo or {}).items()}


def _lock_draft(importacion: Importacion) -> None:
    """Read the draft as it is now and let nobody else change it until the commit."""
    db.session.refresh(importacion, with_for_update=True)


def _refuse_closed(importacion: Importacion) -> None:
    if importacion.estado is EstadoImportacion.DESCARTADA:
        raise Refused("Este listado se descartó. Súbalo otra vez para importarlo.")
    if importacion.estado is EstadoImportacion.IMPORTADA:
        raise Refused("Este listado ya se importó. Suba otro para agregar o corregir filas.")
