"""Kinds and states of a notice, and what may be done with one."""

from __future__ import annotations

import enum
import re
from datetime import timedelta

#: The name of the job in the ledger.
SEND_JOB = "notificaciones.enviar"
#: On the wire, photos included. Most servers of receivers refuse more than 20 or 25 MB.
MAX_MAIL_BYTES = 15 * 1024 * 1024
MESSAGE_MAX = 4000
#: How long a preview that nobody sent is kept.
DRAFT_LIFE = timedelta(days=1)

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


class TipoNotificacion(enum.Enum):
    """Whom a notice is for."""

    RECEPTOR_JUDICIAL = "receptor_judicial"
    BUFFET = "buffet"
    INTERNA = "interna"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {
            "receptor_judicial": "Receptor judicial",
            "buffet": "Buffet",
            "interna": "Interna",
        }[self.value]


class EstadoNotificacion(enum.Enum):
    """How far a notice came.

    ``enviando`` is committed before the mail server is spoken to. A notice that stays there
    because the process died becomes ``incierta``: it may have arrived, so only a person decides.
    """

    PENDIENTE = "pendiente"
    ENVIANDO = "enviando"
    ENVIADA = "enviada"
    INCIERTA = "incierta"
    FALLIDA = "fallida"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.value.capitalize()


#: The mail has not gone and may.
STARTABLE = (EstadoNotificacion.PENDIENTE, EstadoNotificacion.FALLIDA)
#: Something is still going to happen by itself.
MOVING = (EstadoNotificacion.PENDIENTE, EstadoNotificacion.ENVIANDO)
#: A person may send it again.
RESENDABLE = (EstadoNotificacion.FALLIDA, EstadoNotificacion.INCIERTA)


def is_key(text: str | None) -> bool:
    """Whether a form's key is one that we made, or as good."""
    return bool(text and _KEY.fullmatch(text))
