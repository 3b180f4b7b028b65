"""What the board is asked: a drop, and the filters of its address."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wtforms import StringField
from wtforms.validators import Optional, Regexp

from app.core.texto import clean_text
from app.oficios.rules import Estado
from app.oficios.service import Move
from app.tablero.rules import BoardFilter
from app.web.forms import EnumField, Form, required

#: What every database's integer holds.
_WHOLE_NUMBER = r"^[0-9]{1,9}$"
_PLACE = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,9})")
_SEARCH_LIMIT = 100
_UNREADABLE = "no se entiende. Recargue la página e inténtelo otra vez."


class MoveForm(Form):
    """A drop: the column, the version that was seen, and the card above."""

    estado = EnumField("Columna", Estado)
    version = StringField(
        "Versión de la tarjeta",
        [required(_UNREADABLE), Regexp(_WHOLE_NUMBER, message=_UNREADABLE)],
    )
    despues_de = StringField(
        "Lugar de la tarjeta", [Optional(), Regexp(_WHOLE_NUMBER, message=_UNREADABLE)]
    )

    def to_move(self) -> Move:
        """The command for the service. Ask after validation."""
        return Move(
            estado=self.estado.value,
            version=int(self.version.data),
            despues_de=int(self.despues_de.data) if self.despues_de.data else None,
        )


def read_filter(arguments: Mapping[str, str]) -> BoardFilter:
    """The filter in an address; what cannot be read there is left out."""
    return BoardFilter(
        mios=arguments.get("mios") == "1",
        urgentes=arguments.get("urgentes") == "1",
        buffet=_number(arguments.get("buffet", "")),
        investigador=_number(arguments.get("investigador", "")),
        q=clean_text(arguments.get("q", ""))[:_SEARCH_LIMIT],
    )


def read_place(text: str) -> tuple[int, int] | None:
    """The rank and the id after which a column goes on; None is its beginning."""
    found = _PLACE.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(_WHOLE_NUMBER, text) else None
