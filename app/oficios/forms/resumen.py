"""What is done on the *Resumen* of a case at once: a line for its bitácora, and its deadline."""

from __future__ import annotations

from functools import cache

from wtforms import SelectChoice, TextAreaField

from app.oficios.forms.case_fields import NOTES_MAX, SeguimientoField
from app.oficios.rules import Actividad
from app.oficios.service import EntradaData
from app.web.forms import EnumField, FechaField, Form, at_most, required

#: What a line may be; a visit has an outcome and a form of its own.
LINE_KINDS = (Actividad.NOTA, Actividad.LLAMADA)


class LineForm(Form):
    """One line: a note, or what a call came to."""

    tipo = EnumField("Tipo", Actividad, default=Actividad.NOTA)
    descripcion = TextAreaField(
        "Anotar en la bitácora", [required("Escriba qué pasó."), at_most(NOTES_MAX)]
    )

    seguimiento = SeguimientoField("Volver a esto el")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.tipo.choices = [SelectChoice(kind.value, kind.label) for kind in LINE_KINDS]

    def to_entry(self) -> EntradaData:
        """The line as an entry of the bitácora. Ask after validation."""
        return EntradaData(
            tipo=self.tipo.value,
            descripcion=self.descripcion.data or "",
            seguimiento=self.seguimiento.value,
        )


@cache
def blank_line() -> LineForm:
    """The form as it stands before anybody wrote in it; it is only shown, so one is enough."""
    return LineForm(formdata=None, meta={"csrf": False})


class DeadlineForm(Form):
    """Until when a case runs; nothing is no deadline."""

    vence = FechaField("Vence el")
