"""The form of the public policy: a text for each of its items."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import Field, HiddenField, TextAreaField

from app.cumplimiento.rules.politica import ITEM_MAX, PUNTOS
from app.web.forms import Form, at_most


class PoliticaForm(Form):
    """The texts of a version. ``with_items`` adds their fields."""

    #: What was shown when the form was opened (``policy_seal``).
    version = HiddenField()

    @classmethod
    def with_items(cls, textos: Mapping[str, str], seal: str) -> PoliticaForm:
        """The form with these texts, or with what was sent."""
        fields = {
            _name(each.letra): TextAreaField(f"{each.letra}) {each.titulo}", [at_most(ITEM_MAX)])
            for each in PUNTOS
        }
        made: type[PoliticaForm] = type("_PoliticaForm", (cls,), fields)
        start = {_name(letra): texto for letra, texto in textos.items()}
        return made(data={**start, "version": seal})

    def item(self, letra: str) -> Field:
        """The field of an item."""
        return self[_name(letra)]

    def to_textos(self) -> dict[str, str]:
        """What was typed, by letter."""
        return {each.letra: (self.item(each.letra).data or "").strip() for each in PUNTOS}


def _name(letra: str) -> str:
    return f"texto_{letra}"
