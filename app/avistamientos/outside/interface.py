"""What a gantry provider is to the rest of the product: a plate goes in, an answer comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from app.avistamientos.rules.alcance import FuenteAlcance
from app.core.clock import read_local
from app.core.errors import RastroError


@dataclass(frozen=True)
class Sighting:
    """A crossing as the provider tells it. Texts are clean and fit their columns."""

    #: The day on the clock of its place.
    fecha: date
    #: The moment in UTC, or None when the provider says only the day.
    fecha_hora: datetime | None = None
    ubicacion: str | None = None
    empresa: str | None = None
    #: Whole pesos.
    monto: int | None = None
    #: By field, what the source wrote that could not be read or does not add up.
    advertencias_ingreso: Mapping[str, str] = field(default_factory=dict)
    #: What a clock showed, when the source said no offset; its place tells which clock that was.
    escrita: datetime | None = field(default=None, compare=False)

    def values(self) -> dict[str, Any]:
        """What a row keeps of it."""
        kept = dict(vars(self), advertencias_ingreso=dict(self.advertencias_ingreso))
        del kept["escrita"]
        return kept

    def read_in(self, zone: ZoneInfo) -> Sighting:
        """The crossing with its hour read on the clock of that zone."""
        if self.escrita is None:
            return self
        reading = read_local(self.escrita, zone)
        kept = {k: text for k, text in self.advertencias_ingreso.items() if k != "fecha_hora"}
        if reading.duda:
            kept["fecha_hora"] = reading.duda
        return replace(
            self, fecha=self.escrita.date(), fecha_hora=reading.moment, advertencias_ingreso=kept
        )


@dataclass(frozen=True)
class ProviderAnswer:
    """A whole and readable answer, with the evidence of it.

    ``sha256`` is that of the bytes that came, of which ``raw_body`` is the text.
    """

    status: int
    raw_body: str
    sha256: str
    sightings: tuple[Sighting, ...] = ()
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
