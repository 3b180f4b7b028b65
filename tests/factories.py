"""Rows for tests, made through the services where a service makes them. Nobody here is real.

Each function opens its own application context and returns detached objects, so that no context
stays open while a client is used.
"""

from __future__ import annotations

import functools
from datetime import date, datetime
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from stdnum.cl import rut

from app.avisos.models import Aviso
from app.avisos.rules import Canales, Novedad, PorCorreo
from app.avisos.service import choose
from app.buffets.models import Buffet, Enlace
from app.buffets.rules import make_token
from app.buffets.service import LINK_LIFE, rotate_enlace
from app.core.clock import utcnow
from app.core.link_signature import new_selector
from app.core.patente import parse_patente
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import (
    DireccionData,
    OficioData,
    PropietarioData,
    VehiculoData,
    create_oficio,
)
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.usuarios.rules.passwords import Hashes
from app.usuarios.rules.sesiones import new_session_token
from app.usuarios.service.sesiones import start_session

PASSWORD = "una clave de prueba"
_numbers = count(1)


def make_buffet(app: Flask, **values: Any) -> Buffet:
    """An active buffet with a RUT of its own."""
    number = next(_numbers)
    row = Buffet(
        **{
            "nombre": f"Estudio {number}",
            "rut": _rut(70_000_000 + number),
            "email_principal": f"contacto{number}@estudio.example",
            **values,
        }
    )
    return _store(app, row)


def make_usuario(app: Flask, rol: Rol, buffet: Buffet | None = None, **values: Any) -> Usuario:
    """An active account whose password is ``PASSWORD``."""
    number = next(_numbers)
    row = Usuario(
        **{
            "nombre": f"Persona {number}",
            "email": f"persona{number}@oficina.example",
            "rol": rol,
            "buffet_id": buffet.id if buffet else None,
            "password_hash": _hash_once(app.extensions["rastro_config"].argon2_memory_kib),
            **values,
        }
    )
    return _store(app, row)


def sign_in_client(app: Flask, usuario: Usuario, **values: Any) -> FlaskClient:
    """A client in which an account is signed in, in a session of its own, without a password."""
    _, token = make_session(app, usuario, **values)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def make_session(app: Flask, usuario: Usuario, **values: Any) -> tuple[int, str]:
    """An open session of an account: its id, and what its browser holds."""
    token, now = new_session_token(), utcnow()
    with app.app_context(), transaction():
        row = start_session(usuario, token, lugar="red 192.0.2.x", equipo="Prueba", now=now)
        for name, value in values.items():
            setattr(row, name, value)
        return row.id, token


@functools.cache
def _hash_once(memory_kib: int) -> str:
    """The hash of ``PASSWORD`` at that cost: thousands of accounts share one."""
    return Hashes(memory_kib).make(PASSWORD)


def make_oficio(
    app: Flask,
    buffet: Buffet,
    actor: Usuario,
    *,
    patente: str = "BBCL12",
    estado: Estado = Estado.PENDIENTE,
    propietario: PropietarioData | None = None,
    direccion: DireccionData | None = None,
    now: datetime | None = None,
    fecha_limite: date | None = None,
    **values: Any,
) -> Oficio:
    """An oficio with a vehicle, in the given state."""
    number = next(_numbers)
    moment = now or utcnow()
    plate = parse_patente(patente)
    data = OficioData(
        **{"numero_oficio": f"OF-{number:05d}", "fecha_limite": fecha_limite, **values}
    )
    with app.app_context():
        with transaction():
            oficio = create_oficio(
                data,
                VehiculoData(
                    patente=plate.valor, patente_dv=plate.dv, marca="Suzuki", modelo="Swift"
                ),
                buffet_id=buffet.id,
                propietario=propietario,
                direccion=direccion,
                actor=db.session.get_one(Usuario, actor.id),
                now=moment,
            )
            oficio.estado = estado
            pk = oficio.id
        row = db.session.get_one(Oficio, pk)
        assert row.vehiculo
        db.session.expunge_all()
        return row


def make_link(app: Flask, buffet: Buffet, *, now: datetime | None = None) -> str:
    """The token of a new magic link; earlier ones of the buffet stop working."""
    with app.app_context(), transaction():
        row = db.session.get_one(Buffet, buffet.id)
        enlace = rotate_enlace(row, actor=None, now=now or utcnow())
        return make_token(enlace.selector, str(app.secret_key))


def want_mail(app: Flask, usuario: Usuario) -> None:
    """Have everything that a person is told mailed to them at once."""
    with app.app_context(), transaction():
        row = db.session.get_one(Usuario, usuario.id)
        choose(row, {one: Canales(True, PorCorreo.MOMENTO) for one in Novedad}, hora=8)


def make_personal_link(app: Flask, buffet: Buffet, **values: Any) -> int:
    """The id of a link of one person of a buffet; no mail goes out."""
    number = next(_numbers)
    now = utcnow()
    row = Enlace(
        **{
            "buffet_id": buffet.id,
            "etiqueta": f"Abogada {number}",
            "email": f"abogada{number}@estudio.example",
            "selector": new_selector(),
            "expira_at": now + LINK_LIFE,
            "created_at": now,
            **values,
        }
    )
    return int(_store(app, row).id)


def make_aviso(app: Flask, usuario: Usuario, **values: Any) -> int:
    """The id of something that a person of the firm was told, and has not opened yet."""
    row = Aviso(
        **{
            "usuario_id": usuario.id,
            "texto": "Ema Soto respondió el aviso.",
            "url": "/tablero",
            "accion": "Ver la respuesta",
            "clave": f"prueba:{next(_numbers)}",
            **values,
        }
    )
    return int(_store(app, row).id)


def make_trabajo(app: Flask, **values: Any) -> str:
    """The id of a failed job."""
    row = Trabajo(
        **{
            "tipo": "avistamientos.consultar",
            "clave": f"trabajo {next(_numbers)}",
            "estado": EstadoTrabajo.FALLIDO,
            "error": "El proveedor no responde.",
            "intentos": 4,
            **values,
        }
    )
    return str(_store(app, row).id)


def _store(app: Flask, row: Any) -> Any:
    with app.app_context():
        with transaction():
            db.session.add(row)
        db.session.refresh(row)
        db.session.expunge(row)
    return row


def _rut(number: int) -> str:
    """A RUT with its right check digit."""
    return f"{number}-{rut.calc_check_digit(str(number))}"
