"""The record of what was done that concerns security or personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.auditoria.rules import CanalDivulgacion, find_device, find_place
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText


class Auditoria(Model):
    """Who did what that concerns security or personal data, and when.

    Written in the transaction of the deed itself. Holds identifiers, never secrets.
    """

    __tablename__ = "auditoria"
    __sealed__ = (
        Sealed(
            tipo="auditoria",
            label="la anotación de auditoría",
            fields=(
                "accion",
                "usuario_id",
                "entidad",
                "entidad_id",
                "oficio_id",
                "detalle",
                "created_at",
                "lugar",
                "equipo",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Auditoría",
        {
            "detalle": Dato.ESTRUCTURA,
            "lugar": Dato.HECHO,
            "equipo": Dato.HECHO,
        },
        otros=("accion", "entidad", "entidad_id", "oficio_id", "created_at"),
        borrado=Borrado.GUARDAR,
        motivo="Prueba quién hizo qué y desde qué red; no lleva datos de personas de un caso.",
    )
    __table_args__ = (
        sa.Index("ix_auditoria_accion", "accion", "created_at"),
        sa.Index("ix_auditoria_oficio_id", "oficio_id", "created_at"),
        sa.Index("ix_auditoria_usuario_id", "usuario_id", "created_at"),
        sa.Index("ix_auditoria_whose", "usuario_id", "accion", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: For example ``usuario.creado``, ``enlace.rotado``, ``adjunto.original_descargado``.
    accion: Mapped[str] = mapped_column(ShortText(60))
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    entidad: Mapped[str | None] = mapped_column(ShortText(40))
    entidad_id: Mapped[int | None]
    #: The case that it concerns, if one. No foreign key: the record outlives what it tells of.
    oficio_id: Mapped[int | None]
    detalle: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    #: From where, as far as it is known; what was written before this was kept says nothing.
    lugar: Mapped[str | None] = mapped_column(ShortText(60), default=find_place)
    equipo: Mapped[str | None] = mapped_column(ShortText(80), default=find_device)


class Divulgacion(Model):
    """Data that left the house: what, to whom, by which way and on which basis.

    Written in the transaction of the deed. No foreign keys: it outlives what it tells of.
    """

    __tablename__ = "divulgaciones"
    __personal__ = Personal(
        "Divulgaciones",
        {"destinatario": Dato.TEXTO, "lugar": Dato.HECHO, "equipo": Dato.HECHO},
        otros=("que", "base", "oficio_id", "buffet_id", "cantidad", "clave", "created_at"),
        borrado=Borrado.GUARDAR,
        motivo="Prueba a quién se comunicaron datos; nombra a quien los recibió.",
    )
    __table_args__ = (
        sa.Index("ix_divulgaciones_canal", "canal", "created_at"),
        sa.Index("ix_divulgaciones_oficio_id", "oficio_id", "created_at"),
        sa.Index("ix_divulgaciones_usuario_id", "usuario_id", "created_at"),
        sa.Index("ix_divulgaciones_whose", "usuario_id", "canal", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    canal: Mapped[CanalDivulgacion]
    #: What it was: «Aviso n.º 12 con 3 archivos».
    que: Mapped[str] = mapped_column(ShortText(200))
    #: An address, an account, a key or a place.
    destinatario: Mapped[str] = mapped_column(ShortText(254))
    #: For what purpose or by which right they received it.
    base: Mapped[str] = mapped_column(ShortText(200))
    oficio_id: Mapped[int | None]
    buffet_id: Mapped[int | None]
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: Rows or files that went out.
    cantidad: Mapped[int] = mapped_column(default=1)
    #: Of what is written once in an hour: who, what and which hour.
    clave: Mapped[str | None] = mapped_column(ShortText(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    #: From where it was asked for, where somebody asked.
    lugar: Mapped[str | None] = mapped_column(ShortText(60), default=find_place)
    equipo: Mapped[str | None] = mapped_column(ShortText(80), default=find_device)


class DivulgacionCaso(Model):
    """That a list which left the house, or was shown, held a case."""

    __tablename__ = "divulgaciones_casos"
    __personal__ = Personal(
        "Casos de las divulgaciones",
        otros=("oficio_id",),
        borrado=Borrado.GUARDAR,
        motivo="Prueba qué casos iban en una lista que salió; son números.",
    )

    divulgacion_id: Mapped[int] = mapped_column(sa.ForeignKey("divulgaciones.id"), primary_key=True)
    #: No foreign key: it outlives the case.
    oficio_id: Mapped[int] = mapped_column(primary_key=True, index=True, autoincrement=False)
