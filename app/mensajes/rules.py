"""Kinds and states of a message between the office and a buffet, and who releases it."""

from __future__ import annotations

from app.ajustes.rules import Setting
from app.core.labels import Labelled

#: Characters of one message.
TEXT_MAX = 2000
#: Why one was not sent, in characters.
REASON_MAX = 300


class LadoMensaje(Labelled):
    """Who wrote a message."""

    OFICINA = "oficina", "La oficina"
    BUFFET = "buffet", "El buffet"


class ClaseMensaje(Labelled):
    """What a message wants of its reader."""

    INFORMA = "informa", "Solo informar", "neutral", "note"
    PREGUNTA = "pregunta", "Preguntar: espera respuesta", "warn", "message-2"
    #: The vehicle was found, and cannot be taken away without the court's order.
    ORDEN = "orden", "Pedir la orden de retiro", "warn", "upload"

    @property
    def waits(self) -> bool:
        """Whether it waits until the other side answers."""
        return self is not ClaseMensaje.INFORMA


class EstadoMensaje(Labelled):
    """How far a message came; a buffet sees only what was sent."""

    POR_VALIDAR = "por_validar", "Por validar", "warn", "hourglass"
    ENVIADO = "enviado", "Enviado", "ok", "circle-check"
    DESCARTADO = "descartado", "No se envió", "danger", "ban"


_BY_ADMIN, _AT_ONCE = "admin", "al_escribir"
#: Who releases what the office writes to a buffet.
RELEASE = Setting(
    "mensajes.validacion",
    grupo="Mensajes con los buffets",
    place=25,
    etiqueta="Mensajes de un investigador a un buffet",
    defecto=_BY_ADMIN,
    ayuda="El buffet no ve un mensaje de la oficina hasta que sale. Lo que escribe un "
    "administrador sale al escribirlo.",
    opciones=(
        (_BY_ADMIN, "Salen cuando un administrador los valida"),
        (_AT_ONCE, "Salen al escribirlos"),
    ),
)
SETTINGS = (RELEASE,)


def goes_at_once(*, is_admin: bool, release: str) -> bool:
    """Whether a message of the office is seen by the buffet as soon as it is written."""
    return is_admin or release == _AT_ONCE


def head_line(lado: LadoMensaje, clase: ClaseMensaje, quien: str = "") -> str:
    """The first line of the entry in the bitácora; the message itself follows it.

    ``quien`` says who of the buffet wrote.
    """
    if lado is LadoMensaje.BUFFET:
        what = "Pregunta del buffet" if clase.waits else "Mensaje del buffet"
        return f"{what} ({quien})" if quien else what
    return {
        ClaseMensaje.INFORMA: "Mensaje al buffet",
        ClaseMensaje.PREGUNTA: "Pregunta al buffet",
        ClaseMensaje.ORDEN: "Pide al buffet la orden de retiro",
    }[clase]


def own_text(descripcion: str) -> str:
    """The message itself, without the first line of its entry."""
    return descripcion.partition("\n")[2]
