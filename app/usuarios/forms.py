"""Forms about accounts."""

from __future__ import annotations

from typing import Any

from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import EqualTo, StopValidation

from app.buffets.queries import list_active_buffets
from app.usuarios.rules import PASSWORD_MAX, Rol, needs_buffet
from app.usuarios.service import UsuarioData
from app.web.forms import EmailField, EnumField, Form, TelefonoField, at_most, required


class UsuarioForm(Form):
    """An account, without its password."""

    nombre = StringField("Nombre", [required("Escriba el nombre."), at_most(160)])
    email = EmailField("Correo", [required("Escriba el correo con el que entrará.")])
    telefono = TelefonoField("Teléfono")
    rol = EnumField("Rol", Rol)
    buffet_id = SelectField("Buffet", coerce=lambda value: int(value) if value else None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.buffet_id.choices = [
            SelectChoice("", "Ninguno (persona de la oficina)"),
            *(SelectChoice(str(row.id), row.nombre) for row in list_active_buffets()),
        ]

    def validate_buffet_id(self, field: Any) -> None:
        """A cliente belongs to a buffet, nobody else does."""
        if self.rol.errors:
            return
        if needs_buffet(self.rol.value) and field.data is None:
            raise StopValidation("Un cliente pertenece a un buffet: elija cuál.")
        if not needs_buffet(self.rol.value) and field.data is not None:
            raise StopValidation("Solo un cliente pertenece a un buffet: deje «Ninguno».")

    def to_data(self) -> UsuarioData:
        """What the account is made of. Ask after validation."""
        return UsuarioData(
            email=self.email.value,
            nombre=self.nombre.data,
            rol=self.rol.value,
            buffet_id=self.buffet_id.data,
            telefono=self.telefono.value,
        )


class PasswordForm(Form):
    """A new password."""

    password = PasswordField("Nueva contraseña", [required("Escriba la nueva.")])


class FirstPasswordForm(PasswordForm):
    """The password that an invited person chooses."""

    repeated = PasswordField(
        "Repita la contraseña",
        [EqualTo("password", message="Las dos contraseñas no son iguales.")],
    )


class RecoveryForm(Form):
    """Who forgot the password."""

    email = EmailField("Correo", [required("Escriba el correo de su cuenta."), at_most(254)])


class OwnPasswordForm(PasswordForm):
    """A new password for one's own account."""

    current = PasswordField(
        "Contraseña actual", [required("Escriba la actual."), at_most(PASSWORD_MAX)]
    )
    repeated = PasswordField(
        "Repita la nueva contraseña",
        [EqualTo("password", message="Las dos contraseñas nuevas no son iguales.")],
    )
