"""States of a job and how long a failed one waits."""

from __future__ import annotations

import enum
from datetime import timedelta

#: Seconds before the second, third and fourth attempt.
BACKOFF_SECONDS = (60, 120, 240)
MAX_ATTEMPTS = len(BACKOFF_SECONDS) + 1

#: A person's click goes before the hourly sweep.
PRIORITY_PERSON = 10
PRIORITY_SWEEP = 0


class EstadoTrabajo(enum.Enum):
    """Where a job stands. ``api-v1.md`` names the same words."""

    PENDIENTE = "pendiente"
    PROGRAMADO = "programado"
    EJECUTANDO = "ejecutando"
    HECHO = "hecho"
    FALLIDO = "fallido"
    CANCELADO = "cancelado"
    INCIERTA = "incierta"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.value.capitalize()


WAITING_STATES = (EstadoTrabajo.PENDIENTE, EstadoTrabajo.PROGRAMADO)
OPEN_STATES = (*WAITING_STATES, EstadoTrabajo.EJECUTANDO)
RETRYABLE_STATES = (EstadoTrabajo.FALLIDO, EstadoTrabajo.CANCELADO)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of failed attempts (1 or more)."""
    index = min(attempts, len(BACKOFF_SECONDS)) - 1
    return timedelta(seconds=BACKOFF_SECONDS[index])
