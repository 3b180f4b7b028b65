"""The vehicle of a case."""

from __future__ import annotations

from typing import Any

from wtforms import StringField

from app.core.clock import local_today, utcnow
from app.oficios.forms.fields import VersionField, read, readable
from app.oficios.service import VehiculoData
from app.vehiculos.models import Vehiculo
from app.vehiculos.rules import parse_anio, parse_vin
from app.web.forms import Form, PatenteField, at_most, required


def _parse_anio(text: str) -> int:
    return parse_anio(text, local_today(utcnow()).year)


class VehiculoFields(Form):
    """The fields of a vehicle, alone or in the form of a whole oficio."""

    patente = PatenteField("Patente", [required("Escriba la patente del vehículo.")])
    marca = StringField("Marca", [at_most(60)])
    modelo = StringField("Modelo", [at_most(60)])
    anio = StringField("Año", [readable(_parse_anio)])
    color = StringField("Color", [at_most(40)])
    vin = StringField("VIN", [readable(parse_vin)])

    def to_vehiculo(self) -> VehiculoData:
        """What was typed, as the service takes it."""
        anio = read(self.anio, _parse_anio)
        return VehiculoData(
            patente=self.patente.value.valor,
            patente_dv=self.patente.value.dv,
            marca=self.marca.data or None,
            modelo=self.modelo.data or None,
            anio=int(anio) if anio is not None else None,
            color=self.color.data or None,
            vin=read(self.vin, parse_vin),
        )


class VehiculoForm(VehiculoFields):
    """Correcting the vehicle."""

    version = VersionField()

    @classmethod
    def of(cls, vehiculo: Vehiculo, version: int, **kwargs: Any) -> VehiculoForm:
        """The form filled with what is stored, or with what was sent.

        ``formdata=None`` shows what is stored also in the answer to a POST.
        """
        dv = vehiculo.patente_dv
        values: dict[str, Any] = {
            name: getattr(vehiculo, name) for name in ("marca", "modelo", "color", "vin")
        }
        return cls(
            data={
                **values,
                "patente": f"{vehiculo.patente}-{dv}" if dv else vehiculo.patente,
                "anio": str(vehiculo.anio) if vehiculo.anio is not None else None,
                "version": str(version),
            },
            **kwargs,
        )
