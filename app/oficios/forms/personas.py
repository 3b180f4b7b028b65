"""The people of a case."""

from __future__ import annotations

from wtforms import StringField, TextAreaField, ValidationError

from app.oficios.forms.fields import NOTES_MAX
from app.oficios.rules import TipoPropietario
from app.oficios.service import PropietarioData
from app.web.forms import EmailField, EnumField, Form, RutField, TelefonoField, at_most


class PersonaForm(Form):
    """A person: known by name, by RUT, or both."""

    tipo = EnumField("Relación con el vehículo", TipoPropietario, default=TipoPropietario.PRINCIPAL)
    nombre = StringField("Nombre", [at_most(160)])
    rut = RutField("RUT")
    email = EmailField("Email", [at_most(254)])
    telefono = TelefonoField("Teléfono")
    notas = TextAreaField("Notas", [at_most(NOTES_MAX)])

    def validate_nombre(self, field: StringField) -> None:
        """Nobody without a name and a number can be looked for."""
        if not field.data and not self.rut.data:
            raise ValidationError("Escriba el nombre o el RUT de la persona.")

    def to_data(self) -> PropietarioData:
        """What was typed, as the service takes it."""
        return PropietarioData(
            tipo=self.tipo.value,
            nombre=self.nombre.data or None,
            rut=self.rut.value.valor if self.rut.value else None,
            email=self.email.value,
            telefono=self.telefono.value,
            notas=self.notas.data or None,
        )
