"""One section of the impact assessment."""

from __future__ import annotations

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from app.web.forms import Form, at_most, required


class SeccionForm(Form):
    """The text of a section, and what differs in it."""

    texto = TextAreaField("Texto", [required("Escriba el texto de la sección."), at_most(20000)])
    cambio = StringField("Qué cambió y por qué", [Optional(), at_most(300)])
    #: Number of the version that is edited, 0 for the proposal.
    version = HiddenField()

    @property
    def base(self) -> int:
        """That number; -1, which no version has, where it cannot be told."""
        text = (self.version.raw_data or [""])[0]
        return int(text) if text.isdecimal() and len(text) < 10 else -1
