"""An address to visit, and what a phone sends of a visit to it. Nobody here is real."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Flask

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.direcciones.models import Direccion
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import DireccionData, PropietarioData
from app.usuarios.models import Usuario
from tests.factories import make_oficio


def make_place(
    app: Flask,
    buffet: Buffet,
    usuario: Usuario,
    *,
    estado: Estado = Estado.INVESTIGACION,
    direccion: DireccionData | None = None,
    propietario: PropietarioData | None = None,
    **values: Any,
) -> tuple[int, int]:
    """The ids of an oficio that is assigned to somebody, and of its address."""
    oficio = make_oficio(
        app,
        buffet,
        usuario,
        estado=estado,
        direccion=direccion
        or DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa", notas="Timbre 42."),
        propietario=propietario
        or PropietarioData(nombre="Rosa Soto", rut="12345678-5", telefono="+56955501234"),
        **values,
    )
    with app.app_context():
        with transaction():
            row = db.session.get_one(Oficio, oficio.id)
            row.investigador_id = usuario.id
            pk = row.direcciones[0].id
        return oficio.id, pk


def change_place(app: Flask, direccion_id: int, **values: Any) -> None:
    """Change columns of an address, as somebody else does meanwhile."""
    with app.app_context(), transaction():
        row = db.session.get_one(Direccion, direccion_id)
        for name, value in values.items():
            setattr(row, name, value)


def sent_visit(direccion_id: int, *, at: datetime | None = None, **values: Any) -> dict[str, Any]:
    """What a phone sends of a visit that it made just now."""
    moment = (at or utcnow()).isoformat()
    return {
        "cliente_id": str(uuid4()),
        "direccion_id": direccion_id,
        "direccion": "Av. Grecia 1180, Ñuñoa",
        "resultado": "no_encontrado",
        "notas": "Nadie abre.",
        "fecha_hora": moment,
        "enviada_at": utcnow().isoformat(),
        **values,
    }
