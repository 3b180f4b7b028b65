"""How much of a long job one transaction does, told by how long the last one took."""

from __future__ import annotations

#: Seconds that a transaction of a long job should hold what others wait for. A list of 5,000 orders
#: is stored in a few dozen of them, and who writes meanwhile waits for one of them at most.
HELD = 0.2


class Pace:
    """How many things the next transaction does, so that it takes about :data:`HELD` seconds.

    It begins with a number that is safe on a slow machine. A busy machine makes it smaller, an idle
    one larger, by at most half and twice as much at a time.
    """

    def __init__(self, first: int, *, least: int, most: int = 500) -> None:
        self.size = first
        self._least, self._most = min(first, least), max(first, most)

    def note(self, done: int, seconds: float) -> None:
        """Say how many things the last transaction did, and how long others had to wait for it.

        One that did few, as the last of a job, tells nothing of how long many would take.
        """
        if done * 2 < self.size:
            return
        fits = done * HELD / max(seconds, 0.001)
        wanted = min(max(fits, self.size / 2), self.size * 2)
        self.size = int(min(max(wanted, self._least), self._most))
