"""What the office and a buffet write to each other on a case."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict

from app.api.v1.schemas.base import Body, Shown, example
from app.api.v1.schemas.fields import Id, MessageReason, MessageText
from app.mensajes.rules import ClaseMensaje, EstadoMensaje, LadoMensaje

_WHEN = "2026-11-24T12:00:00Z"


class MensajeNew(Body):
    """A message: of the office to the buffet, or of a cliente to the office.

    A cliente does not ask for an order (``orden``).
    """

    model_config = ConfigDict(
        json_schema_extra=example(texto="¿Sigue vigente el domicilio?", clase="pregunta")
    )

    texto: MessageText
    clase: ClaseMensaje = ClaseMensaje.INFORMA
    #: The message of the other side that it answers.
    responde_a_id: Id | None = None


class MensajeDiscarded(Body):
    """Why a message is not sent; whoever wrote it reads it."""

    model_config = ConfigDict(json_schema_extra=example(motivo="Eso ya se le dijo por teléfono."))

    motivo: MessageReason


class MensajeShown(Shown):
    """A message. A cliente reads those that were sent; of the office's, not who wrote them."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=4,
            oficio_id=12,
            lado="oficina",
            clase="pregunta",
            estado="enviado",
            texto="¿Sigue vigente el domicilio?",
            quien="La oficina",
            responde_a_id=None,
            espera_respuesta=True,
            respondido_at=None,
            cuando=_WHEN,
        )
    )

    id: int
    oficio_id: int
    lado: LadoMensaje
    clase: ClaseMensaje
    estado: EstadoMensaje
    texto: str
    quien: str
    responde_a_id: int | None
    #: Whether its author waits for the other side.
    espera_respuesta: bool
    respondido_at: datetime | None
    #: When it was sent, or written while it waits to be released.
    cuando: datetime
