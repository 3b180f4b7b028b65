"""The forms of what the office tells its people of their position."""

from __future__ import annotations

from wtforms import HiddenField, TextAreaField

from app.cumplimiento.rules.ubicacion_personal import INFORMATION_MAX
from app.web.forms import Form, at_most, required


class InformacionUbicacionForm(Form):
    """The next version."""

    texto = TextAreaField(
        "Texto", [required("Escriba lo que se informa."), at_most(INFORMATION_MAX)]
    )
    #: Number of the newest version when the form was opened; 0 while there is none.
    version = HiddenField()

    @property
    def seen(self) -> int:
        """That number; -1, which no version has, where it cannot be told."""
        return _number(self.version.data)


class LecturaUbicacionForm(Form):
    """That the text of a version was read."""

    version = HiddenField()
    #: Where to go on.
    seguir = HiddenField()

    @property
    def numero(self) -> int:
        """Number of the version that was shown."""
        return _number(self.version.data)


def _number(text: str | None) -> int:
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
