"""Writing a notice out: the case's facts, the photos and a message, from the page or the API."""

from __future__ import annotations

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import FileMissing
from app.adjuntos.service import read_copy
from app.core.dates import format_fecha_hora
from app.core.errors import NotFound
from app.core.link_signature import new_selector
from app.mail.message import mail_size
from app.notificaciones.mails import Composed, compose
from app.notificaciones.models import Notificacion
from app.notificaciones.queries import current_textos, max_mail_bytes
from app.notificaciones.service import Destinatario, NoticeData, check_size, choose_photos
from app.oficios.models import Oficio
from app.usuarios.models import Usuario


class PhotoLost(NotFound):
    """The storage has lost a photo that was chosen for a notice."""

    def __init__(self, filename: str) -> None:
        super().__init__(
            f"El archivo de la foto «{filename}» no está en el almacenamiento, así que el aviso no "
            "puede llevarla. Quítela del aviso o súbala otra vez, y avise a quien administra "
            "Rastro."
        )


def write_notice(
    oficio: Oficio,
    destinatario: Destinatario,
    *,
    mensaje: str | None,
    adjunto_ids: list[int],
    remitente: Usuario,
    cc_email: str | None = None,
    responder_a: str | None = None,
) -> NoticeData:
    """The notice as it would go out now, with the photos of these ids.

    Photos go inside as long as the whole mail stays below its limit; the others wait behind the
    link to the receptor's page.

    Raises:
        InvalidValue: a photo is of another case, was deleted, or is no picture.
        MailTooBig: even without photos it does not fit.
        PhotoLost: the storage has lost a photo.
    """
    photos = choose_photos(oficio.id, adjunto_ids)
    sizes = {photo.id: len(_read(photo)) for photo in photos}
    selector = new_selector()
    textos = current_textos()

    def written(inside: list[Adjunto]) -> Composed:
        return compose(
            oficio,
            destinatario=destinatario.nombre or "",
            mensaje=mensaje or "",
            fotos=inside,
            foto_bytes=sum(sizes[photo.id] for photo in inside),
            fotos_enlace=len(photos) - len(inside),
            remitente=remitente,
            textos=textos,
            selector=selector,
        )

    limit = max_mail_bytes()
    inside = photos
    composed = written(inside)
    while inside and composed.tamano_bytes > limit:
        inside = _that_fit(inside, sizes, composed.tamano_bytes - limit)
        composed = written(inside)
    check_size(composed.tamano_bytes)
    return NoticeData(
        destinatario=destinatario,
        mensaje=mensaje or None,
        adjunto_ids=[photo.id for photo in photos],
        enlace_ids=[photo.id for photo in photos if photo not in inside],
        cc_email=cc_email,
        responder_a=responder_a,
        selector=selector,
        **vars(composed),
    )


def write_reminder(oficio: Oficio, notice: Notificacion, *, remitente: Usuario) -> NoticeData:
    """The same notice to the same receptor as the case stands now, saying that it is a reminder.

    Raises:
        MailTooBig, PhotoLost: as for ``write_notice``.
    """
    when = format_fecha_hora(notice.enviada_at or notice.created_at)
    mensaje = f"Le recordamos nuestro aviso del {when}. Le pedimos responder con el botón."
    return write_notice(
        oficio,
        Destinatario(notice.destinatario_email, notice.destinatario_nombre, notice.receptor_id),
        mensaje=mensaje,
        adjunto_ids=[photo.id for photo in notice.adjuntos if photo.eliminado_at is None],
        remitente=remitente,
        cc_email=notice.cc_email,
        responder_a=notice.responder_a,
    )


def _read(photo: Adjunto) -> bytes:
    try:
        return read_copy(photo)[0]
    except FileMissing:
        raise PhotoLost(photo.filename) from None


def _that_fit(photos: list[Adjunto], sizes: dict[int, int], excess: int) -> list[Adjunto]:
    """The photos without the last ones that make up the excess, at least one of them."""
    inside = list(photos)
    while inside and excess > 0:
        excess -= mail_size("", "", sizes[inside.pop().id])
    return inside
