"""Places where the vehicle or its people may be, and the visits to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.core.time_zones import zone_of
from app.db import Model, ShortText
from app.direcciones.rules import ResultadoVisita, TipoDireccion
from app.usuarios.models import Usuario


class Direccion(Model):
    """An address of an oficio, verified in the field or not yet."""

    __tablename__ = "direcciones"
    __sealed__ = (
        Sealed(
            tipo="direccion",
            label="la dirección",
            fields=(
                "tipo",
                "direccion",
                "comuna",
                "region",
                "lat",
                "lon",
                "exactitud_m",
                "notas",
                "verificada",
                "verificada_at",
                "verificada_por_id",
                "created_at",
            ),
        ),
    )
    __personal__ = Personal(
        "Direcciones",
        {
            "direccion": Dato.LUGAR,
            "comuna": Dato.LUGAR,
            "region": Dato.HECHO,
            "lat": Dato.POSICION,
            "lon": Dato.POSICION,
            "exactitud_m": Dato.POSICION,
            "notas": Dato.TEXTO,
            "verificada_at": Dato.MOMENTO,
        },
        otros=("version", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    tipo: Mapped[TipoDireccion] = mapped_column(default=TipoDireccion.DOMICILIO)
    direccion: Mapped[str] = mapped_column(ShortText(200))
    comuna: Mapped[str | None] = mapped_column(ShortText(60))
    region: Mapped[str | None] = mapped_column(ShortText(80))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    #: Metres, as the phone said it.
    exactitud_m: Mapped[float | None]
    notas: Mapped[str | None] = mapped_column(sa.Text)
    verificada: Mapped[bool] = mapped_column(default=False)
    verificada_at: Mapped[datetime | None]
    verificada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    verificada_por: Mapped[Usuario | None] = relationship()
    visitas: Mapped[list[Visita]] = relationship(
        back_populates="direccion", order_by="Visita.fecha_hora.desc()"
    )

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012

    @property
    def completa(self) -> str:
        """Street and comuna in one line."""
        return ", ".join(part for part in (self.direccion, self.comuna) if part)

    @property
    def zona(self) -> ZoneInfo:
        """The zone whose clock tells the hours of this place."""
        return zone_of(self.comuna, self.region, lat=self.lat, lon=self.lon, text=self.direccion)


class Visita(Model):
    """One visit to an address: who went, when, and what they found."""

    __tablename__ = "visitas"
    __sealed__ = (
        Sealed(
            tipo="visita",
            label="la visita",
            fields=(
                "direccion_id",
                "usuario_id",
                "resultado",
                "notas",
                "fecha_hora",
                "lat",
                "lon",
                "exactitud_m",
                "advertencias_ingreso",
                "created_at",
            ),
            through="direccion_id",
        ),
    )
    __personal__ = Personal(
        "Visitas a direcciones",
        {
            "notas": Dato.TEXTO,
            "fecha_hora": Dato.MOMENTO,
            "lat": Dato.POSICION,
            "lon": Dato.POSICION,
            "exactitud_m": Dato.POSICION,
            "advertencias_ingreso": Dato.ESTRUCTURA,
        },
        otros=("cliente_id", "created_at"),
        via="direccion_id",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    direccion_id: Mapped[int] = mapped_column(sa.ForeignKey("direcciones.id"), index=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    resultado: Mapped[ResultadoVisita]
    notas: Mapped[str | None] = mapped_column(sa.Text)
    #: When the visit was made; ``created_at`` says when it was written down.
    fecha_hora: Mapped[datetime]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    exactitud_m: Mapped[float | None]
    #: Texts of what was written that does not add up, by field (an hour that was twice).
    advertencias_ingreso: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Made by the phone, so that a form sent twice is one visit.
    cliente_id: Mapped[str | None] = mapped_column(ShortText(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    direccion: Mapped[Direccion] = relationship(back_populates="visitas")
    usuario: Mapped[Usuario] = relationship()

    @property
    def advertencias(self) -> list[str]:
        """What was kept although it does not add up."""
        return list(self.advertencias_ingreso.values())
