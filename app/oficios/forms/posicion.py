"""Where the phone was, as its script writes it into the hidden fields of a form."""

from __future__ import annotations

from typing import Any

from wtforms import FloatField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.oficios.forms.fields import add_error

NO_POSITION = "La posición no se entiende. Presione otra vez «Usar mi posición»."


class CoordinateField(FloatField):
    """A number that the phone fills in."""

    widget = HiddenInput()

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        super().__init__("", [Optional(), NumberRange(low, high, NO_POSITION)], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Refuse what is no number, in words."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NO_POSITION) from None


def check_whole(lat: CoordinateField, lon: CoordinateField) -> bool:
    """Half a position is none; the refusal stands beside the first of the two."""
    if (lon.data is None) == (lat.data is None):
        return True
    add_error(lat, NO_POSITION)
    return False
