"""What people write about promises: terms, why a clock stops, and what a buffet was told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from wtforms import Field, StringField, TextAreaField

from app.oficios.rules import Prioridad
from app.promesas.models import Promesa
from app.promesas.rules import REASON_MAX, Lapso, MedioInforme, MotivoPausa, TipoPromesa
from app.promesas.service import PauseData, PromesaData
from app.web.forms import EnumField, FechaField, Form, at_most, parsed_by, required

#: The most urgent first, as people think of them.
PRIORITIES = tuple(reversed(Prioridad))


class PausaForm(Form):
    """Whom the office waits for, and for what."""

    motivo = EnumField("A quién se espera", MotivoPausa)
    explicacion = StringField(
        "Qué se espera", [required("Escriba qué se espera y de quién."), at_most(REASON_MAX)]
    )

    def to_data(self) -> PauseData:
        """Why the clock stops. Ask after validation."""
        return PauseData(self.motivo.value, self.explicacion.data)


class InformeForm(Form):
    """What the buffet was told outside of Rastro."""

    medio = EnumField("Cómo se informó", MedioInforme)
    texto = TextAreaField(
        "Qué se le dijo", [required("Escriba qué se le dijo al buffet."), at_most(2000)]
    )


class PromesaForm(Form):
    """What is promised of the cases that come in from a day on: a term by kind and priority."""

    desde = FechaField(
        "Rige para los casos que llegan desde", [required("Elija desde qué día rige.")]
    )

    def terms(self) -> Iterator[tuple[TipoPromesa, Prioridad, Field]]:
        """The fields of the terms."""
        for tipo in TipoPromesa:
            for prioridad in PRIORITIES:
                yield tipo, prioridad, self[term_name(tipo, prioridad)]

    def to_data(self) -> PromesaData:
        """What is promised. Ask after validation."""
        return PromesaData(
            self.desde.value,
            {
                (tipo, prioridad): Lapso.parse(field.data)
                for tipo, prioridad, field in self.terms()
                if field.data
            },
        )


def term_name(tipo: TipoPromesa, prioridad: Prioridad) -> str:
    """The name of the field of a term."""
    return f"{tipo.value}_{prioridad.value}"


def form_of(promesa: Promesa | None, today: date, **kwargs: Any) -> PromesaForm:
    """The form as it stands, with what holds now and today as the day from which it would."""
    data: dict[str, Any] = {"desde": today}
    if promesa is not None:
        for tipo in TipoPromesa:
            for prioridad in Prioridad:
                lapso = promesa.term(tipo, prioridad)
                data[term_name(tipo, prioridad)] = lapso.text if lapso else ""
    return PromesaForm(data=data, **kwargs)


for _tipo in TipoPromesa:
    for _prioridad in PRIORITIES:
        setattr(
            PromesaForm,
            term_name(_tipo, _prioridad),
            StringField(
                f"{_tipo.label}, prioridad {_prioridad.label.lower()}",
                [at_most(40), parsed_by(Lapso.parse)],
            ),
        )
