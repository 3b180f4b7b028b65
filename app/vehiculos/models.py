"""The vehicle that an oficio names."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.patente import ERASED_PLATE, parse_patente
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText


class Vehiculo(Model):
    """The vehicle to find: one per oficio, even when two oficios name the same plate."""

    __tablename__ = "vehiculos"
    __sealed__ = (
        Sealed(
            tipo="vehiculo",
            label="el vehículo",
            fields=(
                "patente",
                "patente_dv",
                "patente_confirmada",
                "marca",
                "modelo",
                "anio",
                "color",
                "vin",
                "motor",
                "tipo_vehiculo",
            ),
        ),
    )
    __personal__ = Personal(
        "Vehículos",
        {
            "patente": Dato.PATENTE,
            "patente_dv": Dato.HECHO,
            "marca": Dato.HECHO,
            "modelo": Dato.HECHO,
            "anio": Dato.HECHO,
            "color": Dato.HECHO,
            "vin": Dato.TEXTO,
            "motor": Dato.TEXTO,
            "tipo_vehiculo": Dato.HECHO,
        },
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), unique=True)
    #: Capitals without separators or check digit.
    patente: Mapped[str] = mapped_column(ShortText(8), index=True)
    #: The check digit as the paper says it, right or wrong; none when the paper has none.
    patente_dv: Mapped[str | None] = mapped_column(ShortText(1))
    #: Somebody looked at what does not add up and says that it is so.
    patente_confirmada: Mapped[bool] = mapped_column(default=False)
    marca: Mapped[str | None] = mapped_column(ShortText(60))
    modelo: Mapped[str | None] = mapped_column(ShortText(60))
    anio: Mapped[int | None]
    color: Mapped[str | None] = mapped_column(ShortText(40))
    vin: Mapped[str | None] = mapped_column(ShortText(30))
    #: The number of its engine, as the paper has it.
    motor: Mapped[str | None] = mapped_column(ShortText(30))
    #: What it is, in the words of the paper: «Automóvil», «Camioneta».
    tipo_vehiculo: Mapped[str | None] = mapped_column(ShortText(40))

    @property
    def descripcion(self) -> str:
        """Make and model as people say them."""
        return " ".join(part for part in (self.marca, self.modelo) if part)

    @property
    def advertencias(self) -> list[str]:
        """What was kept although it does not add up, until somebody confirms it."""
        return plate_warnings(self.patente, self.patente_dv, confirmed=self.patente_confirmada)


def plate_warnings(patente: str, dv: str | None, *, confirmed: bool) -> list[str]:
    """The warnings of a stored plate; lists that select columns use it as the model does."""
    if confirmed or patente == ERASED_PLATE:
        return []
    return list(parse_patente(f"{patente}-{dv}" if dv else patente).advertencias)
