"""What may happen to an oficio that others want to hear of."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from app.core.labels import Labelled


class TipoEvento(Labelled):
    """Kinds of event; the names are part of the API's contract."""

    CREADO = "oficio.creado", "Oficio ingresado"
    #: Anything that raises the oficio's version: its data, its people, who has it, its rank.
    CAMBIADO = "oficio.cambiado", "Oficio modificado"
    #: An entry of the bitácora.
    ACTIVIDAD = "oficio.actividad", "Entrada en la bitácora"
    ESTADO = "oficio.estado", "Cambio de estado"
    UBICADO = "oficio.ubicado", "Vehículo ubicado"
    NOTIFICADO = "oficio.notificado", "Receptor judicial notificado"
    RESPONDIDO = "receptor.respondio", "El receptor respondió"
    CERRADO = "oficio.cerrado", "Caso cerrado"


#: What a webhook may subscribe to: steps of a case, not every keystroke.
WEBHOOK_KINDS = (
    TipoEvento.ESTADO,
    TipoEvento.UBICADO,
    TipoEvento.NOTIFICADO,
    TipoEvento.RESPONDIDO,
    TipoEvento.CERRADO,
)


class EstadoEntrega(Labelled):
    """How far a delivery to a webhook is."""

    PENDIENTE = "pendiente", "Pendiente"
    ENTREGADA = "entregada", "Entregada"
    FALLIDA = "fallida", "Fallida"


def is_host_allowed(url: str, hosts: Collection[str]) -> bool:
    """Whether an address is one of the machines that the installation names, if it names any."""
    return not hosts or (urlsplit(url).hostname or "") in hosts
