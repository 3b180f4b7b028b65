"""The office's catalogue of gantries, and the corrections that it remembers."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.porticos.rules import Confianza, TipoPortico
from app.usuarios.models import Usuario


class Portico(Model):
    """A gantry or a toll plaza. Most have no coordinates, and few have good ones."""

    __tablename__ = "porticos"
    __table_args__ = (
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="whole_point"),
        sa.Index("ix_porticos_road", "autopista", "codigo"),
    )

    __sealed__ = (
        Sealed(
            tipo="portico",
            label="el pórtico",
            fields=(
                "autopista",
                "concesionaria",
                "codigo",
                "tramo",
                "tipo",
                "sentido",
                "comuna",
                "region",
                "otros_nombres",
                "lat",
                "lon",
                "confianza_coord",
                "procedencia_coord",
                "activo",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Catálogo de pórticos",
        otros=(
            "semilla",
            "clave",
            "autopista",
            "concesionaria",
            "codigo",
            "tramo",
            "sentido",
            "comuna",
            "region",
            "otros_nombres",
            "lat",
            "lon",
            "procedencia_coord",
            "version",
            "busqueda",
            "created_at",
            "updated_at",
        ),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Nombra carreteras.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The row it came from in a list that the product brings (``Seed.semilla``); None for what
    #: the office added. It stays when the office renames the gantry.
    semilla: Mapped[str | None] = mapped_column(ShortText(200), unique=True)
    #: ``rules.catalogue_key`` as it is now.
    clave: Mapped[str] = mapped_column(ShortText(200), unique=True)
    autopista: Mapped[str] = mapped_column(ShortText(120))
    concesionaria: Mapped[str | None] = mapped_column(ShortText(160))
    codigo: Mapped[str] = mapped_column(ShortText(40))
    #: From where to where, in the direction of travel: «Vivaceta – Torres Tajamar».
    tramo: Mapped[str | None] = mapped_column(ShortText(200))
    tipo: Mapped[TipoPortico] = mapped_column(default=TipoPortico.PORTICO)
    #: Direction of traffic («poniente→oriente», «al oriente»); null if unknown.
    sentido: Mapped[str | None] = mapped_column(ShortText(60))
    comuna: Mapped[str | None] = mapped_column(ShortText(60))
    region: Mapped[str | None] = mapped_column(ShortText(60))
    #: Other codes and former stretches, one a line, under which sources write it.
    otros_nombres: Mapped[str] = mapped_column(sa.Text, default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    confianza_coord: Mapped[Confianza | None]
    #: Where the point comes from, in words; «OSM» in it asks for the attribution.
    procedencia_coord: Mapped[str | None] = mapped_column(ShortText(120))
    #: Inactive gantries are not matched to new sightings; existing ones keep them.
    activo: Mapped[bool] = mapped_column(default=True)
    #: Version for optimistic locking: a form with an older one is refused.
    version: Mapped[int] = mapped_column(default=1)
    #: Road, code, stretch, company and place without accents and case, for the search.
    busqueda: Mapped[str] = mapped_column(sa.Text, default="")
    modificado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)

    modificado_por: Mapped[Usuario | None] = relationship()

    @property
    def nombre(self) -> str:
        """What people call it: «P5 Carrascal – Vivaceta»."""
        return f"{self.codigo} {self.tramo}" if self.tramo else self.codigo

    @property
    def is_of_osm(self) -> bool:
        """Whether its point is OpenStreetMap's, which has to be said where it is shown."""
        return "OSM" in (self.procedencia_coord or "")


class AliasPortico(Model):
    """A correction that is remembered: this text of this company means that gantry.

    Without a gantry it says that a person looked and the text names none of the catalogue.
    """

    __tablename__ = "portico_alias"
    __table_args__ = (sa.UniqueConstraint("ubicacion", "empresa"),)

    __sealed__ = (
        Sealed(
            tipo="portico_alias",
            label="la corrección de un pórtico",
            fields=("ubicacion_texto", "empresa_texto", "portico_id", "usuario_id"),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Nombres de pórticos",
        otros=("ubicacion", "empresa", "ubicacion_texto", "empresa_texto", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Nombra carreteras.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Both folded (``rules.alias_key``).
    ubicacion: Mapped[str] = mapped_column(ShortText(400))
    empresa: Mapped[str] = mapped_column(ShortText(240))
    #: As the source wrote them.
    ubicacion_texto: Mapped[str] = mapped_column(ShortText(200))
    empresa_texto: Mapped[str | None] = mapped_column(ShortText(120))
    portico_id: Mapped[int | None] = mapped_column(sa.ForeignKey("porticos.id"), index=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    portico: Mapped[Portico | None] = relationship()
    usuario: Mapped[Usuario] = relationship()
