"""What a person of the firm should know without looking for it, and how they want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.avisos.rules import DIGEST_HOUR, Novedad, PorCorreo
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.db import Model, ShortText


def _own_key(context: Any) -> str:
    """That a row is shown alone, unless something else is said of it."""
    return str(context.get_current_parameters()["clave"])


class Aviso(Model):
    """One thing that one person is told, with the page where something can be done about it.

    Things of one kind that came before the person opened the first of them share a ``tanda``: the
    bell counts and shows them as one.
    """

    __tablename__ = "avisos"
    __table_args__ = (
        sa.UniqueConstraint("usuario_id", "clave"),
        sa.Index("ix_avisos_unread", "usuario_id", "leido_at"),
        sa.Index("ix_avisos_tanda", "usuario_id", "tanda"),
        # The page of a person's notices, and up to which one their bell was asked.
        sa.Index("ix_avisos_newest", "usuario_id", "created_at", "id"),
        sa.Index("ix_avisos_last", "usuario_id", "id"),
        # What still waits for its mail; for the sweep.
        sa.Index("ix_avisos_por_correo", "correo", "correo_at", "usuario_id"),
        # What still waits for a person's devices, and when something last went there.
        sa.Index("ix_avisos_equipos", "usuario_id", "en_equipos", "equipos_at"),
        sa.Index("ix_avisos_notificacion_id", "notificacion_id"),
    )

    __personal__ = Personal(
        "Avisos de la campana",
        {
            "texto": Dato.TEXTO,
            "url": Dato.TEXTO,
        },
        otros=(
            "accion",
            "clave",
            "tanda",
            "cantidad",
            "correo_at",
            "en_equipos",
            "equipos_at",
            "notificacion_id",
            "leido_at",
            "created_at",
        ),
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: The oficio that it is about.
    oficio_id: Mapped[int | None] = mapped_column(sa.ForeignKey("oficios.id"))
    #: Of which kind it is.
    novedad: Mapped[Novedad] = mapped_column(default=Novedad.OBLIGACION)
    texto: Mapped[str] = mapped_column(ShortText(500))
    #: A path of this application.
    url: Mapped[str] = mapped_column(ShortText(255))
    #: What pressing it does, for example «Ver la respuesta».
    accion: Mapped[str] = mapped_column(ShortText(60))
    #: What it comes from, so that the same event tells a person once.
    clave: Mapped[str] = mapped_column(ShortText(80))
    #: The ``clave`` of the first of those that are shown as one.
    tanda: Mapped[str] = mapped_column(ShortText(80), default=_own_key)
    #: How many things it tells of: several sightings of one look-up are one row.
    cantidad: Mapped[int] = mapped_column(default=1)
    #: Whether the bell shows it; what only comes by mail is here too, so that it comes once.
    en_campana: Mapped[bool] = mapped_column(default=True)
    correo: Mapped[PorCorreo] = mapped_column(default=PorCorreo.NO)
    #: When its mail was ordered, or was found not to be needed.
    correo_at: Mapped[datetime | None]
    #: Whether it goes to the person's devices, and when that was ordered or found not needed.
    en_equipos: Mapped[bool] = mapped_column(default=False)
    equipos_at: Mapped[datetime | None]
    #: The mail that tells of it. No foreign key: the mail may be erased before.
    notificacion_id: Mapped[int | None]
    leido_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Preferencia(Model):
    """How a person wants to be told of one kind of thing; without a row, as is usual."""

    __tablename__ = "avisos_preferencias"
    __personal__ = Personal(
        "Preferencias de avisos",
        otros=("novedad", "en_campana", "correo", "en_equipos"),
        titular=Titular.OFICINA,
        borrado=Borrado.FILA,
    )

    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"), primary_key=True)
    novedad: Mapped[Novedad] = mapped_column(primary_key=True)
    en_campana: Mapped[bool]
    correo: Mapped[PorCorreo]
    en_equipos: Mapped[bool] = mapped_column(default=False)


class EquipoAvisado(Model):
    """A browser that a person lets be told of notices while no page is open.

    It hangs on the session in which it was allowed: when that ends, nothing is sent any more.
    """

    __tablename__ = "avisos_equipos"
    __personal__ = Personal(
        "Equipos con avisos",
        {"equipo": Dato.HECHO},
        otros=("sesion_id", "huella", "direccion", "p256dh", "secreto", "created_at", "enviado_at"),
        titular=Titular.OFICINA,
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"), index=True)
    #: No foreign key: sessions that ended are forgotten.
    sesion_id: Mapped[int]
    #: SHA-256 of the address, which is too long for an index.
    huella: Mapped[str] = mapped_column(ShortText(64), unique=True)
    #: Where the browser's maker takes messages for it.
    direccion: Mapped[str] = mapped_column(sa.Text)
    #: The browser's public key and secret, by which it alone reads them.
    p256dh: Mapped[str] = mapped_column(ShortText(120))
    secreto: Mapped[str] = mapped_column(ShortText(40))
    #: As its person calls it: «Chrome en Android».
    equipo: Mapped[str] = mapped_column(ShortText(80))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    #: When a message was last taken for it.
    enviado_at: Mapped[datetime | None]


class HoraResumen(Model):
    """The hour at which a person gets the digest; without a row, the usual one."""

    __tablename__ = "avisos_horas"
    __table_args__ = (sa.CheckConstraint("hora BETWEEN 5 AND 22", name="hour_of_every_day"),)
    __personal__ = Personal(
        "Hora del resumen de avisos",
        otros=("hora",),
        titular=Titular.OFICINA,
        borrado=Borrado.FILA,
    )

    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"), primary_key=True)
    #: On the clock of Santiago.
    hora: Mapped[int] = mapped_column(default=DIGEST_HOUR)
