"""Which days and cases reports are asked for, as an address carries them."""

from __future__ import annotations

from datetime import date

from wtforms import SelectChoice, SelectField

from app.indicadores.rules import Agrupacion, Rango
from app.indicadores.rules.periodo import MAX_DAYS, TOO_LONG, TURNED, Seleccion, choose_days, span
from app.web.forms import FechaField, FilterForm

Choices = list[tuple[int, str]]


class SeleccionForm(FilterForm):
    """The filters of *Informes*. What cannot be read is said beside its field and left out."""

    rango = SelectField("Período", default="", validate_choice=False)
    desde = FechaField("Desde")
    hasta = FechaField("Hasta")
    buffet = SelectField("Buffet", default="", validate_choice=False)
    investigador = SelectField("Investigador", default="", validate_choice=False)
    por = SelectField("Comparar por", default="", validate_choice=False)

    def __init__(self, buffets: Choices, people: Choices) -> None:
        super().__init__()
        self.rango.choices = [SelectChoice(one.value, one.label) for one in Rango]
        self.por.choices = [SelectChoice(one.value, one.label) for one in Agrupacion]
        self.buffet.choices = _listed("Todos los buffets", buffets)
        self.investigador.choices = _listed("Todos los investigadores", people)
        self._buffets = {str(pk): pk for pk, _ in buffets}
        self._people = {str(pk): pk for pk, _ in people}

    @property
    def chosen(self) -> Rango:
        """The period that was chosen; days that were typed are one of their own."""
        if self.desde.data or self.hasta.data:
            return Rango.FECHAS
        known = {one.value: one for one in Rango}
        return known.get(self.rango.data or "", Rango.SEMANAS)

    def to_selection(self, today: date) -> Seleccion:
        """What the address asks for; the last twelve weeks where it asks for nothing."""
        self.validate()
        desde = None if self.desde.errors else self.desde.value
        hasta = None if self.hasta.errors else self.hasta.value
        first, last = choose_days(self.chosen, desde, hasta, today)
        if first > last:
            self.hasta.errors = [*self.hasta.errors, TURNED]
            first, last = span(Rango.SEMANAS, today)
        if (last - first).days >= MAX_DAYS:
            self.desde.errors = [*self.desde.errors, TOO_LONG]
            first, last = span(Rango.SEMANAS, today)
        groups = {one.value: one for one in Agrupacion}
        return Seleccion(
            first,
            last,
            self._buffets.get(self.buffet.data or ""),
            self._people.get(self.investigador.data or ""),
            groups.get(self.por.data or "", Agrupacion.BUFFET),
        )


def _listed(everybody: str, choices: Choices) -> list[SelectChoice]:
    return [SelectChoice("", everybody), *(SelectChoice(str(pk), name) for pk, name in choices)]
