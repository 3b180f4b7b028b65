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


class BloquearForm(Form):
    """Cases that are to be blocked, and why."""

    oficios = StringField("Casos", [required("Elija al menos un caso."), at_most(2000)])
    motivo = StringField("Motivo", [required("Escriba el motivo."), at_most(300)])

    @property
    def oficio_ids(self) -> list[int]:
        """The cases that were ticked; what is no number is none."""
        return [
            int(each)
            for each in self.oficios.raw_data or []
            if each.isascii() and each.isdigit() and len(each) < 10
        ]


class LevantarForm(Form):
    """Why a block ends."""

    motivo = StringField("Motivo", [required("Escriba por qué se levanta."), at_most(300)])
