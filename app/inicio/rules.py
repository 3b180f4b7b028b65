"""The first day of an installation: six steps that tick themselves, and what is still untried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

#: How long after its first account an installation is new.
NEW_FOR = timedelta(days=60)
#: The setting that says that an admin put the list away.
PUT_AWAY = "inicio.escondido"

#: Parts that somebody tries, by the name of their button on *Estado*.
MAIL = "correo"
PROVIDER = "porticos"


def trial_setting(parte: str) -> str:
    """The name of the setting that remembers what a trial saw."""
    return f"prueba.{parte}"


@dataclass(frozen=True)
class PrimerPaso:
    """One step: what it is, where it is done, and whether it is."""

    clave: str
    titulo: str
    #: What it is good for, while it is not done.
    texto: str
    #: How long it takes.
    dura: str
    endpoint: str
    hecho: bool
    #: What is there now.
    estado: str = ""
    #: It is set up, and nobody knows whether it works.
    sin_probar: bool = False


def say_left(pasos: list[PrimerPaso]) -> str:
    """«2 de 6», and how many are left."""
    done = sum(paso.hecho for paso in pasos)
    left = len(pasos) - done
    if not left:
        return f"{done} de {len(pasos)} · todo listo"
    return f"{done} de {len(pasos)} · {'queda 1' if left == 1 else f'quedan {left}'}"
