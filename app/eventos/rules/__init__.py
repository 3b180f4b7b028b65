"""What may happen to an oficio that others want to hear of."""

from __future__ import annotations

import enum


class TipoEvento(enum.Enum):
    """Kinds of event; the names are part of the API's contract."""

    CREADO = "oficio.creado"
    #: Anything that raises the oficio's version: its data, its people, who has it, its rank.
    CAMBIADO = "oficio.cambiado"
    #: An entry of the bitácora.
    ACTIVIDAD = "oficio.actividad"
    ESTADO = "oficio.estado"
    UBICADO = "oficio.ubicado"
    NOTIFICADO = "oficio.notificado"
    RESPONDIDO = "receptor.respondio"
    CERRADO = "oficio.cerrado"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {
            "oficio.creado": "Oficio ingresado",
            "oficio.cambiado": "Oficio modificado",
            "oficio.actividad": "Entrada en la bitácora",
            "oficio.estado": "Cambio de estado",
            "oficio.ubicado": "Vehículo ubicado",
            "oficio.notificado": "Receptor judicial notificado",
            "receptor.respondio": "El receptor respondió",
            "oficio.cerrado": "Caso cerrado",
        }[self.value]


#: What a webhook may subscribe to: steps of a case, not every keystroke.
WEBHOOK_KINDS = (
    TipoEvento.ESTADO,
    TipoEvento.UBICADO,
    TipoEvento.NOTIFICADO,
    TipoEvento.RESPONDIDO,
    TipoEvento.CERRADO,
)


class EstadoEntrega(enum.Enum):
    """How far a delivery to a webhook is."""

    PENDIENTE = "pendiente"
    ENTREGADA = "entregada"
    FALLIDA = "fallida"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.value.capitalize()
