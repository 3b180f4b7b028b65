"""Live state of the bell for open pages: one query per process serves all listeners."""

from __future__ import annotations

from collections.abc import Sequence

from app.avisos.queries import Campana, bells_state, read_bells
from app.web.streaming import Listener, Source

#: The name of the source.
BELLS = "avisos"


class BellSource(Source):
    """Asks for the bells of those who listen, when any notice came or was read."""

    def __init__(self) -> None:
        self._state: object = None
        self._known: set[int] = set()

    def look(self, listeners: Sequence[Listener]) -> dict[int, Campana] | None:
        """The bells, when something changed or somebody new listens."""
        people = {listener.usuario_id for listener in listeners}
        state = bells_state(people)
        if state == self._state and people <= self._known:
            return None
        self._state, self._known = state, people
        return read_bells(people)

    def recent(self) -> None:
        """Nothing: whoever comes is asked for at the next look."""
