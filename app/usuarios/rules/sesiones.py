"""How long a session lasts, what ends it, and how its place and device are called.

A session is a row; the browser holds a random number whose hash the row has (ASVS 5.0, 7.2).
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.ajustes.rules import Setting
from app.core.clock import is_within
from app.core.labels import Labelled
from app.core.process_memory import forgettable

#: The job that writes down which sessions are over, and forgets old ones.
CLEANING_JOB = "usuarios.sesiones"
#: When a session was last used is written at most this often, so that reading costs no writes.
SEEN_EVERY = timedelta(minutes=5)
#: How long after somebody proved who they are their session may become that of a phone.
INSTALLED_WITHIN = timedelta(minutes=10)
#: How long a phone may take to sign what it was asked.
QUESTION_LIFE = timedelta(minutes=2)
_GROUP = "Sesiones"

IDLE_HOURS = Setting(
    "sesiones.horas_sin_uso",
    _GROUP,
    "Cerrar una sesión que no se usa",
    12,
    "Pasado ese tiempo sin usarla hay que volver a entrar.",
    unidad="horas",
    minimo=1,
    maximo=72,
    place=60,
)
DESK_DAYS = Setting(
    "sesiones.dias_computador",
    _GROUP,
    "Duración máxima en un computador",
    7,
    "Pasado ese plazo hay que volver a entrar, aunque la sesión se use.",
    unidad="días",
    minimo=1,
    maximo=30,
    place=60,
)
PHONE_DAYS = Setting(
    "sesiones.dias_telefono",
    _GROUP,
    "Duración máxima en un teléfono con Rastro instalado",
    30,
    "Rastro instalado en un teléfono sigue sin pedir la contraseña, con una llave que solo ese "
    "teléfono tiene.",
    unidad="días",
    minimo=1,
    maximo=90,
    place=60,
)
KEPT_DAYS = Setting(
    "sesiones.dias_guardadas",
    _GROUP,
    "Recordar las sesiones terminadas",
    90,
    "Después se borra desde dónde y con qué equipo se entró.",
    unidad="días",
    minimo=1,
    maximo=3650,
    place=60,
)
_FORGETS, _KEEPS = "no", "si"
#: Whether browsers keep pages of the office, which ``no-store`` forbids (ASVS 5.0, 14.3.2).
KEEP_PAGES = Setting(
    "sesiones.guardar_paginas",
    _GROUP,
    "Páginas de la oficina en los navegadores",
    _FORGETS,
    "Guardar el tablero y los casos ahorra pedirlos de nuevo cuando no cambiaron, pero deja datos "
    "de personas en el disco de cada equipo hasta que se cierra la sesión: solo para equipos "
    "propios y cifrados.",
    opciones=((_FORGETS, "No se guardan"), (_KEEPS, "Cada navegador las guarda para sí")),
    place=60,
)
#: Whether devices keep cases for a place without a signal, and what was not sent (ASVS 14.3.3).
KEEP_DATA = Setting(
    "sesiones.guardar_datos",
    _GROUP,
    "Casos en los teléfonos, para trabajar sin señal",
    _KEEPS,
    "Terreno deja en el teléfono la lista de direcciones y lo que espera enviarse, y un formulario "
    "que no alcanzó a llegar espera en su pestaña; los protege solo el bloqueo del equipo. Sin "
    "guardarlos, Terreno funciona solo con señal.",
    opciones=((_FORGETS, "No se guardan: solo con señal"), (_KEEPS, "Cada equipo los guarda")),
    place=60,
)
SETTINGS = (IDLE_HOURS, DESK_DAYS, PHONE_DAYS, KEPT_DAYS, KEEP_PAGES, KEEP_DATA)
#: Those that decide whether a session is open.
LIMIT_SETTINGS = (IDLE_HOURS, DESK_DAYS, PHONE_DAYS)


def lets_keep(chosen: str | int) -> bool:
    """Whether what ``KEEP_PAGES`` or ``KEEP_DATA`` holds lets browsers keep something."""
    return chosen == _KEEPS


class TipoSesion(Labelled):
    """Where a session is."""

    ESCRITORIO = "escritorio", "Navegador"
    #: It has shown a key that the phone never gives away.
    TELEFONO = "telefono", "Rastro instalado"


class FinSesion(Labelled):
    """Why a session ended."""

    SALIDA = "salida", "Cerró la sesión"
    CERRADA = "cerrada", "La cerró desde otro equipo"
    ADMINISTRADOR = "administrador", "La cerró un administrador"
    CLAVE = "clave", "Cambió la contraseña"
    DERECHOS = "derechos", "Cambió lo que la cuenta puede hacer"
    INACTIVA = "inactiva", "No se usó"
    VENCIDA = "vencida", "Cumplió su duración máxima"


@dataclass(frozen=True)
class SessionLimits:
    """How long sessions last in this installation."""

    idle: timedelta
    desk: timedelta
    phone: timedelta

    @classmethod
    def of(cls, idle_hours: int, desk_days: int, phone_days: int) -> SessionLimits:
        """What the settings of ``LIMIT_SETTINGS`` say, in their order."""
        return cls(timedelta(hours=idle_hours), timedelta(days=desk_days), timedelta(phone_days))

    def longest(self, tipo: TipoSesion) -> timedelta:
        """How long a session lasts however much it is used."""
        return self.phone if tipo is TipoSesion.TELEFONO else self.desk


def find_end(
    tipo: TipoSesion, created_at: datetime, seen_at: datetime, limits: SessionLimits, now: datetime
) -> FinSesion | None:
    """Why a session is over by its age or for not being used; None while it goes on.

    Moments far ahead end it: a clock that was wrong wrote them, and nobody knows their age.
    """
    if not is_within(created_at, now, limits.longest(tipo)):
        return FinSesion.VENCIDA
    return None if is_within(seen_at, now, limits.idle) else FinSesion.INACTIVA


def is_listed(tipo: TipoSesion, end: FinSesion | None) -> bool:
    """Whether its person still has that session: a phone that was not used only proves itself."""
    return end is None or (tipo is TipoSesion.TELEFONO and end is FinSesion.INACTIVA)


def new_session_token() -> str:
    """What a browser keeps of its session: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_session(token: str) -> str:
    """What the row keeps of it. Such a number needs no slow hash: nobody tries them all."""
    return hashlib.sha256(token.encode()).hexdigest()


#: How long somebody is signed in who came while nothing could be written.
LENT = timedelta(hours=1)
_LENT = "prestada"


def lend_session(account: str, now: datetime) -> str:
    """What a browser keeps of a session without a row: ``Usuario.get_id``, and when it began.

    The caller signs it. Nobody can list it; what ends all sessions of the account ends it too.
    """
    return f"{_LENT}:{account}:{int(now.timestamp())}"


def read_lent(token: str, now: datetime) -> tuple[str, datetime] | None:
    """Account and beginning of such a session while it lasts; None for the others."""
    kind, _, rest = token.partition(":")
    account, _, began = rest.partition(":")
    if kind != _LENT or not began.isdecimal():
        return None
    moment = datetime.fromtimestamp(int(began), UTC)
    return (account, moment) if is_within(moment, now, LENT) else None


def mask_address(address: str) -> str:
    """The network that an address belongs to, as people read it: enough to know a place again."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "red desconocida"
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    if parsed.is_loopback:
        return "este mismo equipo"
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"red {str(parsed).rpartition('.')[0]}.x"
    network = ipaddress.ip_network((parsed, 48), strict=False)
    return f"red {network.network_address.compressed}x"


#: In this order: an Edge also says that it is Chrome, and Chrome that it is Safari.
_BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone|iPod", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "Chromebook"),
    (r"Macintosh|Mac OS X", "Mac"),
    (r"Linux", "Linux"),
)


@forgettable(128)
def name_device(user_agent: str) -> str:
    """A browser and its system as people call them: «Chrome en Windows»."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} en {system}"
    return browser or system or "Equipo desconocido"


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, text)), "")
