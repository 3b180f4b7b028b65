"""What the board is asked: deeds for one card or many, and the filters of its address."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

from wtforms import Field, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import NumberRange, Optional, Regexp, StopValidation

from app.core.text import clean_text
from app.oficios.rules import OPEN_STATES, Estado, Prioridad
from app.oficios.service import Move
from app.promesas.rules import ASKED_FOR
from app.tablero.rules import BULK_LIMIT, BoardFilter, Carril, ColumnaLista, Densidad, Lote
from app.tablero.service import Bulk
from app.web.forms import EnumField, Form, WholeField, at_most, required

#: Pattern of a number that fits every database's integer.
_WHOLE_NUMBER = r"^[0-9]{1,9}$"
_PLACE = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,9})")
_CARD = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_WHOLE_OR_NOTHING = r"^[0-9]{0,9}$"
#: Maximum characters of a search; longer text is cut.
SEARCH_LIMIT = 100
#: Maximum of a filter by days.
_MOST_DAYS = 3650
_UNREADABLE = "no se entiende. Recargue la página e inténtelo otra vez."


class CardsField(Field):
    """The selected cards: the same name as often as there are cards."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep all of them; one given twice is the same card."""
        self.data = list(dict.fromkeys(valuelist))

    def pre_validate(self, form: Form) -> None:
        """Say what to do when nothing is selected, or too much."""
        if not self.data:
            raise StopValidation("Seleccione al menos una.")
        if len(self.data) > BULK_LIMIT:
            raise StopValidation(f"Seleccione {BULK_LIMIT} como máximo.")
        if not all(re.fullmatch(_CARD, text) for text in self.data):
            raise StopValidation(_UNREADABLE)


class OptionalEnumField(EnumField):
    """A member of an enum that may be missing, because another button was pressed."""

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not on the list, but not that nothing is there."""
        if self.raw_data:
            super().pre_validate(form)


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


class UndoForm(MoveForm):
    """The last move taken back: the column it came from, and the card above it there."""


class AssignForm(Form):
    """A card entrusted to somebody of the firm; nothing is nobody."""

    investigador = StringField(
        "Investigador", [Optional(), Regexp(_WHOLE_NUMBER, message=_UNREADABLE)]
    )

    @property
    def usuario_id(self) -> int | None:
        """Whom the case is entrusted to. Ask after validation."""
        return int(self.investigador.data) or None if self.investigador.data else None


class PriorityForm(Form):
    """How soon a card wants attention."""

    prioridad = EnumField("Prioridad", Prioridad)


class CardCheckForm(Form):
    """A card whose gantries are asked, and why."""

    consultar = StringField("Motivo de la consulta", [at_most(200)])


class BulkForm(Form):
    """One deed for several cards: ``oficio`` fields of ``<id>`` or ``<id>.<version>``.

    Each deed is one button, so that no script is needed to choose it: a column, a person (or
    nobody), a priority, or the gantries.
    """

    oficio = CardsField("Tarjetas")
    deeds = ("estado", "investigador", "prioridad", "consultar")
    estado = OptionalEnumField("Columna", Estado)
    investigador = StringField("Investigador", [Regexp(_WHOLE_OR_NOTHING, message=_UNREADABLE)])
    prioridad = OptionalEnumField("Prioridad", Prioridad)
    #: Reason of the look-up, kept in the log of look-ups.
    consultar = StringField("Motivo de la consulta", [at_most(200)])

    def validate_oficio(self, _field: Field) -> None:
        """Refuse a form without a deed: no deed may be done because nothing was said."""
        if not any(self[name].raw_data for name in self.deeds):
            raise StopValidation("Elija qué hacer con lo que seleccionó.")

    def to_command(self) -> Bulk:
        """The command for the service. Ask after validation."""
        cards = dict(_read_card(text) for text in self.oficio.data)
        if self.estado.raw_data:
            return Bulk(Lote.MOVER, cards, estado=self.estado.value)
        if self.prioridad.raw_data:
            return Bulk(Lote.PRIORIZAR, cards, prioridad=self.prioridad.value)
        if self.consultar.raw_data:
            return Bulk(Lote.CONSULTAR, cards, motivo=self.consultar.data or "")
        return Bulk(Lote.ASIGNAR, cards, investigador_id=int(self.investigador.data or 0) or None)


class AspectoForm(Form):
    """How somebody wants to see cases: a density, or the columns of the list."""

    densidad = OptionalEnumField("Densidad", Densidad)
    #: Says that the columns were chosen: a list of boxes without a tick sends nothing else.
    elegidas = StringField("Columnas elegidas", [at_most(1)])
    columna = SelectMultipleField(
        "Columnas",
        choices=[SelectChoice(each.value, each.label) for each in ColumnaLista],
        validate_choice=False,
    )


class VistaForm(Form):
    """A name for the filters that are on."""

    nombre = StringField(
        "Nombre de la vista", [required("Escriba un nombre para la vista."), at_most(60)]
    )
    consulta = StringField("Filtros", [at_most(600)])

    def filter(self) -> BoardFilter:
        """The filters that were on, as the board reads them."""
        return read_filter(dict(parse_qsl(self.consulta.data or "")))


def write_plainly(arguments: Mapping[str, str]) -> str:
    """Arguments as a query string in which words stand as they were typed.

    A view is kept so: a person who is named in its search is found and erased as anywhere else.
    """
    return "&".join(
        f"{_quote_marks(name)}={_quote_marks(value)}" for name, value in arguments.items()
    )


def _quote_marks(text: str) -> str:
    return "".join(quote(letter) if letter in "%&;=+#" else letter for letter in text)


def _limit_field(estado: Estado) -> WholeField:
    return WholeField(
        estado.label,
        [
            Optional(),
            NumberRange(1, 9999, message="Escriba un número de 1 a 9999, o déjelo vacío."),
        ],
    )


class LimitsForm(Form):
    """How many cards each open column should have at most."""

    pendiente = _limit_field(Estado.PENDIENTE)
    investigacion = _limit_field(Estado.INVESTIGACION)
    notificacion = _limit_field(Estado.NOTIFICACION)

    def limits(self) -> dict[Estado, int | None]:
        """The limit of each column; None is without one. Ask after validation."""
        return {estado: self[estado.value].data for estado in OPEN_STATES}


def read_filter(arguments: Mapping[str, str]) -> BoardFilter:
    """The filter in an address; what cannot be read there is left out."""
    prioridad = arguments.get("prioridad", "")
    carriles = arguments.get("carriles", "")
    promesa = arguments.get("promesa", "")
    return BoardFilter(
        mios=arguments.get("mios") == "1",
        prioridad=Prioridad(prioridad) if _is_member(Prioridad, prioridad) else None,
        vence=_days(arguments.get("vence", "")),
        quieto=_days(arguments.get("quieto", "")),
        advertencias=arguments.get("advertencias") == "1",
        promesa=next((one for one in ASKED_FOR if one.value == promesa), None),
        buffet=_number(arguments.get("buffet", "")),
        investigador=_number(arguments.get("investigador", "")),
        q=clean_text(arguments.get("q", ""))[:SEARCH_LIMIT],
        carriles=Carril(carriles) if _is_member(Carril, carriles) else None,
    )


def read_place(text: str) -> tuple[int, int] | None:
    """The rank and the id after which a column goes on; None is its beginning."""
    found = _PLACE.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def _is_member(kind: type[enum.Enum], value: str | None) -> bool:
    return value in {member.value for member in kind}


def _read_card(text: str) -> tuple[int, int | None]:
    pk, _, version = text.partition(".")
    return int(pk), int(version) if version else None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(_WHOLE_NUMBER, text) else None


def _days(text: str) -> int | None:
    days = _number(text)
    return days if days is not None and days <= _MOST_DAYS else None
