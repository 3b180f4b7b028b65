"""The routes about oficios that put work into the queue."""

from __future__ import annotations

import secrets

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from app.api.v1.access import STAFF, bearer_required, current_usuario, oficio_to_see
from app.api.v1.answering import answer
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.trabajos import CheckQuery, Enqueued, NoticeNew, PendingCheck
from app.consultas.pages.warning import current_warning
from app.consultas.rules.vigencia import BY_API
from app.consultas.service import request_check
from app.consultas.service.vehicle_data import request_vehicle_data
from app.core.clock import utcnow
from app.core.errors import InvalidValue, NotFound
from app.db import transaction
from app.extensions import current_config
from app.jobs.service import note_asker
from app.notificaciones.mails import mail_domain
from app.notificaciones.queries.receptor_directory import find_receptor_by_email
from app.notificaciones.rules import Incomplete
from app.notificaciones.rules.sources import find_location
from app.notificaciones.service import AlreadyNotified, Destinatario, MailTooBig, create_notice
from app.notificaciones.service.writing import write_notice
from app.web.error_pages import error_response

bp = ApiBlueprint("encolar", __name__, url_prefix="/oficios/<int:oficio_id>")


@bp.post("/consultar-apis")
@bearer_required(*STAFF)
@once()
@takes(query=CheckQuery)
@gives(
    "Encolar una consulta de pórticos, mientras la orden esté vigente. Mientras haya una abierta, "
    "pedirla otra vez es la misma.",
    PendingCheck,
    202,
    errors=(409,),
    headers=("Location",),
)
def check(oficio_id: int, query: CheckQuery) -> ResponseReturnValue:
    """Have the gantries checked. While a check is open, asking again is the same one."""
    oficio = oficio_to_see(oficio_id)
    usuario = current_usuario()
    warning = current_warning()
    with transaction():
        trabajo = request_check(oficio, query.motivo or BY_API, actor=usuario, now=utcnow())
        note_asker(trabajo, usuario_id=usuario.id)
        task_id = trabajo.id
    warnings = [warning] if warning else []
    return _accepted(PendingCheck(task_id=task_id, advertencias=warnings), task_id)


@bp.post("/vehiculo/consultar")
@bearer_required(*STAFF)
@once()
@gives(
    "Encolar una consulta de los datos del vehículo, que llena solo lo que está vacío.",
    Enqueued,
    202,
    errors=(409,),
    headers=("Location",),
)
def vehicle_data(oficio_id: int) -> ResponseReturnValue:
    """Have a provider asked what vehicle the plate is."""
    oficio = oficio_to_see(oficio_id)
    usuario = current_usuario()
    with transaction():
        trabajo = request_vehicle_data(
            oficio,
            configured=current_config().vehicle_data_configured,
            actor=usuario,
            now=utcnow(),
        )
        note_asker(trabajo, usuario_id=usuario.id)
        task_id = trabajo.id
    return _accepted(Enqueued(message="Consulta encolada", task_id=task_id), task_id)


@bp.post("/notificar-receptor")
@bearer_required(*STAFF)
@once()
@takes(body=NoticeNew)
@gives(
    "Encolar un aviso a un receptor judicial, con fotos de este oficio.",
    Enqueued,
    202,
    errors=(409,),
    headers=("Location",),
)
def notify(oficio_id: int, body: NoticeNew) -> ResponseReturnValue:
    """Have a notice sent to a receptor judicial, with photos of this oficio."""
    oficio = oficio_to_see(oficio_id)
    usuario = current_usuario()
    known = find_receptor_by_email(body.receptor_email)
    destinatario = Destinatario(body.receptor_email.lower(), known.nombre if known else None)
    try:
        data = write_notice(
            oficio,
            destinatario,
            mensaje=body.mensaje_adicional,
            adjunto_ids=_photo_ids(oficio.id, body),
            remitente=usuario,
            cc_email=body.cc_email,
            responder_a=body.responder_a,
        )
        with transaction():
            notice = create_notice(
                oficio,
                data,
                clave=secrets.token_urlsafe(24),
                confirmed=body.confirmar_repetida,
                confirmed_incomplete=body.confirmar_incompleto,
                dominio=mail_domain(),
                actor=usuario,
                now=utcnow(),
            )
            task_id = str(notice.trabajo_id)
    except AlreadyNotified as asked:
        again = "Para mandar otro, envíe «confirmar_repetida»: true."
        return error_response(409, f"{asked.hecho} {again}")
    except Incomplete as asked:
        again = "Para enviarlo igual, mande «confirmar_incompleto»: true."
        return error_response(409, f"{asked.hecho} {again}")
    except (InvalidValue, MailTooBig, NotFound) as refused:
        return invalid("adjuntos_ids", str(refused))
    return _accepted(Enqueued(message="Notificación encolada", task_id=task_id), task_id)


def _photo_ids(oficio_id: int, body: NoticeNew) -> list[int]:
    """The photos that were asked for; left out, those of where the vehicle was found."""
    if body.adjuntos_ids is not None:
        return body.adjuntos_ids
    found = find_location(oficio_id)
    return list(found.foto_ids) if found else []


def _accepted(schema: BaseModel, task_id: str) -> Response:
    """202, and where to look how far it is."""
    response = answer(schema, 202)
    response.headers["Location"] = url_for("api.trabajos.detail", task_id=task_id)
    return response
