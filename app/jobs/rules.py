"""States of a job and how long a failed one waits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.labels import Labelled

#: Seconds before the second, third and fourth attempt.
BACKOFF_SECONDS = (60, 120, 240)
MAX_ATTEMPTS = len(BACKOFF_SECONDS) + 1

#: A person's click goes before the hourly sweep.
PRIORITY_PERSON = 10
PRIORITY_SWEEP = 0


class EstadoTrabajo(Labelled):
    """Where a job stands. ``api-v1.md`` names the same words."""

    PENDIENTE = "pendiente", "En espera", "info", "hourglass"
    PROGRAMADO = "programado", "Programado", "neutral", "clock"
    EJECUTANDO = "ejecutando", "En curso", "primary", "player-play"
    HECHO = "hecho", "Hecho", "ok", "circle-check"
    FALLIDO = "fallido", "Fallido", "danger", "circle-x"
    CANCELADO = "cancelado", "Cancelado", "neutral", "ban"
    INCIERTA = "incierta", "Incierto", "warn", "alert-triangle"


WAITING_STATES = (EstadoTrabajo.PENDIENTE, EstadoTrabajo.PROGRAMADO)
OPEN_STATES = (*WAITING_STATES, EstadoTrabajo.EJECUTANDO)
#: How a job ends that somebody worked at.
ENDED_STATES = (EstadoTrabajo.HECHO, EstadoTrabajo.FALLIDO, EstadoTrabajo.INCIERTA)
RETRYABLE_STATES = (EstadoTrabajo.FALLIDO, EstadoTrabajo.CANCELADO)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of failed attempts (1 or more)."""
    index = min(attempts, len(BACKOFF_SECONDS)) - 1
    return timedelta(seconds=BACKOFF_SECONDS[index])


def waited(
    created_at: datetime,
    ejecutar_desde: datetime,
    iniciado_at: datetime,
    first_attempt_at: datetime | None = None,
) -> float:
    """Seconds that a job waited before its first attempt.

    ``iniciado_at`` is when a worker first took it, ``first_attempt_at`` when it was taken for the
    attempt that counts: later, if it had to wait for its turn at a provider, which is waiting too.
    A job that was asked for at a later moment waits from that moment.
    """
    if first_attempt_at is not None and first_attempt_at > iniciado_at:
        return (first_attempt_at - created_at).total_seconds()
    is_for_later = created_at <= ejecutar_desde <= iniciado_at
    return (iniciado_at - (ejecutar_desde if is_for_later else created_at)).total_seconds()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least that share of them does not exceed (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values, no percentile")
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]
