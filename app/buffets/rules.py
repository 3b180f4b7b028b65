"""The token of a magic link, and how a buffet is told of its milestones."""

from __future__ import annotations

import enum

from app.core import firma


class ModoHitos(enum.Enum):
    """How a buffet wants to be told of the milestones of its oficios by mail."""

    NUNCA = "nunca"
    AL_MOMENTO = "al_momento"
    SEMANAL = "semanal"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {
            "nunca": "No enviar correos",
            "al_momento": "Un correo cuando ocurre algo",
            "semanal": "Un resumen los lunes a las 8:00",
        }[self.value]


class OrigenModo(enum.Enum):
    """Where it was chosen how a buffet is told."""

    OFICINA = "oficina"
    TABLERO = "tablero"
    CORREO = "correo"

    @property
    def told(self) -> str:
        """Who chose it, for people of the office to read."""
        return {
            "oficina": "Lo eligió la oficina",
            "tablero": "Lo eligió el buffet en su tablero",
            "correo": "El buffet dejó los correos desde el enlace de uno",
        }[self.value]


def make_token(selector: str, secret: str) -> str:
    """The token of the link to a buffet's dashboard."""
    return firma.make_token(selector, secret, purpose="enlace")


def read_token(token: str, secret: str) -> str | None:
    """The selector of such a token, else None."""
    return firma.read_token(token, secret, purpose="enlace")


def make_leave_token(buffet_id: int, secret: str) -> str:
    """The token of the link with which a buffet stops the mails about its milestones."""
    return firma.make_token(str(buffet_id), secret, purpose="baja")


def read_leave_token(token: str, secret: str) -> int | None:
    """The buffet that such a token is of, else None."""
    buffet_id = firma.read_token(token, secret, purpose="baja")
    return int(buffet_id) if buffet_id else None
