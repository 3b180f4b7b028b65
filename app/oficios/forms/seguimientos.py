"""Postponing what one wanted to do."""

from __future__ import annotations

from wtforms.validators import InputRequired, NumberRange, Optional

from app.web.forms import Form, WholeField

#: Largest id of both databases' integer column.
_LAST = 2**31 - 1


class PostponeForm(Form):
    """By how many days, and which promise; without one, the case itself."""

    dias = WholeField(
        "Cuándo", [InputRequired("Elija cuándo."), NumberRange(1, 365, "Elija de 1 a 365 días.")]
    )
    seguimiento = WholeField("Seguimiento", [Optional(), NumberRange(1, _LAST)])
