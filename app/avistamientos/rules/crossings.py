"""Crossings as a source tells them, before they are stored as sightings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.avistamientos.rules import Fuente, sighting_key
from app.core.clock import latest_today, read_local

#: Clocks of gantries and servers differ; what lies further ahead was not seen.
CLOCK_TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True)
class Crossing:
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

    def read_in(self, zone: ZoneInfo) -> Crossing:
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


def with_keys(sightings: Iterable[Crossing]) -> list[tuple[str, Crossing]]:
    """Each sighting with its key; those that are told twice in one answer come once."""
    alike: Counter[str] = Counter()
    found: dict[str, Crossing] = {}
    for item in sightings:
        facts = (Fuente.PORTICO, item.fecha, item.fecha_hora, item.ubicacion)
        plain = sighting_key(*facts, item.empresa, item.monto)
        alike[plain] += 1
        key = sighting_key(*facts, item.empresa, item.monto, ordinal=alike[plain])
        found.setdefault(key, item)
    return list(found.items())


def is_ahead(item: Crossing, now: datetime) -> bool:
    """Whether a crossing lies in the future, so that nobody saw it."""
    if item.fecha_hora is not None:
        return item.fecha_hora > now + CLOCK_TOLERANCE
    return item.fecha > latest_today(now)
