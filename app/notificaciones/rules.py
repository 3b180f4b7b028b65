"""Kinds and states of a notice, and what may be done with one."""

from __future__ import annotations

import enum


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
