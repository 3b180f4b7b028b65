"""What a gantry provider is to the rest of the product: a plate goes in, an answer comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from app.avistamientos.rules.crossings import Crossing
from app.consultas.rules.alcance import FuenteAlcance
from app.core.errors import RastroError


@dataclass(frozen=True)
class ProviderAnswer:
    """A whole and readable answer, with the evidence of it.

    ``sha256`` is that of the bytes that came, of which ``raw_body`` is the text.
    """

    status: int
    raw_body: str
    sha256: str
    sightings: tuple[Crossing, ...] = ()
    #: Items that could not be read, each in a sentence; the others count all the same.
    omitted: tuple[str, ...] = ()
    #: What could be read but does not add up.
    advertencias: tuple[str, ...] = ()
    #: It came from the demonstration's own provider, so nobody saw what it tells.
    is_demo: bool = False
    size: int = field(default=0)


class Provider(Protocol):
    """A source of gantry crossings."""

    #: Its value of ``PORTICOS_PROVIDER``; the quota is kept under this name.
    name: str
    #: How late, how much and for how much it tells, until the office corrects it in Ajustes.
    alcance: FuenteAlcance

    def check(self, patente: str) -> ProviderAnswer:
        """Ask for the crossings of a plate.

        Takes up to the configured time; call it outside any transaction. Asking twice is safe.

        Raises:
            ProviderError: there is no usable answer; its text says why, to the office.
        """


class ProviderError(RastroError):
    """The provider gave no usable answer.

    Its text never holds the key, the plate, or anything that the provider wrote.

    ``retry=False``: asking again soon cannot help. ``delay``: when to ask again. With
    ``is_throttled`` the provider wants to be left alone by everybody for that long.
    """

    def __init__(
        self,
        cause: str,
        *,
        retry: bool = True,
        delay: timedelta | None = None,
        is_throttled: bool = False,
    ) -> None:
        super().__init__(cause)
        self.retry = retry
        self.delay = delay
        self.is_throttled = is_throttled
