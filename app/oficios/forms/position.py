"""A position, as the phone or the map writes it into the fields of a form, or a person types it."""

from __future__ import annotations

import math
from typing import Any

from wtforms import FloatField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.oficios.forms.case_fields import add_error
from app.oficios.service import Posicion

NO_POSITION = (
    "La posición no se entiende. Márquela en el mapa o presione otra vez «Usar mi posición»."
)
#: Tolerance in degrees (some centimetres): a form shows the stored value with six decimals.
_SAME_POINT = 1e-6


class CoordinateField(FloatField):
    """A number that is filled in for a person; with a label and a widget, one that may be typed."""

    widget = HiddenInput()

    def __init__(self, low: float, high: float, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, [Optional(), NumberRange(low, high, NO_POSITION)], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Refuse what is no number, in words; a decimal comma is as good as a point.

        Infinity and «nan» are numbers to Python, and no page can show them rounded.
        """
        texts = [text.replace(",", ".") for text in valuelist]
        try:
            if any(text.strip() and not math.isfinite(float(text)) for text in texts):
                raise ValueError
            super().process_formdata(texts)
        except ValueError:
            raise ValueError(NO_POSITION) from None


def check_whole(lat: CoordinateField, lon: CoordinateField) -> bool:
    """Half a position is none; the refusal stands beside the first of the two."""
    if (lon.data is None) == (lat.data is None):
        return True
    add_error(lat, NO_POSITION)
    return False


def is_same_point(one: Posicion, other: Posicion) -> bool:
    """Whether a form that shows a stored point came back without another one."""
    return abs(one.lat - other.lat) < _SAME_POINT and abs(one.lon - other.lon) < _SAME_POINT
