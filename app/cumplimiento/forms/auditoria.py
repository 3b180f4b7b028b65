"""The filters of the page of the audit."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from wtforms import SelectChoice, SelectField, StringField

from app.core.text import clean_text
from app.cumplimiento.queries.auditoria import SISTEMA, HechoFilter, find_cases_named
from app.cumplimiento.rules.auditoria import HECHOS, ClaseHecho
from app.web.forms import FechaField, FilterForm

#: Of «Qué hizo»: several deeds at once, as the settings' pages lead here.
_SEVERAL = ","


class HechoFilterForm(FilterForm):
    """Of whom, what, in which case and when."""

    caso = StringField("Oficio o patente")
    quien = SelectField("Persona", default="", validate_choice=False)
    que = SelectField("Qué hizo", default="", validate_choice=False)
    desde = FechaField("Desde")
    hasta = FechaField("Hasta")

    def __init__(self, people: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.quien.choices = [
            SelectChoice("", "Todas"),
            SelectChoice(str(SISTEMA), "Sin cuenta: Rastro y enlaces"),
            *(SelectChoice(str(pk), nombre) for pk, nombre in people),
        ]
        self.que.choices = [
            SelectChoice("", "Todo"),
            *(SelectChoice(each.value, each.label) for each in ClaseHecho),
        ]

    def to_filter(self) -> HechoFilter:
        """The filter of this address; what cannot be read is left out."""
        self.validate()
        clase, acciones = self._kinds()
        caso = clean_text(self.caso.data or "")[:60]
        return HechoFilter(
            usuario_id=_number(self.quien.data),
            clase=clase,
            acciones=acciones,
            oficio_ids=find_cases_named(caso) if caso else None,
            desde=None if self.desde.errors else self.desde.value,
            hasta=None if self.hasta.errors else self.hasta.value,
        )

    def _kinds(self) -> tuple[ClaseHecho | None, tuple[str, ...]]:
        text = self.que.data or ""
        acciones = tuple(each for each in text.split(_SEVERAL) if each in HECHOS)
        if acciones:
            return HECHOS[acciones[0]].clase, acciones
        with contextlib.suppress(ValueError):
            return ClaseHecho(text), ()
        return None, ()


def _number(text: str | None) -> int | None:
    digits = text if text and text.isascii() and text.isdigit() else ""
    return int(digits) if digits and int(digits) < 2**31 else None
