"""What the forms of a case share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import HiddenField, SelectField
from wtforms.validators import StopValidation

from app.core.errors import InvalidValue

#: Notes are for people to read; beyond this a document belongs among the attachments.
NOTES_MAX = 5000


class VersionField(HiddenField):
    """The version that the person saw; what is no number, or missing, is older than any."""

    @property
    def value(self) -> int:
        """The number, or -1."""
        text = str(self.raw_data[0]) if self.raw_data else ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


class ChoiceField(SelectField):
    """A choice among rows, named by their ids; the empty choice is None."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list, in words; whether one is needed, a validator says."""
        if not self.data:
            return
        try:
            super().pre_validate(form)
        except ValueError:
            raise StopValidation("Elija una de las opciones de la lista.") from None

    @property
    def value(self) -> int | None:
        """The id of the chosen row. Ask after validation."""
        return int(self.data) if self.data else None


def readable(parser: Callable[[str], Any]) -> Callable[[Any, Any], None]:
    """A validator that refuses what a parser cannot read, unless it was stored like that.

    What came in with a spreadsheet stays as the paper says it while its neighbours are edited.
    """

    def check(_form: Any, field: Any) -> None:
        if not field.data or field.data == field.object_data:
            return
        try:
            parser(field.data)
        except InvalidValue as error:
            raise StopValidation(str(error)) from None

    return check


def read(field: Any, parser: Callable[[str], Any]) -> Any:
    """What a field means, None when it is empty, its text when it was stored unreadable."""
    if not field.data:
        return None
    try:
        return parser(field.data)
    except InvalidValue:
        return field.data


def add_error(field: Any, sentence: str) -> None:
    """Put a refusal of the service beside the field that it is about."""
    field.errors = [*field.errors, sentence]
