"""The addresses of a case and the visits to them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from wtforms import HiddenField, TextAreaField
from wtforms.widgets import TextInput

from app.core.clock import SANTIAGO, utcnow
from app.direcciones.models import Direccion
from app.direcciones.rules import ResultadoVisita, TipoDireccion
from app.oficios.forms.case_fields import NOTES_MAX, VersionField, add_error
from app.oficios.forms.papel import PapelField, PapelForm, with_inputs
from app.oficios.forms.position import CoordinateField, check_whole, is_same_point
from app.oficios.rules.campos import GrupoDeCampos
from app.oficios.service import DireccionData, Posicion, VisitaData
from app.oficios.service.papel import values_of
from app.web.conditional import fresh_number
from app.web.forms import EnumField, FechaHoraField, Form, at_most, doubts, required

_NO_PLACE = "Escriba la calle y el número."


def new_client_id() -> str:
    """Make the idempotency key of a form, so that a visit sent twice is stored once."""
    return fresh_number()


@with_inputs(GrupoDeCampos.DIRECCION)
class DireccionForm(PapelForm):
    """A place, and where on the map it is when somebody knows."""

    tipo = EnumField("Tipo", TipoDireccion, default=TipoDireccion.DOMICILIO)
    direccion = PapelField("Dirección", "direccion", [required(_NO_PLACE)])
    notas = TextAreaField("Notas de acceso", [at_most(NOTES_MAX)])
    lat = CoordinateField(-90, 90, "Latitud", widget=TextInput())
    lon = CoordinateField(-180, 180, "Longitud", widget=TextInput())
    exactitud_m = CoordinateField(0, 100_000)
    version = VersionField()

    def validate(self, extra_validators: Any = None) -> bool:
        """A place has a street, and half a position is none."""
        valid = bool(super().validate(extra_validators))
        if "direccion" not in self.papel.valores and not self.direccion.errors:
            add_error(self.direccion, _NO_PLACE)
            valid = False
        return check_whole(self.lat, self.lon) and valid

    def moved_to(self, stored: Posicion | None) -> Posicion | None:
        """Where the place is now: what was stored, unless somebody put it elsewhere."""
        if self.lat.data is None or self.lon.data is None:
            return None
        # The accuracy of the stored point does not apply to a new one.
        exactitud_m = self.exactitud_m.data if self.exactitud_m.raw_data else None
        chosen = Posicion(self.lat.data, self.lon.data, exactitud_m)
        return stored if stored and is_same_point(chosen, stored) else chosen

    def to_data(self, stored: Direccion | None = None) -> DireccionData:
        """What was typed; the region follows from the comuna."""
        values = values_of(self.papel, GrupoDeCampos.DIRECCION)
        values["direccion"] = values["direccion"] or ""
        values["region"] = values["region"] or (stored.region if stored else None)
        return DireccionData(tipo=self.tipo.value, notas=self.notas.data or None, **values)


class VisitaForm(Form):
    """What came of a visit: two taps on a phone."""

    resultado = EnumField("Resultado", ResultadoVisita)
    notas = TextAreaField("Notas", [at_most(NOTES_MAX)])
    fecha_hora = FechaHoraField("Cuándo fue", default=utcnow)
    lat = CoordinateField(-90, 90)
    lon = CoordinateField(-180, 180)
    exactitud_m = CoordinateField(0, 100_000)
    cliente_id = HiddenField(default=new_client_id, validators=[at_most(36)])

    def __init__(self, zone: ZoneInfo = SANTIAGO, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fecha_hora.in_zone(zone)

    def validate(self, extra_validators: Any = None) -> bool:
        """Half a position is none."""
        valid = bool(super().validate(extra_validators))
        return check_whole(self.lat, self.lon) and valid

    def to_data(self) -> VisitaData:
        """What was typed, as the service takes it."""
        return VisitaData(
            resultado=self.resultado.value,
            fecha_hora=self.fecha_hora.value or utcnow(),
            notas=self.notas.data or None,
            lat=self.lat.data,
            lon=self.lon.data,
            exactitud_m=self.exactitud_m.data if self.lat.data is not None else None,
            cliente_id=self.cliente_id.data or None,
            advertencias_ingreso=doubts(self.fecha_hora),
        )
