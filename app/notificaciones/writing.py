"""Writing a notice out: the case's facts, the photos and a message, from the page or the API."""

from __future__ import annotations

from app.adjuntos.service import read_copy
from app.notificaciones.mails import compose
from app.notificaciones.service import Destinatario, NoticeData, check_size, choose_photos
from app.oficios.models import Oficio
from app.usuarios.models import Usuario


def write_notice(
    oficio: Oficio,
    destinatario: Destinatario,
    *,
    mensaje: str | None,
    adjunto_ids: list[int],
    remitente: Usuario,
) -> NoticeData:
    """The notice as it would go out now, with the photos of these ids.

    Raises:
        InvalidValue: a photo is of another case, was deleted, or is no picture.
        MailTooBig: the photos do not fit into one mail.
        NotFound: the storage has lost a photo.
    """
    photos = choose_photos(oficio.id, adjunto_ids)
    composed = compose(
        oficio,
        destinatario=destinatario.nombre or "",
        mensaje=mensaje or "",
        fotos=photos,
        foto_bytes=sum(len(read_copy(photo)[0]) for photo in photos),
        remitente=remitente,
    )
    check_size(composed.tamano_bytes)
    return NoticeData(
        destinatario=destinatario,
        mensaje=mensaje or None,
        adjunto_ids=[photo.id for photo in photos],
        **vars(composed),
    )
