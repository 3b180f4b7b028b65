"""Kinds and states of a notice, and what may be done with one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from app.ajustes.rules import Setting
from app.core.clock import from_local, to_local
from app.core.errors import Refused
from app.core.labels import Labelled

#: The name of the job in the ledger.
SEND_JOB = "notificaciones.enviar"
MESSAGE_MAX = 4000
COMMENT_MAX = 2000
#: Photos of one answer; more come with another.
MAX_PHOTOS = 10
#: What a receptor's link is signed for.
RECEPTOR_PURPOSE = "receptor"
#: How long the link in a notice opens its page, unless the case closes before.
LINK_LIFE = timedelta(days=30)
#: No mail tells of milestones that are older.
NEWS_MAX_AGE = timedelta(days=30)
#: Hours without an answer after which something is proposed.
ANSWER_HOURS = Setting(
    "receptor.horas_respuesta",
    grupo="Avisos al receptor",
    place=20,
    etiqueta="Espera sin respuesta",
    defecto=24,
    ayuda="Pasado este tiempo se propone un recordatorio a quien lleva el caso; pasado otra vez, "
    "avisar a otro receptor. Nada se envía sin que una persona lo pida.",
    unidad="horas",
    minimo=1,
    maximo=24 * 14,
)
#: On the wire, photos included.
MAX_MAIL_MB = Setting(
    "correo.max_mb",
    grupo="Avisos al receptor",
    place=20,
    etiqueta="Tamaño máximo de un correo",
    defecto=15,
    ayuda="Con las fotos dentro. Las que no caben se ven desde el enlace del correo. Muchos "
    "servidores rechazan más de 20 o 25 MB.",
    unidad="MB",
    minimo=1,
    maximo=40,
)
SETTINGS = (ANSWER_HOURS, MAX_MAIL_MB)
#: Bytes of a mail's HTML above which readers show only its beginning (Gmail from about 102 kB).
CLIPPED_BYTES = 100_000
#: How long a preview that nobody sent is kept.
DRAFT_LIFE = timedelta(days=1)

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


class TipoNotificacion(Labelled):
    """Whom a notice is for."""

    RECEPTOR_JUDICIAL = "receptor_judicial", "Receptor judicial"
    BUFFET = "buffet", "Buffet"
    INTERNA = "interna", "Interna"


class EstadoNotificacion(Labelled):
    """How far a notice came.

    ``enviando`` is committed before the mail server is spoken to. A notice that stays there
    because the process died becomes ``incierta``: it may have arrived, so only a person decides.
    """

    PENDIENTE = "pendiente", "Pendiente", "info", "hourglass"
    ENVIANDO = "enviando", "Enviando", "info", "refresh"
    ENVIADA = "enviada", "Enviada", "ok", "circle-check"
    INCIERTA = "incierta", "Incierta", "warn", "alert-triangle"
    FALLIDA = "fallida", "Fallida", "danger", "circle-x"


class TipoRespuesta(Labelled):
    """What a receptor says through the link in his notice; the label is what he presses."""

    #: What he did, for others to read.
    told: str

    RECIBIDO = "recibido", "Recibido", "recibió el aviso"
    EN_CAMINO = "en_camino", "Voy en camino", "va en camino"
    DILIGENCIADO = "diligenciado", "Diligencia realizada", "realizó la diligencia"
    FRUSTRADO = "frustrado", "Diligencia frustrada", "informó una diligencia frustrada"
    NO_ENCONTRADO = "no_encontrado", "No encontré el vehículo", "no encontró el vehículo"

    def __init__(self, value: Any, label: str = "", told: str = "") -> None:
        super().__init__(value, label)
        self.told = told


#: The mail has not gone and may.
STARTABLE = (EstadoNotificacion.PENDIENTE, EstadoNotificacion.FALLIDA)
#: Something is still going to happen by itself.
MOVING = (EstadoNotificacion.PENDIENTE, EstadoNotificacion.ENVIANDO)
#: Nothing happens any more unless a person decides.
UNSETTLED = (EstadoNotificacion.FALLIDA, EstadoNotificacion.INCIERTA)
#: How the key of a copy begins: a sent mail that was sent again on purpose.
COPY_KEY = "reenvio-"
#: What a person ticks who wants a mail to go out although somebody may get it twice.
SECOND_YES = "Sí, enviar otra vez"

#: What a person ticks who wants a notice to go out although it lacks photos or an address.
INCOMPLETE_YES = "Sí, enviarlo así"
#: How the places begin in the text of a notice; each is a line of its own in ``receptor.txt``.
PLACE_HEADINGS = frozenset({"DÓNDE ESTÁ EL VEHÍCULO", "DIRECCIONES"})


class AskedOnce(Refused):
    """The same mail may reach the same person twice, so it takes a second yes.

    It is the same for every kind of mail: a notice to an address that was told, a reminder, and
    any mail that is sent again.
    """

    def __init__(self, hecho: str) -> None:
        #: What is so, without what to do about it, which differs between the page and the API.
        self.hecho = hecho
        super().__init__(f"{hecho} Marque «{SECOND_YES}» si quiere que salga igual.")


class Incomplete(Refused):
    """A notice lacks photos or an address, so it takes a yes of its own."""

    def __init__(self, hecho: str) -> None:
        #: What it lacks, without what to do about it, which differs between the page and the API.
        self.hecho = hecho
        super().__init__(f"{hecho} Marque «{INCOMPLETE_YES}» si quiere que salga igual.")


def describe_lacking(texto: str, fotos: int) -> str:
    """Say in a sentence that a notice goes without photos, address or both; empty when it has all.

    It is read from the text that goes out, not from the case, which may have changed since the
    preview. ``fotos`` counts the photos inside the mail and behind its link.
    """
    lacking = []
    if not fotos:
        lacking.append("sin fotos")
    if PLACE_HEADINGS.isdisjoint(texto.splitlines()):
        lacking.append("sin dirección")
    return f"Este aviso va {' y '.join(lacking)}." if lacking else ""


def last_digest_moment(now: datetime) -> datetime:
    """The latest Monday, 8:00 in Santiago, that is not in the future. Weeks with a clock change
    are an hour longer or shorter; the clock on the wall says 8:00 all the same.
    """
    today = to_local(now).date()
    monday = today - timedelta(days=today.weekday())
    moment = from_local(datetime.combine(monday, time(8)))
    if moment > now:
        moment = from_local(datetime.combine(monday - timedelta(days=7), time(8)))
    return moment


def describe_refusal(rechazo: Mapping[str, Any]) -> str:
    """What became of a copy that the mail server did not take, in a sentence for the office.

    ``rechazo`` has its ``email``, the server's ``respuesta``, and whether that is ``definitivo``.
    """
    what = (
        "La copia a {email} no salió: el servidor la rechazó ({respuesta}). Revise la dirección."
        if rechazo["definitivo"]
        else "La copia a {email} no salió: el servidor no la aceptó por ahora ({respuesta}). "
        "Envíela después por otro medio."
    )
    return what.format(email=rechazo["email"], respuesta=rechazo["respuesta"])


def is_key(text: str | None) -> bool:
    """Whether text has the format of a form's idempotency key."""
    return bool(text and _KEY.fullmatch(text))
