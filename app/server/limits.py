"""Limits of time, size and number for one client of a process."""

from __future__ import annotations

import resource
from dataclasses import dataclass

#: Bytes per second below which a body, or the reading of an answer, counts as stalled.
SLOWEST = 2048
#: Bytes of a request's line and headers.
LARGEST_HEAD = 64 * 1024
#: Bytes of a body or an answer that stay in memory; the rest goes to a temporary file.
IN_MEMORY = 1024 * 1024
#: Bytes of bodies on disk that are not yet whole, of all clients together.
LARGEST_SPOOL = 4 * 1024**3
#: Requests that wait for a thread; more are told to come back.
LONGEST_QUEUE = 500
#: Seconds that a refused client has to read why, while what it still sends is thrown away.
LINGER = 5.0
#: Seconds that a connection may be open without a request.
IDLE = 65
#: File descriptors reserved for everything but connections: database, files, pipes.
_RESERVED = 200
_MOST_CONNECTIONS = 20_000

#: What a person reads who is refused before the application is asked.
SENTENCES = {
    400: "La solicitud no se entiende.",
    408: "La solicitud no llegó completa a tiempo. Revise su conexión e inténtelo otra vez.",
    413: "Lo que envía es demasiado grande. Elija un archivo más pequeño.",
    431: "La solicitud trae encabezados demasiado grandes.",
    503: "Hay demasiadas solicitudes a la vez. Espere unos segundos e inténtelo otra vez.",
    507: "No hay espacio en el servidor para recibir lo que envía. Avise a quien lo administra.",
}


@dataclass(frozen=True)
class Patience:
    """How long a request may take to arrive.

    ``seconds`` for its head, and again for its body; a body of more than a form may take longer as
    long as it comes at ``SLOWEST`` on average.
    """

    seconds: float

    def left(self, elapsed: float, received: int) -> float:
        """Seconds until a body counts as stalled; zero or less when it does."""
        return self.seconds + received / SLOWEST - elapsed


def raise_descriptors() -> int:
    """Let this process open as many files as it may; return how many connections that allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _RESERVED
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    else:
        wanted = min(soft, wanted) if soft != resource.RLIM_INFINITY else wanted
    return max(50, wanted - _RESERVED)
