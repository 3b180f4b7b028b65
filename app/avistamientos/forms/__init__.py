"""Writing a sighting down by hand."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import WRITTEN_SOURCES, Fuente
from app.avistamientos.service import AvistamientoData, seal
from app.core.clock import Reading, as_written, read_local, to_local
from app.core.errors import InvalidValue
from app.core.time_zones import zone_of
from app.web.forms import EnumField, FechaField, Form, PesosField, at_most, required

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?")


class AvistamientoForm(Form):
    """A sighting as a person tells it; only its day has to be known."""

    fuente = EnumField("Fuente", Fuente, default=Fuente.MANUAL)
    fecha = FechaField("Fecha", [required("Escriba qué día se vio el vehículo.")])
    hora = StringField("Hora", [Optional()])
    ubicacion = StringField("Lugar", [Optional(), at_most(200)])
    empresa = StringField("Empresa", [Optional(), at_most(120)])
    monto = PesosField("Monto")
    orden_judicial = StringField("Resolución del tribunal", [Optional(), at_most(200)])
    notas = TextAreaField("Notas", [Optional(), at_most(5000)])
    #: What the sighting said when the form was opened.
    version = HiddenField(name="sello")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fuente.choices = [(source.value, source.label) for source in WRITTEN_SOURCES]

    @classmethod
    def of(cls, row: Avistamiento) -> AvistamientoForm:
        """The form of a sighting, filled in with what it says or with what was sent."""
        hora = ""
        if row.fecha_hora:
            read = as_written if "fecha_hora" in row.advertencias_ingreso else to_local
            hora = read(row.fecha_hora, row.zona).strftime("%H:%M")
        names = ("fuente", "fecha", "ubicacion", "empresa", "monto", "notas", "orden_judicial")
        values = {name: getattr(row, name) for name in names}
        return cls(data={**values, "hora": hora, "version": seal(row)})

    def validate_hora(self, field: StringField) -> None:
        """An hour of 24."""
        if field.data and not self.fecha.errors:
            try:
                self._reading()
            except InvalidValue as error:
                raise ValidationError(str(error)) from None

    def to_data(self) -> AvistamientoData:
        """What was typed, as the service takes it."""
        reading = self._reading() if self.hora.data else None
        duda = reading.duda if reading else None
        return AvistamientoData(
            fuente=self.fuente.value,
            fecha=self.fecha.value,
            fecha_hora=reading.moment if reading else None,
            advertencias_ingreso={"fecha_hora": duda} if duda else {},
            ubicacion=self.ubicacion.data or None,
            empresa=self.empresa.data or None,
            monto=self.monto.value,
            notas=self.notas.data or None,
            orden_judicial=self.orden_judicial.data or None,
        )

    def _reading(self) -> Reading:
        """The hour on the clock of the place that was typed."""
        found = _CLOCK.fullmatch(self.hora.data)
        if found is None:
            raise InvalidValue("Escriba la hora en 24 horas, por ejemplo 18:42, o déjela vacía.")
        written = datetime.combine(self.fecha.value, time(int(found[1]), int(found[2])))
        return read_local(written, zone_of(text=self.ubicacion.data))
