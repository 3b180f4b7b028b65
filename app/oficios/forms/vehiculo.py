"""The vehicle of a case."""

from __future__ import annotations

from typing import Any

from app.oficios.forms.case_fields import VersionField
from app.oficios.forms.papel import PapelForm, with_inputs
from app.oficios.rules.campos import GrupoDeCampos
from app.oficios.service import VehiculoData
from app.oficios.service.papel import vehiculo_of
from app.vehiculos.models import Vehiculo


@with_inputs(GrupoDeCampos.VEHICULO)
class VehiculoFields(PapelForm):
    """The fields of a vehicle, alone or in the form of a whole oficio."""

    def to_vehiculo(self) -> VehiculoData:
        """What was typed, as the service takes it."""
        return vehiculo_of(self.papel)


class VehiculoForm(VehiculoFields):
    """Correcting the vehicle."""

    version = VersionField()

    @classmethod
    def of(cls, vehiculo: Vehiculo, version: int, **kwargs: Any) -> VehiculoForm:
        """The form filled with what is stored, or with what was sent.

        ``formdata=None`` shows what is stored also in the answer to a POST.
        """
        dv = vehiculo.patente_dv
        values = {name: getattr(vehiculo, name) for name in vars(VehiculoData(patente=""))}
        patente = f"{vehiculo.patente}-{dv}" if dv else vehiculo.patente
        return cls(data={**values, "patente": patente, "version": str(version)}, **kwargs)
