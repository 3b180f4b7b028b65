"""The people of the demonstration: accounts, buffets and receptores, all invented."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from stdnum.cl import rut as stdnum_rut

from app.buffets.models import Buffet
from app.buffets.service import BuffetData, create_buffet
from app.core.tribunales import find_tribunal
from app.db import db
from app.notificaciones.models import Receptor
from app.usuarios.models import Usuario
from app.usuarios.outside import hashes
from app.usuarios.rules import Rol
from app.usuarios.service import UsuarioData, create_usuario

#: Only ever in a demo database.
ACCOUNTS = {
    "admin@investigaciones.cl": "admin123",
    "investigador@investigaciones.cl": "inv123",
    "cliente@buffetgonzalez.cl": "cliente123",
}
#: Of accounts that the first screen does not name.
_OTHERS = "inv123"
_BUFFETS = (
    ("González y Asociados", "contacto@buffetgonzalez.cl", "Marcela González"),
    ("Estudio Araya", "casos@estudioaraya.example", "Tomás Araya"),
    ("Fuentes & Cía.", "legal@fuentesycia.example", "Isidora Fuentes"),
)


@dataclass(frozen=True)
class People:
    """Who works for the firm."""

    admin: Usuario
    investigadores: list[Usuario]


def make_people(now: datetime) -> People:
    """Open the accounts of the firm."""
    admin = _open_account("admin@investigaciones.cl", "Ana Villalobos", Rol.ADMIN, now=now)
    investigador = Rol.INVESTIGADOR
    first = _open_account(
        "investigador@investigaciones.cl", "Carlos Morales", investigador, now=now
    )
    second = _open_account("julia@investigaciones.cl", "Julia Pacheco", investigador, now=now)
    return People(admin, [first, second])


def make_buffets(admin: Usuario, now: datetime) -> list[Buffet]:
    """Register the law firms, the first one with an account of its own."""
    buffets = []
    for index, (nombre, email, contacto) in enumerate(_BUFFETS):
        data = BuffetData(
            nombre=nombre,
            rut=demo_rut(76_900_100 + index),
            email_principal=email,
            contacto_nombre=contacto,
            telefono=f"+56 2 2900 010{index}",
        )
        buffets.append(create_buffet(data, actor=admin, now=now))
    _open_account(
        "cliente@buffetgonzalez.cl", "Marcela González", Rol.CLIENTE, now=now, buffet=buffets[0].id
    )
    return buffets


def make_receptores(now: datetime) -> None:
    """Enter two receptores into the directory, each with half of Santiago's civil courts."""
    for nombre, email, ordinales in (
        ("Rosa Ibáñez", "rosa.ibanez@receptores.example", range(1, 16)),
        ("Pedro Salas", "pedro.salas@receptores.example", range(16, 31)),
    ):
        courts = [find_tribunal(f"{number}º Juzgado Civil de Santiago") for number in ordinales]
        db.session.add(
            Receptor(
                nombre=nombre,
                email=email,
                tribunales_pjud=[court.pjud_id for court in courts if court],
                created_at=now,
            )
        )


def demo_rut(number: int) -> str:
    """A RUT with its check digit."""
    return f"{number}-{stdnum_rut.calc_check_digit(str(number))}"


def _open_account(
    email: str, nombre: str, rol: Rol, *, now: datetime, buffet: int | None = None
) -> Usuario:
    """An account with the demo's password, which no account elsewhere may have: it is too weak."""
    data = UsuarioData(email, nombre, rol, buffet)
    usuario = create_usuario(data, secrets.token_urlsafe(32), actor=None, now=now)
    usuario.password_hash = hashes().make(ACCOUNTS.get(email, _OTHERS))
    return usuario
