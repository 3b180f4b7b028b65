"""The bar over board, list and day: which filters are on, in words, each with its way off."""

from __future__ import annotations

from typing import NamedTuple

from app.promesas.rules import EstadoPromesa
from app.tablero.queries import Choices
from app.tablero.rules import NOBODY, BoardFilter

#: How a filter by a promise is called, on its chip and in the menu.
_PROMISE_WORDS = {
    EstadoPromesa.EN_RIESGO: "Promesa en riesgo",
    EstadoPromesa.VENCIDA: "Promesa vencida",
    EstadoPromesa.DETENIDA: "Reloj detenido",
}
PROMISE_CHOICES = tuple((estado.value, text) for estado, text in _PROMISE_WORDS.items())


class ActiveFilter(NamedTuple):
    """A filter that is on, and the arguments of the address without it."""

    text: str
    arguments: tuple[tuple[str, str], ...]


def list_active(board_filter: BoardFilter, choices: Choices) -> list[ActiveFilter]:
    """The filters that are on, in the order of the menu that sets them."""
    people = {**dict(choices.people + choices.former), NOBODY: "Sin asignar"}
    prioridad, vence, quieto = board_filter.prioridad, board_filter.vence, board_filter.quieto
    promesa = board_filter.promesa
    buffet, investigador = board_filter.buffet, board_filter.investigador
    said = {
        "q": f"«{board_filter.q}»" if board_filter.q else "",
        "mios": "Mis casos" if board_filter.mios else "",
        "vence": "" if vence is None else f"Vencen en {_days(vence)}",
        "promesa": _PROMISE_WORDS[promesa] if promesa else "",
        "quieto": "" if quieto is None else f"Sin actividad {_days(quieto)}",
        "prioridad": f"Prioridad {prioridad.label.lower()}" if prioridad else "",
        "advertencias": "Con advertencias" if board_filter.advertencias else "",
        "buffet": "" if buffet is None else dict(choices.buffets).get(buffet, "Otro buffet"),
        "investigador": "" if investigador is None else people.get(investigador, "Otra persona"),
    }
    default = BoardFilter()
    return [
        ActiveFilter(text, tuple(board_filter.having(**{name: getattr(default, name)}).items()))
        for name, text in said.items()
        if text
    ]


def _days(number: int) -> str:
    return f"{number} {'día' if number == 1 else 'días'}"
