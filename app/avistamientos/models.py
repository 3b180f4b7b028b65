"""Sightings of the vehicle, and the lists of concessionaires."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.avistamientos.rules import EstadoListado, Fuente
from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.core.time_zones import zone_of
from app.db import Model, ShortText
from app.porticos.models import Portico
from app.porticos.rules import Metodo
from app.usuarios.models import Usuario


class Avistamiento(Model):
    """The vehicle was seen. The hour and the place may be unknown: a vendor gives a day only."""

    __tablename__ = "avistamientos"
    __table_args__ = (
        sa.UniqueConstraint("oficio_id", "clave"),
        sa.Index("ix_avistamientos_newest", "oficio_id", "fecha", "fecha_hora"),
        # Every sighting with the same text is tied to the same gantry.
        sa.Index("ix_avistamientos_text", "ubicacion", "empresa"),
    )

    # What the catalogue of gantries makes of its text is no evidence and may change; the text is.
    __sealed__ = (
        Sealed(
            tipo="avistamiento",
            label="el avistamiento",
            fields=(
                "fuente",
                "fecha",
                "fecha_hora",
                "ubicacion",
                "empresa",
                "monto",
                "lat",
                "lon",
                "notas",
                "orden_judicial",
                "advertencias_ingreso",
                "simulado",
                "investigacion_id",
                "listado_id",
                "usuario_id",
                "created_at",
            ),
        ),
    )
    __personal__ = Personal(
        "Avistamientos",
        {
            "fecha": Dato.MOMENTO,
            "fecha_hora": Dato.MOMENTO,
            "ubicacion": Dato.LUGAR,
            "empresa": Dato.HECHO,
            "autopista": Dato.HECHO,
            "monto": Dato.HECHO,
            "lat": Dato.POSICION,
            "lon": Dato.POSICION,
            "portico_id": Dato.POSICION,
            "portico_motivo": Dato.POSICION,
            "notas": Dato.TEXTO,
            "orden_judicial": Dato.TEXTO,
            "advertencias_ingreso": Dato.ESTRUCTURA,
            "clave": Dato.HUELLA,
        },
        otros=("created_at",),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    fuente: Mapped[Fuente]
    #: The day on the clock of its place, always known.
    fecha: Mapped[date]
    #: The moment, when the source says it.
    fecha_hora: Mapped[datetime | None]
    ubicacion: Mapped[str | None] = mapped_column(ShortText(200))
    empresa: Mapped[str | None] = mapped_column(ShortText(120))
    #: The gantry of the catalogue that the text names, when it could be told.
    portico_id: Mapped[int | None] = mapped_column(sa.ForeignKey("porticos.id"), index=True)
    #: The road, also where only the company is known.
    autopista: Mapped[str | None] = mapped_column(ShortText(120))
    #: How the gantry was told; None for what is not looked up in the catalogue.
    portico_metodo: Mapped[Metodo | None]
    #: Why, in words: «código P5 en Costanera Norte».
    portico_motivo: Mapped[str | None] = mapped_column(ShortText(255))
    #: Whole pesos.
    monto: Mapped[int | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    notas: Mapped[str | None] = mapped_column(sa.Text)
    #: The court's order that a fine was learnt by: data on infractions are reserved (art. 25).
    orden_judicial: Mapped[str | None] = mapped_column(ShortText(200))
    #: Texts of what the source wrote that could not be read or does not add up, by field.
    advertencias_ingreso: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: ``rules.sighting_key``: stored once however often it is answered.
    clave: Mapped[str] = mapped_column(ShortText(64))
    #: Invented by the demo's provider; only ever in a database marked as demo.
    simulado: Mapped[bool] = mapped_column(default=False)
    investigacion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("investigaciones.id"))
    #: The concessionaire's list that it was imported from.
    listado_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("avistamiento_listados.id"), index=True
    )
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    usuario: Mapped[Usuario | None] = relationship()
    portico: Mapped[Portico | None] = relationship()

    @property
    def zona(self) -> ZoneInfo:
        """The zone of its place: the gantry's, the point's, or that of the comuna it names."""
        region = self.portico.region if self.portico else None
        return zone_of(region=region, lat=self.lat, lon=self.lon, text=self.ubicacion)

    @property
    def advertencias(self) -> list[str]:
        """What was kept although it could not be read or does not add up."""
        return list(self.advertencias_ingreso.values())


class Listado(Model):
    """A concessionaire's list of crossings, from its upload on; once imported it is evidence."""

    __tablename__ = "avistamiento_listados"
    # The bytes are held by their SHA-256.
    __sealed__ = (
        Sealed(
            tipo="listado",
            label="el listado de la concesionaria",
            fields=(
                "usuario_id",
                "nombre_archivo",
                "sha256",
                "estado",
                "empresa",
                "cubre_desde",
                "cubre_hasta",
                "importado_at",
                "created_at",
            ),
        ),
    )
    __personal__ = Personal(
        "Listados de concesionarias",
        {
            "nombre_archivo": Dato.TEXTO,
            "sha256": Dato.HUELLA,
            "contenido": Dato.CONTENIDO,
            "empresa": Dato.HECHO,
            "informe": Dato.ESTRUCTURA,
            "cubre_desde": Dato.MOMENTO,
            "cubre_hasta": Dato.MOMENTO,
        },
        otros=("mapeo", "version", "resultado", "importado_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    nombre_archivo: Mapped[str] = mapped_column(ShortText(200))
    #: Of the file as it came.
    sha256: Mapped[str] = mapped_column(ShortText(64))
    contenido: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    estado: Mapped[EstadoListado] = mapped_column(default=EstadoListado.BORRADOR)
    #: Column index to field, as a person corrected the guess; empty: as guessed.
    mapeo: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Written on every row that does not name its own.
    empresa: Mapped[str | None] = mapped_column(ShortText(120))
    version: Mapped[int] = mapped_column(default=1)
    #: How many rows had each outcome.
    resultado: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What became of each row.
    informe: Mapped[list[Any]] = mapped_column(sa.JSON, default=list, deferred=True)
    #: The time of which it tells every crossing; None in both: nobody wrote it down yet.
    cubre_desde: Mapped[datetime | None]
    cubre_hasta: Mapped[datetime | None]
    importado_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    usuario: Mapped[Usuario] = relationship()
