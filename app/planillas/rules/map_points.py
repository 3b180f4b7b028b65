"""Where on the map a list says that an address is, and when it was verified there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime

from app.core.clock import SANTIAGO
from app.core.dates import format_fecha_hora
from app.oficios.rules.field_readers import Dato

LAT, LON, MARGIN = "direccion_lat", "direccion_lon", "direccion_exactitud_m"
VERIFIED = "direccion_verificada"
#: The smallest and the greatest number of each, as in the form of an address.
_BOUNDS = {LAT: (-90.0, 90.0), LON: (-180.0, 180.0), MARGIN: (0.0, 100_000.0)}


def tell_verified(moment: datetime) -> str:
    """A moment to the microsecond, by the clock of Santiago and with what that was ahead."""
    return moment.astimezone(SANTIAGO).isoformat(sep=" ")


def read_map_facts(
    texts: Mapping[str, str], *, today: date, has_place: bool, exact: bool
) -> tuple[dict[str, Dato], dict[str, str], set[str]]:
    """Return what can be used of a row's texts, what should be known of it, and what is not used.

    Half a point is none. That an address was verified is taken from Rastro's own file alone
    (``exact``): of any other list nobody here knows it.
    """
    said = {name: text for name in (*_BOUNDS, VERIFIED) if (text := texts.get(name, "").strip())}
    found: dict[str, Dato] = {}
    notes: dict[str, str] = {}
    if has_place:
        for name in _BOUNDS:
            number = _read_number(said.get(name, ""), *_BOUNDS[name])
            if number is not None:
                found[name] = repr(number)
        if not {LAT, LON} <= set(found):
            found = {}
        moment = _read_moment(said.get(VERIFIED, "")) if exact else None
        if moment is not None and moment.date() <= today:
            found[VERIFIED] = moment.isoformat()
            notes[VERIFIED] = (
                "El archivo dice que la dirección se verificó el "
                f"{format_fecha_hora(moment, SANTIAGO)}, y no quién lo hizo."
            )
    return found, notes, set(said) - set(found)


def _read_number(text: str, lowest: float, highest: float) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) and lowest <= number <= highest else None


def _read_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(SANTIAGO) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
