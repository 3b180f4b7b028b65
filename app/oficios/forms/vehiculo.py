"""The vehicle of a case."""

from __future__ import annotations

from typing import Any

from app.oficios.forms.case_fields import VersionField
from app.oficios.forms.papel import PapelField, PapelForm
from app.oficios.rules.campos import GrupoDeCampos, fields_of
from app.oficios.service import VehiculoData
from app.oficios.service.papel import vehiculo_of
from app.vehiculos.models import Vehiculo


class VehiculoFields(PapelForm):
    """The fields of a vehicle, alone or in the form of a whole oficio."""

    @property
    def vehiculo(self) -> list[PapelField]:
        """The inputs of the vehicle, in the order of the page."""
        return [self[name] for name in fields_of(GrupoDeCampos.VEHICULO)]

    def to_vehiculo(self) -> VehiculoData:
        """What was typed, as the service takes it."""
        return vehiculo_of(self.papel)


# One input for each field that is declared of a vehicle; WTForms takes them from the class.
for _name, _campo in fields_of(GrupoDeCampos.VEHICULO).items():
    _hints = {"placeholder": _campo.placeholder, "inputmode": _campo.inputmode}
    setattr(
        VehiculoFields,
        _name,
        PapelField(
            _campo.name,
            _name,
            description=_campo.help,
            render_kw={key: text for key, text in _hints.items() if text},
        ),
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
        values = {name: getattr(vehiculo, name) for name in vars(VehiculoData(patente=""))}
        patente = f"{vehiculo.patente}-{dv}" if dv else vehiculo.patente
        return cls(data={**values, "patente": patente, "version": str(version)}, **kwargs)
