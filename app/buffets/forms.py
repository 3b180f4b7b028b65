"""Forms about law firms."""

from __future__ import annotations

from wtforms import StringField

from app.buffets.rules import ModoHitos
from app.buffets.service import BuffetData
from app.web.forms import EmailField, EnumField, Form, RutField, TelefonoField, at_most, required


class BuffetForm(Form):
    """A law firm."""

    nombre = StringField("Nombre", [required("Escriba el nombre del buffet."), at_most(160)])
    rut = RutField("RUT", [required("Escriba el RUT del buffet.")])
    email_principal = EmailField("Correo principal", [required("Escriba un correo.")])
    telefono = TelefonoField("Teléfono")
    contacto_nombre = StringField("Persona de contacto", [at_most(160)])

    def to_data(self) -> BuffetData:
        """What is known of the firm. Ask after validation."""
        return BuffetData(
            nombre=self.nombre.data,
            rut=self.rut.value.valor,
            email_principal=self.email_principal.value,
            telefono=self.telefono.value,
            contacto_nombre=self.contacto_nombre.data or None,
        )


class MilestoneForm(Form):
    """How a law firm wants to be told of milestones."""

    modo_hitos = EnumField("Correos sobre el avance", ModoHitos)


class PersonalLinkForm(Form):
    """Who of a law firm gets a link of their own."""

    etiqueta = StringField("Para quién", [required("Escriba el nombre."), at_most(120)])
    email = EmailField("Correo", [required("Escriba su correo.")])
