"""What is dropped on the tray, and what is decided on it."""

from __future__ import annotations

from typing import Any, BinaryIO, NamedTuple

from flask_wtf.file import MultipleFileField
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import StopValidation

from app.buffets.queries import list_active_buffets
from app.web.forms import Form, at_most, required

_NONE = SelectChoice("", "Lo digo después")


class Soltado(NamedTuple):
    """A file as its sender calls it, to be read once."""

    nombre: str
    stream: BinaryIO


class DropForm(Form):
    """Files of any kind, several at once."""

    archivos = MultipleFileField("Archivos")

    def validate_archivos(self, field: Any) -> None:
        """There is something to take."""
        if not self.soltados():
            raise StopValidation("Elija al menos un archivo, o suéltelo aquí.")

    def soltados(self) -> list[Soltado]:
        """The files, in the order in which they were chosen."""
        return [
            Soltado(file.filename or "", file.stream) for file in self.archivos.data or () if file
        ]


class StaffDropForm(DropForm):
    """The same, with the buffet that sent them where somebody knows it."""

    buffet_id = SelectField("De qué buffet", validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [SelectChoice(str(buffet.id), buffet.nombre) for buffet in list_active_buffets()]
        self.buffet_id.choices = [_NONE, *choices]

    def validate_buffet_id(self, field: Any) -> None:
        """One of the list, or none."""
        if (field.data or "") not in {choice.value for choice in field.choices}:
            raise StopValidation("Elija uno de los buffets de la lista.")

    @property
    def chosen_buffet(self) -> int | None:
        """The buffet; None while nobody says. Ask after validation."""
        return int(self.buffet_id.data) if self.buffet_id.data else None


class OwnerForm(Form):
    """Whose an item is."""

    buffet_id = SelectField("Es de", validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.buffet_id.choices = [
            SelectChoice("", "Elija un buffet…"),
            *(SelectChoice(str(buffet.id), buffet.nombre) for buffet in list_active_buffets()),
        ]

    def validate_buffet_id(self, field: Any) -> None:
        """One of the list."""
        if not field.data or field.data not in {choice.value for choice in field.choices}:
            raise StopValidation("Elija uno de los buffets de la lista.")


class ReasonForm(Form):
    """Why an item is sent back or declined."""

    motivo = StringField(
        "Motivo", [required("Escriba el motivo: quien lo envió lo lee."), at_most(500)]
    )
