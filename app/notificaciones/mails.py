"""The notice to the receptor judicial as a mail: subject, text and HTML from the same facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import render_template

from app.adjuntos.models import Adjunto
from app.core.texto import clean_text
from app.extensions import current_config
from app.mail.message import mail_size
from app.notificaciones.contenido import gather
from app.notificaciones.sources import list_sightings
from app.oficios.models import Oficio
from app.usuarios.models import Usuario

_SUBJECT_MAX = 180
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Composed:
    """A notice as it would go out now."""

    asunto: str
    texto: str
    html: str
    #: On the wire, photos included.
    tamano_bytes: int


def compose(
    oficio: Oficio,
    *,
    destinatario: str,
    mensaje: str,
    fotos: Sequence[Adjunto],
    foto_bytes: int,
    remitente: Usuario,
) -> Composed:
    """Write the notice. The same case gives the same letters, so that a preview can be trusted.

    ``foto_bytes`` is the weight of the photos' copies together.
    """
    contenido = gather(
        oficio,
        destinatario=destinatario,
        mensaje=mensaje,
        fotos=list(fotos),
        avistamientos=list_sightings(oficio.id),
        remitente=remitente,
        dominio=mail_domain(),
    )
    asunto = subject(oficio, contenido.patente)
    texto = render_template("mail/receptor.txt", aviso=contenido, asunto=asunto)
    lines = "\n".join(line.rstrip() for line in texto.splitlines())
    texto = _EMPTY_LINES.sub("\n\n", lines).strip() + "\n"
    html = render_template("mail/receptor.html", aviso=contenido, asunto=asunto)
    return Composed(asunto, texto, html, mail_size(texto, html, foto_bytes))


def subject(oficio: Oficio, patente: str) -> str:
    """What the receptor sees first: the plate and the case, in one line."""
    parts = [f"Vehículo {patente}", oficio.rol and f"Rol {oficio.rol}", oficio.tribunal]
    line = " · ".join(part for part in parts if part) + f" · Oficio {oficio.numero_oficio}"
    return clean_text(line)[:_SUBJECT_MAX]


def mail_domain() -> str:
    """The right side of Message-IDs and Content-IDs: where this installation lives."""
    return urlsplit(current_config().base_url).hostname or "localhost"
