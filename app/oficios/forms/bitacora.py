"""Writing in the bitácora by hand."""

from __future__ import annotations

from typing import Any

from wtforms import SelectChoice, SelectField, TextAreaField, ValidationError

from app.oficios.forms.fields import NOTES_MAX
from app.oficios.rules import WRITTEN_KINDS, Actividad
from app.oficios.service import EntradaData
from app.web.forms import EnumField, FechaHoraField, Form, at_most, required

#: What is written most often, to be picked instead of typed.
FRASES = (
    "No contesta",
    "Buzón de voz",
    "Número equivocado",
    "Pide que lo llamen más tarde",
    "Conserje confirma que vive ahí",
    "Conserje dice que no vive ahí",
    "Vecino entrega información",
    "El vehículo no está en el lugar",
    "Se revisó el expediente, sin novedades",
)


class EntradaForm(Form):
    """The quick entry of a note or a call."""

    tipo = EnumField("Tipo", Actividad, default=Actividad.NOTA)
    frase = SelectField(
        "Texto frecuente",
        choices=[SelectChoice("", "Escribir libremente"), *map(SelectChoice, FRASES)],
        validate_choice=False,
    )
    descripcion = TextAreaField("Detalle", [at_most(NOTES_MAX)])
    ocurrido_at = FechaHoraField("Cuándo ocurrió")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tipo.choices = [SelectChoice(kind.value, kind.label) for kind in WRITTEN_KINDS]

    def validate_frase(self, field: SelectField) -> None:
        """One of the list, or nothing."""
        if field.data and field.data not in FRASES:
            raise ValidationError("Elija una de las opciones de la lista.")

    def validate_descripcion(self, field: TextAreaField) -> None:
        """A frequent text needs no more words."""
        if not field.data and not self.frase.data:
            raise ValidationError("Escriba qué pasó, o elija un texto frecuente.")

    def to_data(self) -> EntradaData:
        """What was typed, as the service takes it."""
        text = ". ".join(part for part in (self.frase.data, self.descripcion.data) if part)
        return EntradaData(self.tipo.value, text, self.ocurrido_at.value)


class CorreccionForm(Form):
    """Mending the text of an entry."""

    descripcion = TextAreaField("Texto", [required("Escriba qué pasó."), at_most(NOTES_MAX)])
