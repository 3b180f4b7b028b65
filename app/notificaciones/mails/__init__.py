"""What is written by mail: the notice to the receptor, and short ones to buffets and the firm.

Subject, text and HTML come from the same facts. Links that open something without a sign-in are
written without their signature: it is added when the mail is built, so that what is stored opens
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import render_template

from app.adjuntos.models import Adjunto
from app.ajustes.queries import current_office, find_logo_data
from app.anclaje.queries import find_newest
from app.avisos.models import Aviso
from app.avisos.rules import Novedad
from app.buffets.models import Buffet
from app.core.text import clean_text
from app.extensions import current_config
from app.mail.message import mail_size
from app.notificaciones.mails.case_facts import NoticeContent, gather, placeholder_values
from app.notificaciones.rules.avance import Hito
from app.notificaciones.rules.plantillas import Textos, fill
from app.notificaciones.rules.sources import find_location, list_sightings
from app.oficios.models import Oficio
from app.usuarios.models import Usuario

_SUBJECT_MAX = 180
#: Where the signed links of a buffet go, in what is stored of a mail to it.
PORTAL_MARK = "/b/enlace"
LEAVE_MARK = "/baja/enlace"
#: The place of a logo; the hash names what is shown there.
_LOGO = re.compile(r"(?<=src=\")cid:(logo-([0-9a-f]{64})@[A-Za-z0-9.-]+)(?=\")")
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Composed:
    """A notice as it would go out now."""

    asunto: str
    texto: str
    html: str
    #: On the wire, photos included.
    tamano_bytes: int


@dataclass(frozen=True)
class HitoDeOficio:
    """A milestone with the oficio that it is of."""

    oficio: Oficio
    hito: Hito


def compose(
    oficio: Oficio,
    *,
    destinatario: str,
    mensaje: str,
    fotos: Sequence[Adjunto],
    foto_bytes: int,
    fotos_enlace: int = 0,
    remitente: Usuario,
    textos: Textos,
    selector: str,
) -> Composed:
    """Write the notice. The same case gives the same letters, so that a preview can be trusted.

    ``foto_bytes`` is the weight of the photos' copies together; ``fotos_enlace`` counts those that
    are seen through the receptor's link, whose public half is ``selector``.
    """
    contenido = gather(
        oficio,
        destinatario=destinatario,
        mensaje=mensaje,
        fotos=list(fotos),
        ubicacion=find_location(oficio.id),
        avistamientos=list_sightings(oficio.id),
        remitente=remitente,
        dominio=mail_domain(),
        textos=textos,
        enlace=f"{current_config().base_url}{receptor_path(selector)}",
        fotos_enlace=fotos_enlace,
    )
    values = placeholder_values(oficio, destinatario=destinatario, remitente=remitente)
    asunto = fill(textos.asunto, values)
    return write_receptor(asunto, contenido, foto_bytes)


def write_receptor(asunto: str, contenido: NoticeContent, foto_bytes: int = 0) -> Composed:
    """The two forms of a notice with these contents."""
    return _write("receptor", clean_text(asunto)[:_SUBJECT_MAX], foto_bytes, notice=contenido)


def compose_internal(texto: str, *, path: str, accion: str, nombre: str) -> Composed:
    """A sentence for somebody of the firm, with a button to the page where it can be acted on."""
    url = f"{current_config().base_url}{path}"
    asunto = clean_text(texto)[:_SUBJECT_MAX]
    return _write(
        "interna",
        asunto,
        0,
        texto=texto,
        url=url,
        accion=accion,
        nombre=nombre,
        preferencias=f"{current_config().base_url}/cuenta/avisos",
    )


def compose_notices(usuario: Usuario, rows: Sequence[Aviso], *, is_digest: bool) -> Composed:
    """What a person of the firm is told by mail: one thing, or several with a button to the list.

    The subject of several names no case and nobody.
    """
    if len(rows) == 1:
        [row] = rows
        return compose_internal(row.texto, path=row.url, accion=row.accion, nombre=usuario.nombre)
    base = current_config().base_url
    asunto = f"{len(rows)} avisos de sus casos"
    if is_digest:
        asunto = f"Resumen del día: {len(rows)} avisos"
    return _write(
        "avisos",
        asunto,
        0,
        nombre=usuario.nombre,
        grupos=[
            (label, [(row.texto, row.accion, f"{base}{row.url}") for row in found])
            for label, found in _by_kind(rows)
        ],
        url=f"{base}/avisos",
        preferencias=f"{base}/cuenta/avisos",
    )


def _by_kind(rows: Sequence[Aviso]) -> list[tuple[str, list[Aviso]]]:
    """Notices under the words of their kind, in the order of the kinds."""
    kinds = [one for one in Novedad if any(row.novedad is one for row in rows)]
    return [(one.label, [row for row in rows if row.novedad is one]) for one in kinds]


def can_mail() -> bool:
    """Whether the installation has a mail server at all."""
    return bool(current_config().smtp_host)


def compose_milestones(buffet: Buffet, hitos: Sequence[HitoDeOficio], *, weekly: bool) -> Composed:
    """What happened in a buffet's oficios, for the buffet.

    It brings the newest root of the anchors, so that others than the office hold it.
    """
    if weekly:
        asunto = "Resumen semanal de sus oficios"
    elif len(hitos) == 1:
        asunto = f"{hitos[0].hito.texto} · Oficio {hitos[0].oficio.numero_oficio}"
    else:
        asunto = f"{len(hitos)} novedades en sus oficios"
    base = current_config().base_url
    return _write(
        "hitos",
        clean_text(asunto)[:_SUBJECT_MAX],
        0,
        buffet=buffet,
        hitos=hitos,
        weekly=weekly,
        portal=f"{base}{PORTAL_MARK}" if buffet.enlaces else "",
        baja=f"{base}{LEAVE_MARK}",
        ancla=find_newest(),
        anclas=f"{base}/anclas",
    )


def compose_message(buffet: Buffet, oficio: Oficio, *, asks: bool) -> Composed:
    """That the office wrote to a buffet on a case. The message itself is read in the portal."""
    verb = "le pregunta" if asks else "le escribió"
    base = current_config().base_url
    return _write(
        "mensaje",
        clean_text(f"La oficina {verb} por el oficio {oficio.numero_oficio}")[:_SUBJECT_MAX],
        0,
        buffet=buffet,
        oficio=oficio,
        asks=asks,
        portal=f"{base}{PORTAL_MARK}" if buffet.enlaces else f"{base}/portal/mensajes",
    )


def receptor_path(token: str) -> str:
    """Where a receptor answers: with the public half only, as it is stored, or with all of it."""
    return f"/r/{token}"


def _write(name: str, asunto: str, foto_bytes: int, **context: Any) -> Composed:
    oficina = current_office()
    context |= {
        "asunto": asunto,
        "oficina": oficina,
        "logo": logo_cid(oficina.logo.sha256) if oficina.logo else None,
    }
    texto = render_template(f"mail/{name}.txt", **context)
    lines = "\n".join(line.rstrip() for line in texto.splitlines())
    texto = _EMPTY_LINES.sub("\n\n", lines).strip() + "\n"
    html = render_template(f"mail/{name}.html", **context)
    logo_bytes = len(find_logo_data(oficina.logo.sha256) or b"") if oficina.logo else 0
    return Composed(asunto, texto, html, mail_size(texto, html, foto_bytes + logo_bytes))


def logo_cid(sha256: str) -> str:
    """The name of the office's logo inside a mail: one that was sent keeps the logo of its day."""
    return f"logo-{sha256}@{mail_domain()}"


def logos_in(html: str) -> dict[str, str]:
    """The logos that a mail's HTML shows: the SHA-256 of each by its Content-ID."""
    return {found[1]: found[2] for found in _LOGO.finditer(html)}


def mail_domain() -> str:
    """The right side of Message-IDs and Content-IDs: where this installation lives."""
    return urlsplit(current_config().base_url).hostname or "localhost"
