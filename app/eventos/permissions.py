"""What a buffet is told of what happens to its cases, live and by webhook alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.eventos.rules import TipoEvento

#: Steps and milestones, with what may come along. An entry of the bitácora, or a change of anything
#: else, would tell when the office works and at what.
_TOLD: dict[str, frozenset[str]] = {
    TipoEvento.CREADO.value: frozenset(),
    TipoEvento.ESTADO.value: frozenset({"de", "a"}),
    TipoEvento.UBICADO.value: frozenset({"de", "a"}),
    TipoEvento.NOTIFICADO.value: frozenset(),
    # Always the one below. A message is cut when it is stored and again when it is sent.
    TipoEvento.RESPONDIDO.value: frozenset({"respuesta"}),
    TipoEvento.CERRADO.value: frozenset({"de", "a"}),
}
#: The one answer of a receptor that is a milestone.
_DONE = "diligenciado"


def message_for_buffet(message: Mapping[str, Any], buffet_id: int) -> dict[str, Any] | None:
    """An event, as programs read it, with what its buffet may know; None when that is nothing.

    A reminder or a copy of a notice, and what else a receptor answers, are no milestones.
    """
    told = _TOLD.get(str(message.get("tipo")))
    datos = message.get("datos") or {}
    if told is None or message.get("buffet_id") != buffet_id or datos.get("repetido"):
        return None
    if message["tipo"] == TipoEvento.RESPONDIDO.value and datos.get("respuesta") != _DONE:
        return None
    return {**message, "datos": {name: datos[name] for name in sorted(told & datos.keys())}}
