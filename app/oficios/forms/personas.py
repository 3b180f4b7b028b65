"""The people of a case."""

from __future__ import annotations

from typing import Any

from wtforms import TextAreaField

from app.oficios.forms.case_fields import NOTES_MAX, add_error
from app.oficios.forms.papel import PapelField, PapelForm, with_inputs
from app.oficios.rules import TipoPropietario
from app.oficios.rules.campos import GrupoDeCampos
from app.oficios.rules.papel import NOBODY
from app.oficios.service import PropietarioData
from app.oficios.service.papel import propietario_of
from app.web.forms import EnumField, at_most


@with_inputs(GrupoDeCampos.PERSONA)
class PersonaForm(PapelForm):
    """A person: known by name, by RUT, or both."""

    nombre: PapelField
    rut: PapelField
    tipo = EnumField("Relación con el vehículo", TipoPropietario, default=TipoPropietario.PRINCIPAL)
    notas = TextAreaField("Notas", [at_most(NOTES_MAX)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Nobody without a name and a number can be looked for."""
        valid = super().validate(extra_validators)
        known = {"propietario_nombre", "propietario_rut"} & set(self.papel.valores)
        if not known and not self.rut.errors and not self.nombre.errors:
            add_error(self.nombre, NOBODY)
            return False
        return valid

    def to_data(self) -> PropietarioData:
        """What was typed, as the service takes it."""
        notas = self.notas.data or None
        found = propietario_of(self.papel, self.tipo.value, notas)
        return found or PropietarioData(tipo=self.tipo.value, notas=notas)
