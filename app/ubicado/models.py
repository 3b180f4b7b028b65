"""Where vehicles were found, and what was seen there later."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.adjuntos.models import Adjunto
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.core.time_zones import zone_of
from app.db import Model, ShortText
from app.ubicado.rules import ResultadoRevision, SinPosicion, TipoLugar, format_position, map_url
from app.usuarios.models import Usuario

ubicacion_adjuntos = sa.Table(
    "ubicacion_adjuntos",
    Model.metadata,
    sa.Column("ubicacion_id", sa.ForeignKey("ubicaciones.id"), primary_key=True),
    sa.Column("adjunto_id", sa.ForeignKey("adjuntos.id"), primary_key=True),
)


class Ubicacion(Model):
    """The vehicle of an oficio was found: where, when, by whom, how exactly.

    It is evidence: nobody edits it. One that was wrong is undone with a reason and stays readable.
    """

    __tablename__ = "ubicaciones"
    __table_args__ = (
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="whole_position"),
        sa.Index("ix_ubicaciones_newest", "oficio_id", "ubicado_at"),
    )

    # The place by its words: the address of the case that it was may be corrected or removed.
    __sealed__ = (
        Sealed(
            tipo="ubicacion",
            label="la ubicación",
            fields=(
                "usuario_id",
                "ubicado_at",
                "tipo",
                "lugar",
                "comuna",
                "region",
                "lat",
                "lon",
                "exactitud_m",
                "sin_posicion",
                "acceso",
                "notas",
                "deshecho_at",
                "deshecho_por_id",
                "deshecho_motivo",
            ),
            lists=("adjuntos",),
        ),
    )
    __personal__ = Personal(
        "Ubicaciones",
        {
            "ubicado_at": Dato.MOMENTO,
            "lugar": Dato.LUGAR,
            "comuna": Dato.LUGAR,
            "region": Dato.HECHO,
            "lat": Dato.POSICION,
            "lon": Dato.POSICION,
            "exactitud_m": Dato.POSICION,
            "acceso": Dato.TEXTO,
            "notas": Dato.TEXTO,
            "deshecho_motivo": Dato.TEXTO,
        },
        otros=("cliente_id", "deshecho_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: The server's clock when it arrived.
    ubicado_at: Mapped[datetime]
    tipo: Mapped[TipoLugar]
    #: The address of the case that it was at; none in the street, nor when that was removed.
    direccion_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("direcciones.id", ondelete="SET NULL")
    )
    #: Street and number, or how to find the place, as they were then.
    lugar: Mapped[str] = mapped_column(ShortText(200))
    comuna: Mapped[str | None] = mapped_column(ShortText(60))
    region: Mapped[str | None] = mapped_column(ShortText(80))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    #: Metres, as the phone said it.
    exactitud_m: Mapped[float | None]
    sin_posicion: Mapped[SinPosicion | None]
    #: What a receptor must know to get to it.
    acceso: Mapped[str | None] = mapped_column(sa.Text)
    notas: Mapped[str | None] = mapped_column(sa.Text)
    #: Made with the form, so that one sent twice is one location.
    cliente_id: Mapped[str] = mapped_column(ShortText(36), unique=True)
    deshecho_at: Mapped[datetime | None]
    deshecho_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    deshecho_motivo: Mapped[str | None] = mapped_column(ShortText(300))

    usuario: Mapped[Usuario] = relationship(foreign_keys=[usuario_id])
    deshecho_por: Mapped[Usuario | None] = relationship(foreign_keys=[deshecho_por_id])
    adjuntos: Mapped[list[Adjunto]] = relationship(
        secondary=ubicacion_adjuntos, order_by=Adjunto.id
    )
    revisiones: Mapped[list[Revisado]] = relationship(
        back_populates="ubicacion", order_by="Revisado.created_at, Revisado.id"
    )

    @property
    def completa(self) -> str:
        """The place in one line: «Av. Grecia 1180, Ñuñoa», «Vía pública: frente al 20, Renca»."""
        place = ", ".join(part for part in (self.lugar, self.comuna) if part)
        return f"Vía pública: {place}" if self.tipo is TipoLugar.VIA_PUBLICA else place

    @property
    def zona(self) -> ZoneInfo:
        """The zone whose clock tells the hours of this place."""
        return zone_of(self.comuna, self.region, lat=self.lat, lon=self.lon, text=self.lugar)

    @property
    def posicion(self) -> str | None:
        """The coordinates with their error, as people copy them."""
        if self.lat is None or self.lon is None:
            return None
        return format_position(self.lat, self.lon, self.exactitud_m)

    @property
    def mapa(self) -> str | None:
        """Where the point is shown on a map."""
        if self.lat is None or self.lon is None:
            return None
        return map_url(self.lat, self.lon)

    @property
    def fotos(self) -> list[Adjunto]:
        """Its photos that nobody deleted since."""
        return [photo for photo in self.adjuntos if photo.eliminado_at is None]


class Revisado(Model):
    """Somebody went to see whether the vehicle is still where it was found."""

    __tablename__ = "ubicacion_revisiones"
    __sealed__ = (
        Sealed(
            tipo="revisado",
            label="la revisión de la ubicación",
            fields=("ubicacion_id", "usuario_id", "resultado", "created_at"),
            through="ubicacion_id",
        ),
    )
    __personal__ = Personal(
        "Nuevas revisiones de una ubicación",
        {
            "created_at": Dato.MOMENTO,
        },
        otros=("cliente_id",),
        via="ubicacion_id",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ubicacion_id: Mapped[int] = mapped_column(sa.ForeignKey("ubicaciones.id"), index=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    resultado: Mapped[ResultadoRevision]
    cliente_id: Mapped[str] = mapped_column(ShortText(36), unique=True)
    created_at: Mapped[datetime]

    ubicacion: Mapped[Ubicacion] = relationship(back_populates="revisiones")
    usuario: Mapped[Usuario] = relationship()
