"""What a case is measured with: entries, sightings and photos, as many as asked for.

Stored as rows, past the services: thousands of seals and files would take minutes and are not what
the page shows.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import TipoAdjunto
from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.core.clock import local_today, utcnow
from app.db import db
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad

_KINDS = (Actividad.NOTA, Actividad.LLAMADA, Actividad.TERRENO, Actividad.SISTEMA)
_GANTRIES = ("PA12 Lo Saldes", "PA20 Vespucio", "P3 Kennedy", "P7 Américo Vespucio Sur")


def fill_case(oficio_id: int, usuario_id: int, entries: int, sightings: int, photos: int) -> None:
    """Store that many rows of each, one an hour, the newest an hour ago."""
    now = utcnow()
    with db.engine.begin() as connection:
        connection.execute(
            sa.insert(Investigacion),
            [
                {
                    "oficio_id": oficio_id,
                    "tipo": _KINDS[number % len(_KINDS)],
                    "descripcion": f"Conserje dice que el auto sale temprano, anotación {number}",
                    "detalle": {},
                    "usuario_id": usuario_id,
                    "ocurrido_at": now - timedelta(hours=number + 1),
                    "created_at": now - timedelta(hours=number + 1),
                }
                for number in range(entries)
            ],
        )
        connection.execute(
            sa.insert(Avistamiento),
            [
                {
                    "oficio_id": oficio_id,
                    "fuente": Fuente.PORTICO,
                    "fecha": local_today(now - timedelta(hours=number + 1)),
                    "fecha_hora": now - timedelta(hours=number + 1),
                    "ubicacion": _GANTRIES[number % len(_GANTRIES)],
                    "empresa": "Costanera Norte",
                    "clave": f"{oficio_id}-{number}",
                    "created_at": now,
                }
                for number in range(sightings)
            ],
        )
        connection.execute(sa.insert(Adjunto), [_photo(oficio_id, n) for n in range(photos)])


def _photo(oficio_id: int, number: int) -> dict[str, object]:
    digest = hashlib.sha256(f"{oficio_id}-{number}".encode()).hexdigest()
    return {
        "oficio_id": oficio_id,
        "tipo": TipoAdjunto.FOTO_VEHICULO,
        "filename": f"foto-{number}.jpg",
        "mime_type": "image/jpeg",
        "tamano_bytes": 2_000_000,
        "sha256": digest,
        "original_key": f"{digest}/original",
        "copia_key": f"{digest}/copia",
        "miniatura_key": f"{digest}/miniatura",
        "ancho": 1600,
        "alto": 1200,
        "metadatos": {},
    }
