"""What a person may ask for, until when the office answers, and in which words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.ajustes.rules import Setting
from app.core.clock import to_local
from app.core.dates import format_fecha
from app.core.errors import InvalidValue
from app.core.labels import Labelled
from app.core.plazos import add_business_days


class TipoSolicitud(Labelled):
    """What is asked for: the rights of law 21.719, arts. 5 to 9."""

    ACCESO = "acceso", "Acceso"
    RECTIFICACION = "rectificacion", "Rectificación"
    SUPRESION = "supresion", "Supresión"
    OPOSICION = "oposicion", "Oposición"
    PORTABILIDAD = "portabilidad", "Portabilidad"
    BLOQUEO = "bloqueo", "Bloqueo"

    @property
    def gives_data(self) -> bool:
        """Whether the answer carries the data of the person in a file that a machine reads."""
        return self in (TipoSolicitud.ACCESO, TipoSolicitud.PORTABILIDAD)


class CanalSolicitud(Labelled):
    """How it came in."""

    PAGINA = "pagina", "Página"
    CORREO = "correo", "Correo electrónico"
    CARTA = "carta", "Carta o en persona"


class EstadoSolicitud(Labelled):
    """How far it is."""

    RECIBIDA = "recibida", "Recibida", "warn", "inbox"
    #: Whose request it is was checked.
    VERIFICADA = "verificada", "Identidad comprobada", "info", "user-check"
    ACOGIDA = "acogida", "Acogida", "ok", "check"
    PARCIAL = "parcial", "Acogida en parte", "ok", "check"
    RECHAZADA = "rechazada", "Rechazada", "neutral", "x"
    #: The law firm decides on it: the office only works for it.
    DERIVADA = "derivada", "Derivada al buffet", "neutral", "send"

    @property
    def is_open(self) -> bool:
        """Whether the office still owes an answer."""
        return self in (EstadoSolicitud.RECIBIDA, EstadoSolicitud.VERIFICADA)


#: What a decision may be.
DECISIONES = (EstadoSolicitud.ACOGIDA, EstadoSolicitud.PARCIAL, EstadoSolicitud.RECHAZADA)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidValue("Escriba la fecha como 2026-12-01.") from None


#: Draws the answer to a request and orders its mail.
ANSWER_JOB = "titulares.responder"
_KEY = re.compile(r"solicitud:(S-\d{4}-\d+):(respuesta|\d+)")


def answer_key(numero: str) -> str:
    """The key of the mail with the answer to a request."""
    return f"solicitud:{numero}:respuesta"


def passing_key(numero: str, buffet_id: int) -> str:
    """The key of the mail by which a request is passed on to a law firm."""
    return f"solicitud:{numero}:{buffet_id}"


def read_key(clave: str) -> tuple[str, bool] | None:
    """Of which request a mail is, and whether it is its answer; None: it is of none."""
    found = _KEY.fullmatch(clave)
    return (found[1], found[2] == "respuesta") if found else None


_GROUP = "Datos personales"
IN_FORCE = Setting(
    "titulares.vigencia",
    _GROUP,
    "Fecha en que rige la ley",
    "2026-12-01",
    "Había un proyecto para postergarla: corríjala si se postergó.",
    lector=_day,
    optional=False,
)
LAW = Setting(
    "titulares.ley",
    _GROUP,
    "Texto legal que se sigue",
    "Ley 19.628, modificada por la Ley 21.719",
    "Lo dicen la página de solicitudes y las respuestas.",
)
TERM = Setting(
    "titulares.plazo",
    _GROUP,
    "Plazo para responder",
    30,
    unidad="días corridos",
    minimo=1,
    maximo=365,
)
EXTENSION = Setting(
    "titulares.prorroga", _GROUP, "Prórroga, una sola vez", 30, unidad="días corridos", maximo=365
)
BLOCK_TERM = Setting(
    "titulares.plazo_bloqueo",
    _GROUP,
    "Plazo para decidir un bloqueo",
    2,
    unidad="días hábiles",
    minimo=1,
    maximo=60,
)
WARNING = Setting(
    "titulares.advertencia",
    _GROUP,
    "Avisar antes de que venza",
    5,
    unidad="días antes",
    maximo=60,
)
SETTINGS = (IN_FORCE, LAW, TERM, EXTENSION, BLOCK_TERM, WARNING)


@dataclass(frozen=True)
class Plazos:
    """How long the office has, as its settings say."""

    responder: int = 30
    prorroga: int = 30
    bloqueo: int = 2
    advertencia: int = 5


def due_day(recibida: datetime, tipo: TipoSolicitud, plazos: Plazos) -> date:
    """The last day to answer a request.

    Terms begin on the day after it came in, on Santiago's calendar. An answer has calendar days
    (art. 11); a block has business days, without Saturdays, Sundays and holidays.
    """
    day = to_local(recibida).date()
    if tipo is TipoSolicitud.BLOQUEO:
        return add_business_days(day, plazos.bloqueo)
    return day + timedelta(days=plazos.responder)


def block_due(recibida: datetime, plazos: Plazos) -> date:
    """The last day to decide on a temporary block that comes with another request."""
    return add_business_days(to_local(recibida).date(), plazos.bloqueo)


def extended_day(vence: date, plazos: Plazos) -> date:
    """The last day after the one extension."""
    return vence + timedelta(days=plazos.prorroga)


def days_left(vence: date, now: datetime) -> int:
    """Calendar days until the term ends; negative when it has passed."""
    return (vence - to_local(now).date()).days


def is_due_soon(vence: date, now: datetime, plazos: Plazos, tipo: TipoSolicitud) -> bool:
    """Whether somebody should be warned: always for a block, which has two days."""
    return tipo is TipoSolicitud.BLOQUEO or days_left(vence, now) <= plazos.advertencia


_DECIDED = {
    EstadoSolicitud.ACOGIDA: "Acogemos su solicitud.",
    EstadoSolicitud.PARCIAL: "Acogemos su solicitud en parte.",
    EstadoSolicitud.RECHAZADA: "No podemos acoger su solicitud.",
}
_DONE = {
    TipoSolicitud.ACCESO: "Le entregamos los datos suyos que tratamos, de dónde vienen, para qué "
    "se usan y a quiénes se comunicaron.",
    TipoSolicitud.RECTIFICACION: "Corregimos los datos que usted indicó.",
    TipoSolicitud.SUPRESION: "Los datos que la ley permite borrar se borran; los demás se "
    "conservan por la razón que se indica.",
    TipoSolicitud.OPOSICION: "Dejamos de tratar sus datos para aquello a lo que se opuso.",
    TipoSolicitud.PORTABILIDAD: "Le entregamos sus datos en un archivo que otros programas pueden "
    "leer.",
    TipoSolicitud.BLOQUEO: "Sus datos quedan bloqueados: se conservan, y nadie trabaja con ellos "
    "mientras el bloqueo dure.",
}


def write_answer(
    *,
    numero: str,
    nombre: str,
    tipo: TipoSolicitud,
    decision: EstadoSolicitud,
    recibida: datetime,
    fundamento: str,
    ley: str,
) -> list[str]:
    """The paragraphs of an answer: what was asked, what was decided, and why."""
    parts = [
        f"{nombre}:",
        f"El {format_fecha(to_local(recibida).date())} recibimos su solicitud de "
        f"{tipo.label.lower()}, que registramos con el número {numero}.",
        _DECIDED[decision],
    ]
    if decision is not EstadoSolicitud.RECHAZADA:
        parts.append(_DONE[tipo])
    parts.append(f"Fundamento: {fundamento}")
    parts.append(
        f"Respondemos conforme a: {ley}. Si no está de acuerdo, puede reclamar ante la Agencia de "
        "Protección de Datos Personales."
    )
    return parts
