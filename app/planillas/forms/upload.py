"""The upload of a list, and what belongs to it beside its file."""

from __future__ import annotations

from datetime import date

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectChoice, SelectField
from wtforms.validators import Optional, StopValidation

from app.buffets.queries import list_active_buffets
from app.web.forms import FechaField, Form

_CHOOSE = "Elija el buffet que envió el listado."
_BOTH_DAYS = "Escriba los dos días del período, o deje los dos vacíos."


class OficiosForm(Form):
    """A list of orders and the buffet that sent it."""

    buffet_id = SelectField("Buffet", validate_choice=False)
    planilla = FileField("Planilla", [FileRequired("Elija la planilla que va a importar.")])

    def __init__(self) -> None:
        super().__init__()
        buffets = list_active_buffets()
        self.buffet_id.choices = [
            SelectChoice("", "Elija un buffet…"),
            *(SelectChoice(str(buffet.id), buffet.nombre) for buffet in buffets),
        ]
        self._ids = {str(buffet.id) for buffet in buffets}

    def validate_buffet_id(self, field: SelectField) -> None:
        """One of the buffets that send oficios."""
        if field.data not in self._ids:
            raise StopValidation(_CHOOSE)


class OtherBuffetForm(Form):
    """The buffet to which cases go that were imported for another one."""

    buffet_id = SelectField("Buffet", validate_choice=False)

    def __init__(self, former_id: int) -> None:
        super().__init__()
        others = [buffet for buffet in list_active_buffets() if buffet.id != former_id]
        self.buffet_id.choices = [
            SelectChoice("", "Elija un buffet…"),
            *(SelectChoice(str(buffet.id), buffet.nombre) for buffet in others),
        ]
        self._ids = {str(buffet.id) for buffet in others}

    def validate_buffet_id(self, field: SelectField) -> None:
        """An open buffet, and another one."""
        if field.data not in self._ids:
            raise StopValidation("Elija el buffet al que van los casos.")


class PasosForm(Form):
    """A concessionaire's list."""

    planilla = FileField("Planilla", [FileRequired("Elija la planilla de la concesionaria.")])


class PeriodForm(Form):
    """The days that a list covers, as the paper that came with it says."""

    cubre_desde = FechaField("El listado cubre desde el", [Optional()])
    cubre_hasta = FechaField("hasta el", [Optional()])

    def validate_cubre_desde(self, field: FechaField) -> None:
        """Both days, or none: asked here when the last one is missing."""
        if not self.cubre_hasta.data:
            raise StopValidation(_BOTH_DAYS)

    def validate_cubre_hasta(self, field: FechaField) -> None:
        """And here when the first one is."""
        if not self.cubre_desde.data:
            raise StopValidation(_BOTH_DAYS)

    @property
    def days(self) -> tuple[date, date] | None:
        """The period; None when it was not written. Ask after validation."""
        first, last = self.cubre_desde.value, self.cubre_hasta.value
        return (first, last) if first and last else None
