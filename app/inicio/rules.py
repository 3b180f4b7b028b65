"""The first day of an installation: six steps that tick themselves, and what is still untried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.oficios.rules import Estado, Prioridad

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
    #: What the button of the step that comes next says.
    accion: str
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


#: What the numbers of examples begin with.
SAMPLE_NUMBER = "EJEMPLO-"


@dataclass(frozen=True)
class Ejemplo:
    """A case to look at: a vehicle that nobody has, and what somebody wrote of it."""

    marca: str
    modelo: str
    color: str
    comuna: str
    estado: Estado
    prioridad: Prioridad = Prioridad.MEDIA
    nota: str = ""


_NEW, _SEARCHED = Estado.PENDIENTE, Estado.INVESTIGACION
SAMPLES = (
    Ejemplo("Suzuki", "Swift", "blanco", "Ñuñoa", _NEW),
    Ejemplo("Mazda", "CX-5", "gris", "Maipú", _NEW, Prioridad.ALTA),
    Ejemplo("Kia", "Rio", "rojo", "Las Condes", _NEW),
    Ejemplo("Toyota", "Yaris", "negro", "Renca", _NEW, Prioridad.URGENTE),
    Ejemplo("Chevrolet", "Sail", "azul", "La Florida", _NEW),
    Ejemplo("Nissan", "Versa", "plateado", "Puente Alto", _NEW),
    Ejemplo(
        "Ford",
        "Ranger",
        "blanco",
        "San Miguel",
        _SEARCHED,
        Prioridad.ALTA,
        "El conserje dice que el vehículo sale temprano.",
    ),
    Ejemplo("Hyundai", "Accent", "gris", "Maipú", _SEARCHED, nota="No estaba a esta hora."),
    Ejemplo(
        "Peugeot",
        "208",
        "rojo",
        "Ñuñoa",
        _SEARCHED,
        Prioridad.URGENTE,
        "Coincide el color; falta confirmar la patente de cerca.",
    ),
    Ejemplo("Mitsubishi", "L200", "negro", "Renca", _SEARCHED),
    Ejemplo("Renault", "Duster", "azul", "Las Condes", _SEARCHED, nota="Volver por la tarde."),
    Ejemplo("Suzuki", "Baleno", "plateado", "La Florida", _SEARCHED),
)
