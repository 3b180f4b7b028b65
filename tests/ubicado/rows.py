"""Found vehicles for tests, made through the service."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from flask import Flask

from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.ubicado.models import Ubicacion
from app.ubicado.rules import TipoLugar
from app.ubicado.service import UbicacionData, locate
from app.usuarios.models import Usuario
from tests.adjuntos.files import make_adjunto

_numbers = count(1)


def location(**values: Any) -> UbicacionData:
    """A place in the street, with a position, as a phone tells it."""
    return UbicacionData(
        **{
            "tipo": TipoLugar.VIA_PUBLICA,
            "cliente_id": f"cliente-{next(_numbers)}",
            "lugar": "Frente al 1180",
            "comuna": "Ñuñoa",
            "region": "Metropolitana de Santiago",
            "lat": -33.456,
            "lon": -70.612,
            "exactitud_m": 12.0,
            **values,
        }
    )


def make_location(
    app: Flask, oficio: Oficio, actor: Usuario, *, now: datetime | None = None, **values: Any
) -> Ubicacion:
    """A vehicle that was found in the street, with one photo, detached."""
    if "adjunto_ids" not in values:
        values["adjunto_ids"] = [make_adjunto(app, oficio, actor).id]
    with app.app_context():
        with transaction():
            row = locate(
                db.session.get_one(Oficio, oficio.id),
                location(**values),
                actor=db.session.get_one(Usuario, actor.id),
                now=now or utcnow(),
            )
            pk = row.id
        row = db.session.get_one(Ubicacion, pk)
        assert row.usuario
        assert row.adjuntos
        db.session.expunge_all()
        return row


def make_bare_location(app: Flask, oficio: Oficio, actor: Usuario) -> int:
    """The id of a location that stands alone: no photo, no seal, no step of its case."""
    with app.app_context():
        with transaction():
            row = Ubicacion(
                oficio_id=oficio.id,
                usuario_id=actor.id,
                ubicado_at=utcnow(),
                tipo=TipoLugar.VIA_PUBLICA,
                lugar="Frente al 1180",
                cliente_id=f"suelta-{next(_numbers)}",
            )
            db.session.add(row)
        return row.id
