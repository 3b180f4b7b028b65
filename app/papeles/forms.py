"""The form beside a paper: that of a new oficio, filled with what the paper says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request
from wtforms import HiddenField, StringField

from app.direcciones.rules import TipoDireccion
from app.oficios.forms.case_fields import NOTES_MAX
from app.oficios.forms.oficio import NuevoForm
from app.oficios.forms.papel import PapelForm, with_inputs
from app.oficios.rules import TipoPropietario
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos
from app.oficios.service import DireccionData, OficioData, PropietarioData
from app.oficios.service.papel import direccion_of, propietario_of
from app.papeles.rules.propuesta import MOST_ROWS, PapelPropuesto
from app.web.forms import EnumField, at_most


class _RowForm(PapelForm):
    class Meta(PapelForm.Meta):
        """A row is a part of its form, whose token is enough."""

        csrf = False


@with_inputs(GrupoDeCampos.PERSONA)
class OtraPersonaForm(_RowForm):
    """A person beside the first; empty, none."""

    tipo = EnumField("Relación con el vehículo", TipoPropietario, default=TipoPropietario.PRINCIPAL)


@with_inputs(GrupoDeCampos.DIRECCION)
class OtraDireccionForm(_RowForm):
    """An address beside the first; empty, none."""

    tipo = EnumField("Tipo de dirección", TipoDireccion, default=TipoDireccion.DOMICILIO)
    notas = StringField("Notas", [at_most(NOTES_MAX)])


class PapelRevisadoForm(NuevoForm):
    """An oficio as its papers say it, until somebody confirms it; its buffet is the papers'."""

    buffet_id: Any = None
    #: The other paper that is shown along: the certificate of an order, or the order.
    junto = HiddenField()

    def __init__(self, propuesta: PapelPropuesto) -> None:
        told = propuesta.data()
        super().__init__(data=told)
        self.personas = [
            OtraPersonaForm(prefix=prefix, data=_of_row(told, prefix, tipo))
            for prefix, tipo in _rows("persona", "nombre", propuesta.personas)
        ]
        self.direcciones = [
            OtraDireccionForm(prefix=prefix, data=_of_row(told, prefix, tipo))
            for prefix, tipo in _rows("direccion", "direccion", propuesta.direcciones)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each row is judged as the first person and address are."""
        valid = bool(super().validate(extra_validators))
        rows = [row.validate() for row in (*self.personas, *self.direcciones)]
        return valid and all(rows)

    def to_oficio_with(self, conocidos: Mapping[str, str]) -> OficioData:
        """What was confirmed; what came from earlier cases and was left so keeps its mark."""
        data = self.to_oficio()
        left = {
            name: value for name, value in conocidos.items() if (self[name].data or "") == value
        }
        if not left:
            return data
        names = ", ".join(f"{CAMPOS[name].label} ({value})" for name, value in left.items())
        sentence = (
            f"El papel no lo dice; es de un caso anterior de la oficina con esta patente: {names}. "
            "Compárelo con el documento."
        )
        warnings = {**data.advertencias_ingreso, "vehiculo_conocido": sentence}
        return replace(data, advertencias_ingreso=warnings)

    def labels(self) -> dict[str, str]:
        """What each field is called, those of rows with their number."""
        told = {field.name: field.label.text for field in self}
        for rows in (self.personas, self.direcciones):
            for number, row in enumerate(rows, start=2):
                told |= {field.name: f"{field.label.text} {number}" for field in row}
        return told

    def otras_personas(self) -> list[PropietarioData]:
        """The people beside the first."""
        found = (propietario_of(row.papel, row.tipo.value) for row in self.personas)
        return [one for one in found if one]

    def otras_direcciones(self) -> list[DireccionData]:
        """The places beside the first."""
        found = (
            direccion_of(row.papel, row.tipo.value, row.notas.data or None)
            for row in self.direcciones
        )
        return [one for one in found if one]


def _rows(kind: str, first: str, tipos: Any) -> list[tuple[str, str]]:
    """The prefix of each row and what it is: those that are proposed, or that were sent."""
    sent = [n for n in range(2, MOST_ROWS + 2) if f"{kind}_{n}_{first}" in request.form]
    count = max(len(tipos), max(sent, default=1) - 1)
    return [
        (f"{kind}_{place + 2}_", tipos[place] if place < len(tipos) else "")
        for place in range(count)
    ]


def _of_row(told: dict[str, object], prefix: str, tipo: str) -> dict[str, object]:
    row = {
        name.removeprefix(prefix): value for name, value in told.items() if name.startswith(prefix)
    }
    return {**row, "tipo": tipo} if tipo else row
