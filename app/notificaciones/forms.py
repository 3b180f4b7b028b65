"""The forms of notices and of the directory of receptores judiciales."""

from __future__ import annotations

import secrets
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional, ValidationError

from app.adjuntos.models import Adjunto
from app.notificaciones.models import Borrador, Receptor
from app.notificaciones.rules import MESSAGE_MAX, is_key
from app.notificaciones.service import Destinatario, ReceptorData
from app.web.forms import EmailField, Form, TelefonoField, at_most, required


def _int_or_zero(value: Any) -> int:
    """What is no number is no photo, which the form then says in words."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


class NoticeForm(Form):
    """A notice to a receptor: who, which photos, what else to say."""

    clave = HiddenField()
    receptor = SelectField("Receptor", validate_choice=False)
    nombre = StringField("Nombre", [Optional(), at_most(160)])
    email = EmailField("Correo")
    guardar = BooleanField("Guardarlo en el directorio de receptores")
    adjuntos = SelectMultipleField("Fotos", coerce=_int_or_zero, validate_choice=False)
    mensaje = TextAreaField("Mensaje adicional", [Optional(), at_most(MESSAGE_MAX)])
    confirmar = BooleanField("Sí, enviar otra vez")

    @classmethod
    def for_case(
        cls,
        receptores: list[Receptor],
        photos: list[Adjunto],
        draft: Borrador | None = None,
    ) -> NoticeForm:
        """The form with what there is to choose, as it was typed or as a preview kept it."""
        form: NoticeForm = cls(data=draft.datos if draft else None)
        form.receptores = receptores
        form.receptor.choices = [
            ("", "Otro: escribir nombre y correo"),
            *((str(one.id), f"{one.nombre} · {one.email}") for one in receptores),
        ]
        form.adjuntos.choices = [(photo.id, photo.filename) for photo in photos]
        if not is_key(form.clave.data):
            form.clave.data = draft.clave if draft else secrets.token_urlsafe(24)
        return form

    receptores: list[Receptor]

    def validate_receptor(self, field: SelectField) -> None:
        """Somebody of the directory, or nobody and then an address."""
        if field.data and self._chosen() is None:
            raise ValidationError("Ese receptor ya no está en el directorio. Elija otro.")

    def validate_adjuntos(self, field: SelectMultipleField) -> None:
        """Only photos of this case."""
        known = {choice[0] for choice in field.choices}
        if not set(field.data or ()) <= known:
            raise ValidationError(
                "Una de las fotos ya no está en este caso. Revise las fotos elegidas."
            )

    def validate(self, extra_validators: Any = None) -> bool:
        """As each field says, and somebody to send it to."""
        valid = bool(super().validate(extra_validators))
        if not self.receptor.data and not self.email.data:
            self.email.errors = ["Elija un receptor de la lista o escriba su correo."]
            return False
        return valid

    def to_destinatario(self) -> Destinatario:
        """Whom the notice is for. Ask after validation."""
        chosen = self._chosen()
        if chosen is not None:
            return Destinatario(chosen.email, chosen.nombre, chosen.id)
        return Destinatario(
            self.email.value.lower(), self.nombre.data or None, guardar=self.guardar.data
        )

    def to_datos(self) -> dict[str, Any]:
        """What was typed, for a preview to open the form again."""
        names = ("receptor", "nombre", "email", "guardar", "adjuntos", "mensaje")
        return {name: self[name].data for name in names}

    def _chosen(self) -> Receptor | None:
        return next((one for one in self.receptores if str(one.id) == self.receptor.data), None)


class SendForm(Form):
    """The one button under a preview, and the second yes."""

    clave = HiddenField()
    confirmar = BooleanField("Sí, enviar otra vez")


class ResendForm(Form):
    """The second yes to sending a notice again."""

    confirmar = BooleanField("Sí, enviarlo otra vez")


class ReceptorForm(Form):
    """Somebody of the directory."""

    nombre = StringField("Nombre", [required("Escriba el nombre del receptor."), at_most(160)])
    email = EmailField("Correo", [required("Escriba el correo del receptor.")])
    telefono = TelefonoField("Teléfono")
    tribunales = TextAreaField("Tribunales donde actúa", [Optional(), at_most(1000)])
    notas = TextAreaField("Notas", [Optional(), at_most(2000)])

    def to_data(self) -> ReceptorData:
        """The command for the service. Ask after validation."""
        return ReceptorData(
            nombre=self.nombre.data,
            email=self.email.value,
            telefono=self.telefono.value,
            tribunales=self.tribunales.data or None,
            notas=self.notas.data or None,
        )
