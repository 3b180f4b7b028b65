"""What the parts of the page show: the live list, the state of things, the charts, one job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from app.consultas.queries.usage import read_usage
from app.core.clock import to_local
from app.core.dates import format_fecha, format_fecha_hora
from app.extensions import current_config
from app.jobs.permissions import ALSO_ASKED
from app.jobs.pulse import is_heard
from app.jobs.queries import list_consumers
from app.jobs.rules import EstadoTrabajo
from app.jobs.stats import day_edges, hour_edges, list_stretches
from app.trabajos.queries import (
    TrabajoLine,
    count_folded,
    count_states,
    ids_statement,
    list_attempts,
    list_decisions,
    list_lines,
    names_of,
)
from app.trabajos.rules import BULK_LIMIT, PAGE_SIZE, Accion, JobFilter
from app.web.pagination import Page, paginate

#: Consumers that stopped and are still shown; each restart may leave one for a day.
DEAD_SHOWN = 2
#: The charts' stretches by the word in the address.
PERIODS = {"24h": "24 horas", "30d": "30 días"}
#: The chips, in the order in which work passes through them.
STATES = (
    EstadoTrabajo.EJECUTANDO,
    EstadoTrabajo.PENDIENTE,
    EstadoTrabajo.PROGRAMADO,
    EstadoTrabajo.HECHO,
    EstadoTrabajo.FALLIDO,
    EstadoTrabajo.INCIERTA,
    EstadoTrabajo.CANCELADO,
)
#: How the arguments of jobs are called on screen.
_ARGUMENTS = {
    "notificacion_id": "Aviso",
    "cupo": "Turno ante el proveedor",
    ALSO_ASKED: "También lo pidieron",
}


@dataclass(frozen=True)
class ListPage(Page):
    """A page of the list; its links lead there also from the answer to an action."""

    arguments: dict[str, str] = field(default_factory=dict)

    def url_for(self, number: int) -> str:
        """The address of another page under the same filters."""
        return address({**self.arguments, "pagina": str(number)})


def address(arguments: Mapping[str, str]) -> str:
    """The address of the list under some filters."""
    query = urlencode(arguments)
    return f"{url_for('trabajos.index')}?{query}" if query else url_for("trabajos.index")


def live_context(job_filter: JobFilter, now: datetime) -> dict[str, Any]:
    """The list under a filter, with the counts of every state."""
    page = paginate(ids_statement(job_filter), size=PAGE_SIZE)
    counts = count_states(job_filter)
    listed = {**job_filter.arguments(), "pagina": str(page.number)}
    return {
        "job_filter": job_filter,
        "page": ListPage(
            page.rows,
            page.number,
            page.total,
            page.size,
            job_filter.arguments(),
            follows=page.follows,
        ),
        "listed": listed,
        "lines": list_lines(page.rows, now=now),
        "counts": counts,
        "total": sum(counts.values()),
        "estados": STATES,
        "acciones": list(Accion),
        "bulk_limit": BULK_LIMIT,
        "folded": count_folded() if job_filter.folds else None,
        "decisions": list_decisions(now) if job_filter.folds and page.number == 1 else [],
    }


def summary_context(now: datetime) -> dict[str, Any]:
    """Who works, how the last hour went, and what is left of the provider's quota."""
    config = current_config()
    consumers = [(consumer, is_heard(consumer, now)) for consumer in list_consumers()]
    living = sum(alive for _, alive in consumers)
    return {
        # The newest come first, so that the dead follow the living.
        "consumers": consumers[: living + DEAD_SHOWN],
        "more_dead": max(0, len(consumers) - living - DEAD_SHOWN),
        "last_hour": list_stretches([now - timedelta(hours=1), now])[0],
        "configured": config.provider_configured,
        "usage": read_usage(
            config.porticos_provider,
            limit=config.provider_quota,
            seconds=config.provider_quota_seconds,
            now=now,
        ),
    }


def charts_context(period: str, now: datetime) -> dict[str, Any]:
    """What ended in each hour of a day, or each day of a month."""
    period = period if period in PERIODS else "24h"
    edges = hour_edges(now) if period == "24h" else day_edges(now)
    stretches = list_stretches(edges)
    return {
        "period": period,
        "periods": PERIODS,
        "stretches": list(zip(_labels(edges[:-1], period), stretches, strict=True)),
        "ended": sum(stretch.total for stretch in stretches),
    }


def detail_context(line: TrabajoLine) -> dict[str, Any]:
    """One job with its arguments and attempts."""
    return {
        "line": line,
        "trabajo": line.trabajo,
        "attempts": list_attempts(line.trabajo.id),
        "arguments": [
            (_ARGUMENTS[name], _argument(name, value))
            for name, value in line.trabajo.argumentos.items()
            if name in _ARGUMENTS
        ],
        "codes": [
            f"{name}: {value}"
            for name, value in line.trabajo.argumentos.items()
            if name not in _ARGUMENTS
        ],
        "acciones": [accion for accion in Accion if accion.fits(line.trabajo.estado)],
    }


def _labels(starts: Sequence[datetime], period: str) -> list[str]:
    local = [to_local(start) for start in starts]
    if period == "24h":
        return [f"{moment:%H:%M}" for moment in local]
    return [format_fecha(moment.date())[:5] for moment in local]


def _argument(name: str, value: Any) -> str:
    if name == ALSO_ASKED:
        return ", ".join(names_of(value))
    if name == "cupo":
        return format_fecha_hora(datetime.fromisoformat(value))
    return str(value)
