"""What was not seen, in sentences that claim no more than the sources can know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from app.consultas.rules.alcance import FuenteAlcance
from app.consultas.rules.vouched_spans import Tramo
from app.core.clock import local_today, to_local
from app.core.dates import format_fecha
from app.patrones.rules import Paso
from app.patrones.rules.coverage import stretches, whole_days
from app.patrones.rules.summary import WEEKS

#: The analysis covers a limited time; silence before it is not reported.
_BACK = timedelta(weeks=WEEKS)
#: Most roads that are named one by one; of more, only their number is given.
_ROADS = 3


def what_was_not_seen(
    pasos: Sequence[Paso],
    tramos: Sequence[Tramo],
    *,
    now: datetime,
    reach_of: Callable[[str], FuenteAlcance],
) -> list[str]:
    """Since the last crossing, the times without one, and those of which nobody can tell.

    Empty while no source was asked. ``reach_of`` gives the reach of a source that is looked up.
    """
    today = local_today(now)
    lookups = [tramo for tramo in tramos if not _is_list(tramo)]
    sentences = []
    for fuente in dict.fromkeys(tramo.fuente for tramo in lookups):
        own = [tramo for tramo in lookups if tramo.fuente == fuente]
        sentences += _of_source(pasos, own, reach_of(fuente), today)
    for tramo in tramos:
        if _is_list(tramo):
            sentences += _of_list(pasos, tramo, today)
    return [*sentences, *_of_gaps(pasos, tramos, today)]


def who_was_asked(
    tramos: Sequence[Tramo], *, reach_of: Callable[[str], FuenteAlcance]
) -> list[str]:
    """The sources that could have told of a vehicle, in words, each with what it tells of."""
    names = []
    for tramo in tramos:
        if _is_list(tramo):
            names.append(f"listado de {_named(tramo)}" if tramo.vias else "un listado")
        else:
            what = reach_of(tramo.fuente).cobertura.label
            names.append(f"«{tramo.fuente}» ({what[0].lower()}{what[1:]})")
    return list(dict.fromkeys(names))


def _named(tramo: Tramo) -> str:
    roads = sorted(tramo.vias)
    return ", ".join(roads) if len(roads) <= _ROADS else f"{len(roads)} vías"


def _is_list(tramo: Tramo) -> bool:
    return tramo.fuente.startswith("listado:")


def _of_source(
    pasos: Sequence[Paso], tramos: Sequence[Tramo], alcance: FuenteAlcance, today: date
) -> list[str]:
    last = max(to_local(tramo.hasta).date() for tramo in tramos)
    since = max(
        min(to_local(tramo.desde).date() for tramo in tramos),
        today - _BACK,
        _after_last(paso.fecha for paso in pasos if paso.es_corredor),
    )
    known = whole_days(tramos, since, last)
    what = "pasadas sin TAG" if alcance.only_without_tag else "pasadas"
    sentences = []
    if known:
        limit = "; con TAG esta fuente no ve" if alcance.only_without_tag else ""
        sentences.append(f"Sin {what} {_between(known)}{limit}.")
    first_unknown = max(known[-1] + timedelta(days=1) if known else last, since)
    if alcance.desde_dia and first_unknown <= today:
        sentences.append(
            f"Desde el {format_fecha(first_unknown)} todavía no se sabe: la fuente cuenta una "
            f"pasada desde el día {alcance.desde_dia}."
        )
    return sentences


def _of_list(pasos: Sequence[Paso], tramo: Tramo, today: date) -> list[str]:
    """The time that a list covers after the last crossing of its roads."""
    mine = (paso.fecha for paso in pasos if paso.fuente == tramo.fuente or paso.via in tramo.vias)
    since = max(to_local(tramo.desde).date(), today - _BACK, _after_last(mine))
    known = whole_days([tramo], since, to_local(tramo.hasta).date())
    if not known:
        return []
    whose = f" de {_named(tramo)}" if tramo.vias else ""
    return [f"Según el listado{whose}, sin pasadas {_between(known)}; de otras vías no dice nada."]


def _of_gaps(pasos: Sequence[Paso], tramos: Sequence[Tramo], today: date) -> list[str]:
    """The days between others that are known of which no source could tell."""
    if not tramos:
        return []
    first = max(min(to_local(tramo.desde).date() for tramo in tramos), today - _BACK)
    last = max(to_local(tramo.hasta).date() for tramo in tramos)
    if last < first:
        return []
    touched = {
        start + timedelta(days=number)
        for tramo in tramos
        for start, end in [(to_local(tramo.desde).date(), to_local(tramo.hasta).date())]
        for number in range((end - start).days + 1)
    }
    touched |= {paso.fecha for paso in pasos}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    unknown = [day for day in days if day not in touched]
    if not unknown:
        return []
    return [f"De lo que pasó {_between(unknown)} no dice nada ninguna fuente: no se sabe."]


def _after_last(days: Iterable[date]) -> date:
    last = max(days, default=date.min)
    return last if last == date.min else last + timedelta(days=1)


def _between(days: Sequence[date]) -> str:
    """«entre el 28-10-2026 y el 16-11-2026»; a day alone is «el 16-11-2026»."""
    parts = [
        f"el {format_fecha(first)}"
        if first == last
        else f"entre el {format_fecha(first)} y el {format_fecha(last)}"
        for first, last in stretches(days)
    ]
    return ", y ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
