"""What an admin decides about the data of a person who is erased."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from app.core.errors import InvalidValue
from app.supresion.rules import Trato
from app.titulares.forms import BuscarForm
from app.titulares.rules.identidad import Buscado
from app.web.forms import Form, at_most, required


class SuprimirForm(BuscarForm):
    """A person, what becomes of each of their cases, and by which request or rule."""

    motivo = StringField(
        "Solicitud o regla",
        [
            required("Escriba el número de la solicitud o la regla por la que se borra."),
            at_most(200),
        ],
    )
    #: One of each for every case, in the same order.
    caso = HiddenField()
    trato = StringField("Qué se hace")
    porque = StringField("Por qué se conserva")
    confirma = HiddenField()

    @property
    def persona(self) -> Buscado | None:
        """Who it is about; None where too little was sent."""
        try:
            return self.to_buscado()
        except InvalidValue:
            return None

    @property
    def tratos(self) -> dict[int, Trato]:
        """What becomes of each case; what cannot be read leaves the case as it is."""
        known = {each.value: each for each in Trato}
        found = zip(self.caso.raw_data or (), self.trato.raw_data or (), strict=False)
        return {
            int(caso): known.get(trato, Trato.CONSERVAR)
            for caso, trato in found
            if caso.isascii() and caso.isdigit() and len(caso) < 10
        }

    @property
    def razones(self) -> dict[int, str]:
        """Why cases stay."""
        found = zip(self.caso.raw_data or (), self.porque.raw_data or (), strict=False)
        return {
            int(caso): text[:300]
            for caso, text in found
            if caso.isascii() and caso.isdigit() and len(caso) < 10
        }


class MencionForm(Form):
    """What an admin decides about one text that probably mentions the person."""

    lugar = HiddenField("Texto", [required("Elija un texto."), at_most(200)])
    decision = HiddenField("Decisión", [required("Elija qué hacer con el texto.")])
