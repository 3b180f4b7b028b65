"""Asking for a look-up."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import Optional

from app.web.forms import Form, at_most


class CheckForm(Form):
    """Why the gantries are asked: one of the usual reasons, or one in the person's own words."""

    #: Buttons carry the usual ones.
    motivo = StringField("Motivo", [Optional(), at_most(200)])
    otro = StringField("Otro motivo", [Optional(), at_most(200)])

    @property
    def reason(self) -> str:
        """What the log of look-ups keeps; empty when nobody said."""
        return self.motivo.data or self.otro.data or ""
