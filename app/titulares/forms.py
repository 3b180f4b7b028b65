"""Forms about persons and what they ask for."""

from __future__ import annotations

from wtforms import StringField

from app.core.errors import InvalidValue
from app.titulares.rules.identidad import Buscado, read_buscado
from app.web.forms import EmailField, Form, PatenteField, RutField, TelefonoField, at_most, required


class BuscarForm(Form):
    """A person, by whatever is known of them."""

    rut = RutField("RUT")
    nombre = StringField("Nombre y apellidos", [at_most(160)])
    patente = PatenteField("Patente")
    telefono = TelefonoField("Teléfono")
    correo = EmailField("Correo electrónico")
    motivo = StringField(
        "Por qué se busca", [required("Escriba por qué se busca a la persona."), at_most(200)]
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Also refuse a search for nobody, or for one word of a name."""
        if not super().validate(extra_validators):
            return False
        try:
            self.to_buscado()
        except InvalidValue as problem:
            self.form_errors.append(str(problem))
            return False
        return True

    def to_buscado(self) -> Buscado:
        """Who is looked for.

        Raises:
            InvalidValue: nothing was typed, or too little.
        """
        fields = (self.rut, self.nombre, self.patente, self.telefono, self.correo)
        return read_buscado(**{each.name: each.data or "" for each in fields})
