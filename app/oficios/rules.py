"""States, priorities and people of an oficio, and what may follow what."""

from __future__ import annotations

import enum

from app.usuarios.rules import Rol


class Estado(enum.Enum):
    """Where an oficio stands; the columns of the board, in this order."""

    PENDIENTE = "pendiente"
    INVESTIGACION = "investigacion"
    NOTIFICACION = "notificacion"
    ENCONTRADO = "finalizado_encontrado"
    NO_ENCONTRADO = "finalizado_no_encontrado"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {
            "pendiente": "Pendiente",
            "investigacion": "Investigación",
            "notificacion": "Notificación",
            "finalizado_encontrado": "Encontrado",
            "finalizado_no_encontrado": "No encontrado",
        }[self.value]

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


class Prioridad(enum.Enum):
    """How soon an oficio wants attention."""

    BAJA = "baja"
    MEDIA = "media"
    ALTA = "alta"
    URGENTE = "urgente"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.value.capitalize()


class TipoPropietario(enum.Enum):
    """How a person stands to the vehicle."""

    PRINCIPAL = "principal"
    CODEUDOR = "codeudor"
    AVAL = "aval"
    USUARIO = "usuario"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.value.capitalize()


class Actividad(enum.Enum):
    """Kinds of entry in the bitácora."""

    CONSULTA_API = "consulta_api"
    NOTA = "nota"
    LLAMADA = "llamada"
    TERRENO = "terreno"
    CAMBIO_ESTADO = "cambio_estado"
    NOTIFICACION = "notificacion"
    ADJUNTO = "adjunto"
    SISTEMA = "sistema"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {
            "consulta_api": "Consulta",
            "nota": "Nota",
            "llamada": "Llamada",
            "terreno": "Terreno",
            "cambio_estado": "Cambio de estado",
            "notificacion": "Notificación",
            "adjunto": "Adjunto",
            "sistema": "Sistema",
        }[self.value]


#: What a person writes down; the other kinds are left by deeds.
WRITTEN_KINDS = (Actividad.NOTA, Actividad.LLAMADA)

#: Columns as people call them, for entries that tell what changed.
CAMPOS = {
    "numero_oficio": "Número",
    "rol": "Rol",
    "tribunal": "Tribunal",
    "caratulado": "Caratulado",
    "fecha_ingreso": "Fecha de ingreso",
    "fecha_limite": "Fecha límite",
    "prioridad": "Prioridad",
    "notas_generales": "Notas",
    "fuerza_publica": "Fuerza pública",
    "descerrajamiento": "Descerrajamiento",
    "patente": "Patente",
    "patente_dv": "Dígito verificador",
    "marca": "Marca",
    "modelo": "Modelo",
    "anio": "Año",
    "color": "Color",
    "vin": "VIN",
    "tipo": "Tipo",
    "nombre": "Nombre",
    "rut": "RUT",
    "email": "Email",
    "telefono": "Teléfono",
    "notas": "Notas",
    "direccion": "Dirección",
    "comuna": "Comuna",
    "region": "Región",
}


def allowed_moves(estado: Estado, rol: Rol) -> list[Estado]:
    """The states that a person may move an oficio to, in the order of the board.

    From ``domain.md``: pendiente → investigacion → notificacion → encontrado; from any open state
    to no encontrado; reopening only by an admin.
    """
    if not rol.is_staff:
        return []
    if estado.is_final:
        return list(OPEN_STATES) if rol is Rol.ADMIN else []
    allowed = _FORWARD[estado] | {Estado.NO_ENCONTRADO}
    return [candidate for candidate in Estado if candidate in allowed]


def can_move(origin: Estado, target: Estado, rol: Rol) -> bool:
    """Whether the flow has a path between the two states for that role."""
    return target in allowed_moves(origin, rol)


def refusal(origin: Estado, target: Estado, rol: Rol) -> str:
    """Why ``can_move`` says no, and what to do, in one sentence."""
    if origin.is_final and rol is not Rol.ADMIN:
        return "El caso está cerrado: solo un administrador puede reabrirlo."
    options = ", ".join(estado.label for estado in allowed_moves(origin, rol))
    return f"De «{origin.label}» no se pasa a «{target.label}». Puede pasar a: {options}."
