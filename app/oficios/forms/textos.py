"""The preset texts of the bitácora."""

from __future__ import annotations

from typing import Any

from wtforms import SelectChoice, StringField

from app.oficios.rules import WRITTEN_KINDS, Actividad
from app.web.forms import EnumField, Form, at_most, required

_LIMIT = 200


class TextoForm(Form):
    """Another wording."""

    texto = StringField("Texto", [required("Escriba el texto."), at_most(_LIMIT)])


class NuevoTextoForm(TextoForm):
    """A new text of a kind."""

    tipo = EnumField("Para", Actividad, default=Actividad.LLAMADA)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tipo.choices = [SelectChoice(kind.value, kind.label) for kind in WRITTEN_KINDS]
