"""What the forms of a case share."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from wtforms import HiddenField, SelectField
from wtforms.validators import StopValidation

from app.core.clock import local_today, utcnow
from app.core.errors import InvalidValue
from app.oficios.rules.seguimientos import LONGEST
from app.web.forms import FechaField

#: Notes are for people to read; beyond this a document belongs among the attachments.
NOTES_MAX = 5000


class VersionField(HiddenField):
    """The version that the person saw; what is no number, or missing, is older than any."""

    @property
    def value(self) -> int:
        """The number, or -1."""
        text = str(self.raw_data[0]) if self.raw_data else ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


class SeguimientoField(FechaField):
    """The day on which who writes a note comes back to its case; usually none."""

    def pre_validate(self, form: Any) -> None:
        """Refuse a day that is past or absurdly far, beside the field."""
        today = local_today(utcnow())
        with suppress(InvalidValue):  # its parser says what is wrong with it
            if self.value is not None and not today <= self.value <= today + LONGEST:
                raise StopValidation("Elija un día desde hoy y dentro de un año.")


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


def add_error(field: Any, sentence: str) -> None:
    """Put a refusal of the service beside the field that it is about."""
    field.errors = [*field.errors, sentence]
