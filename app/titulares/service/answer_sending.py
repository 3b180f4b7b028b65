"""An answer on its way: its PDF is kept once, and it is sent by mail or handed over on paper."""

from __future__ import annotations

import hashlib
from datetime import datetime

from app.ajustes.queries import text_setting
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import audit, record_disclosure
from app.core.errors import Refused
from app.db import db
from app.notificaciones.rules import TipoNotificacion
from app.notificaciones.service.automatic_mails import order_mail
from app.titulares.mails import compose_letter
from app.titulares.models import Solicitud
from app.titulares.rules.solicitudes import LAW, answer_key
from app.titulares.service.data_requests import answer_of
from app.usuarios.models import Usuario


def store_answer(solicitud: Solicitud, pdf: bytes, *, now: datetime) -> None:
    """Keep the PDF of an answer, which is never drawn again, and order its mail.

    Its hash goes to the audit, whose chain seals it.
    """
    if solicitud.pdf_sha256:
        return
    solicitud.pdf = pdf
    solicitud.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    if solicitud.correo:
        order_mail(
            TipoNotificacion.INTERNA,
            compose_letter(
                f"Respuesta a su solicitud {solicitud.numero}",
                [*answer_of(solicitud), _beside(solicitud)],
            ),
            email=solicitud.correo,
            nombre=solicitud.nombre,
            clave=answer_key(solicitud.numero),
            now=now,
        )
    audit(
        "solicitud.respuesta_guardada",
        actor=None,
        now=now,
        entidad="solicitud",
        entidad_id=solicitud.id,
        numero=solicitud.numero,
        pdf_sha256=solicitud.pdf_sha256,
        json_sha256=solicitud.json_sha256,
    )
    db.session.flush()


def note_delivery(solicitud: Solicitud, como: str, *, actor: Usuario, now: datetime) -> None:
    """Write down that an answer was handed over on paper: how, and to whom.

    Raises:
        Refused: there is no answer yet, or it was sent already.
    """
    if solicitud.pdf_sha256 is None:
        raise Refused("Todavía no hay una respuesta compuesta que entregar.")
    if solicitud.enviada_at is not None:
        raise Refused("Ya consta cuándo se entregó esta respuesta.")
    solicitud.enviada_at = now
    record_disclosure(
        CanalDivulgacion.RESPUESTA,
        f"Respuesta a la solicitud {solicitud.numero}",
        como,
        now=now,
        base=text_setting(LAW),
        actor=actor,
        cantidad=2 if solicitud.json_sha256 else 1,
    )
    audit(
        "solicitud.entregada",
        actor=actor,
        now=now,
        entidad="solicitud",
        entidad_id=solicitud.id,
        numero=solicitud.numero,
    )
    db.session.flush()


def _beside(solicitud: Solicitud) -> str:
    data = ", y sus datos en un archivo JSON" if solicitud.json_sha256 else ""
    return f"Adjuntamos esta respuesta en PDF{data}."
