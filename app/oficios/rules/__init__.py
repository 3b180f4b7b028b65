"""States, priorities and people of an oficio, and what may follow what."""

from __future__ import annotations

import enum

from app.core.labels import Labelled
from app.usuarios.rules import Rol


class Estado(Labelled):
    """Where an oficio stands; the columns of the board, in this order."""

    PENDIENTE = "pendiente", "Pendiente"
    INVESTIGACION = "investigacion", "Investigación"
    NOTIFICACION = "notificacion", "Notificación"
    ENCONTRADO = "finalizado_encontrado", "Encontrado"
    NO_ENCONTRADO = "finalizado_no_encontrado", "No encontrado"

    @property
    def is_final(self) -> bool:
        """Whether the case is closed."""
        return self in {Estado.ENCONTRADO, Estado.NO_ENCONTRADO}


OPEN_STATES = tuple(estado for estado in Estado if not estado.is_final)

#: The usual way forward; from any open state a case may also be closed as not found, and a step
#: back is a correction that anybody of the firm may make while the case is open.
_FORWARD = {
    Estado.PENDIENTE: {Estado.INVESTIGACION},
    Estado.INVESTIGACION: {Estado.NOTIFICACION, Estado.PENDIENTE},
    Estado.NOTIFICACION: {Estado.ENCONTRADO, Estado.INVESTIGACION},
}


class Prioridad(Labelled):
    """How soon an oficio wants attention."""

    BAJA = "baja", "Baja"
    MEDIA = "media", "Media"
    ALTA = "alta", "Alta", "warn"
    URGENTE = "urgente", "Urgente", "danger"


class TipoPropietario(Labelled):
    """How a person stands to the vehicle."""

    PRINCIPAL = "principal", "Principal"
    CODEUDOR = "codeudor", "Codeudor"
    AVAL = "aval", "Aval"
    USUARIO = "usuario", "Usuario"


class Actividad(Labelled):
    """Kinds of entry in the bitácora."""

    CONSULTA_API = "consulta_api", "Consulta", "", "radar-2"
    NOTA = "nota", "Nota", "", "note"
    LLAMADA = "llamada", "Llamada", "", "phone"
    TERRENO = "terreno", "Terreno", "ok", "walk"
    CAMBIO_ESTADO = "cambio_estado", "Cambio de estado", "primary", "arrow-right"
    NOTIFICACION = "notificacion", "Notificación", "primary", "mail"
    ADJUNTO = "adjunto", "Adjunto", "", "camera"
    #: Between the office and the buffet of the case (``app/mensajes``).
    MENSAJE = "mensaje", "Mensaje", "primary", "message-2"
    SISTEMA = "sistema", "Sistema", "", "settings"


#: Kinds of entry that a person writes; the application writes the others.
WRITTEN_KINDS = (Actividad.NOTA, Actividad.LLAMADA, Actividad.TERRENO)


class Parte(enum.Enum):
    """The part of a case that an entry tells a change of."""

    OFICIO = "oficio"
    ASIGNACION = "asignacion"
    VEHICULO = "vehiculo"
    PERSONA = "persona"
    DIRECCION = "direccion"


class EstadoCarga(Labelled):
    """What a list is doing with a case that nobody sees."""

    ENTRA = "entra", "Entrando"
    SALE = "sale", "Saliendo"
    #: It goes to another buffet.
    CAMBIA = "cambia", "Cambiando de buffet"
    DESHECHA = "deshecha", "Deshecha"


class Ambito(Labelled):
    """What a change in the *Historial* of a case is about."""

    ESTADO = "estado", "Estado"
    ASIGNACION = "asignacion", "Asignación"
    OFICIO = "oficio", "Datos del oficio"
    VEHICULO = "vehiculo", "Vehículo"
    PERSONA = "persona", "Personas"
    DIRECCION = "direccion", "Direcciones y visitas"
    ADJUNTO = "adjunto", "Archivos"
    NOTIFICACION = "notificacion", "Avisos"
    BITACORA = "bitacora", "Correcciones de la bitácora"
    ACCESO = "acceso", "Accesos a datos"
    OTRO = "otro", "Otros"


#: Audit event: somebody asked to see a person's RUT and contacts.
DATOS_MOSTRADOS = "persona.datos_mostrados"

#: Labels of columns that are no field of a paper, for entries that list changes.
OTHER_COLUMNS = {
    "patente_dv": "Dígito verificador",
    "tipo": "Tipo",
    "notas": "Notas",
    "posicion": "Posición",
    "investigador": "Investigador",
    "descripcion": "Descripción",
}


def closed_because(origin: Estado, target: Estado, rol: Rol) -> str | None:
    """Why an oficio cannot go from one state to another now, and what to do; None when it can.

    The one place that knows the flow: the case page, the board, the API and the move itself ask
    here. From ``domain.md``: pendiente → investigacion → notificacion → encontrado; from any open
    state to no encontrado; reopening only by an admin.
    """
    if not rol.is_staff:
        return "Solo la oficina mueve los casos."
    if target is origin:
        return f"El caso ya está en «{origin.label}»."
    if origin.is_final:
        if rol is not Rol.ADMIN:
            return "El caso está cerrado: solo un administrador puede reabrirlo."
        if target.is_final:
            return f"El caso ya está finalizado como «{origin.label}»: reábralo primero."
        return None
    if target is Estado.NO_ENCONTRADO or target in _FORWARD[origin]:
        return None
    order = list(Estado)
    between = order[order.index(origin) + 1 : order.index(target)]
    if between:
        return "El estado siguiente es " + ", y luego ".join(f"«{e.label}»" for e in between) + "."
    return "Se retrocede de a un paso: vuelva primero a «Investigación»."


def next_state(estado: Estado) -> Estado | None:
    """The state that follows in the flow; None for a case that is closed."""
    order = list(Estado)
    return None if estado.is_final else order[order.index(estado) + 1]


def allowed_moves(estado: Estado, rol: Rol) -> list[Estado]:
    """The states that a person may move an oficio to, in the order of the board."""
    return [target for target in Estado if can_move(estado, target, rol)]


def closed_moves(estado: Estado, rol: Rol) -> dict[str, list[Estado]]:
    """Why a person may not move an oficio now, and the states that each reason closes."""
    found: dict[str, list[Estado]] = {}
    for target in Estado:
        reason = None if target is estado else closed_because(estado, target, rol)
        if reason:
            found.setdefault(reason, []).append(target)
    return found


def can_move(origin: Estado, target: Estado, rol: Rol) -> bool:
    """Whether the flow has a path between the two states for that role."""
    return closed_because(origin, target, rol) is None


def refusal(origin: Estado, target: Estado, rol: Rol) -> str:
    """Why ``can_move`` says no, and what to do, in one sentence."""
    reason = closed_because(origin, target, rol) or ""
    if origin.is_final:
        return reason
    options = ", ".join(estado.label for estado in allowed_moves(origin, rol))
    return f"De «{origin.label}» no se pasa a «{target.label}». {reason} Puede pasar a: {options}."
