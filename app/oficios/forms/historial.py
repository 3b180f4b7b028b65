"""Looking for a change in the history of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from wtforms import SelectChoice, SelectField

from app.oficios.queries.historial import FiltroHistorial
from app.oficios.rules import Ambito
from app.web.forms import FechaField, Form


class HistorialForm(Form):
    """Filters in the address. What cannot be read is said beside its field and left out."""

    class Meta(Form.Meta):
        """A GET form changes nothing, so it needs no CSRF token."""

        csrf = False

    quien = SelectField("Quién", validate_choice=False)
    desde = FechaField("Desde")
    hasta = FechaField("Hasta")

    def __init__(self, personas: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(request.args, **kwargs)
        self.quien.choices = [
            SelectChoice("", "Cualquiera"),
            *(SelectChoice(str(pk), nombre) for pk, nombre in personas.items()),
        ]

    def to_filter(self) -> FiltroHistorial:
        """The filter of this request's address."""
        self.validate()
        names = set(request.args.getlist("ambito"))
        who = self.quien.data or ""
        return FiltroHistorial(
            ambitos=tuple(ambito for ambito in Ambito if ambito.value in names),
            usuario_id=int(who) if who in {str(c.value) for c in self.quien.choices[1:]} else None,
            desde=None if self.desde.errors else self.desde.value,
            hasta=None if self.hasta.errors else self.hasta.value,
        )
