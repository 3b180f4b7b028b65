"""¡Ubicado! from a phone that had no signal: each photo by itself, then the location, once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.extensions import current_config
from app.oficios.access import oficio_to_work
from app.ubicado.forms import FotosForm, WaitingUbicadoForm
from app.ubicado.models import Ubicacion
from app.ubicado.queries import find_sent
from app.ubicado.service import locate
from app.ubicado.service.location_photos import Recibidas, receive
from app.web.access import staff_required
from app.web.bodies import accepts_bytes, one_upload
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form
from app.web.sentences import Sentence

#: Below the path of Terreno's own door, whose refusals are JSON too.
bp = Blueprint(
    "ubicado_telefono", __name__, url_prefix="/terreno/datos/oficios/<int:oficio_id>/ubicado"
)


@bp.post("/fotos")
@accepts_bytes(one_upload)
@staff_required
def receive_photo(oficio_id: int) -> ResponseReturnValue:
    """Store one photo of a location that is still on the phone; the same one again is the same."""
    oficio = oficio_to_work(oficio_id)
    form = FotosForm()

    def deed() -> Done:
        received = receive(
            oficio.id,
            form.uploads()[:1],
            actor=current_user,
            now=utcnow(),
            max_bytes=current_config().max_upload_bytes,
        )
        return Done("", "", answer=lambda: _photo_answer(received))

    return carry_out(Deed(do=deed, in_transaction=False, form=form, show=_problems_of(form)))


@bp.post("")
@staff_required
def receive_location(oficio_id: int) -> ResponseReturnValue:
    """Store a location that waited on a phone: 201, or 200 when it was here already."""
    oficio = oficio_to_work(oficio_id)
    now = utcnow()
    form = WaitingUbicadoForm.for_case(oficio.direcciones)
    sent = find_sent(form.cliente_id.data or "")
    if sent is not None and (sent.oficio_id, sent.usuario_id) == (oficio.id, current_user.id):
        return _stored(sent, 200)

    def deed() -> Done:
        data = form.to_waiting_data(now)
        ubicacion = locate(oficio, data, actor=current_user, now=now)
        return Done("", "", answer=lambda: _stored(ubicacion, 201))

    def refuse(sentence: Sentence, status: int) -> ResponseReturnValue:
        # With a motive the phone asks its person; without one it would try again for ever.
        return jsonify(detail=sentence.text, motivo="rechazada"), status

    return carry_out(Deed(do=deed, form=form, show=_problems_of(form), refuse=refuse))


def _photo_answer(received: Recibidas) -> ResponseReturnValue:
    if received.ids:
        return jsonify(adjunto_id=received.ids[0]), 201
    problem = received.problemas[0]
    return jsonify(detail=problem.problem), 503 if problem.is_temporary else 422


def _stored(ubicacion: Ubicacion, status: int) -> ResponseReturnValue:
    """What the phone tells: where it was found, and the notice that comes next."""
    notice = url_for(
        "notificaciones.compose",
        oficio_id=ubicacion.oficio_id,
        fotos=[photo.id for photo in ubicacion.fotos],
    )
    text = f"Se envió: ubicado en {ubicacion.completa}. Falta revisar y enviar el aviso."
    return jsonify(detail=text, siguiente=notice), status


def _problems_of(form: Form) -> Any:
    def show(status: int) -> ResponseReturnValue:
        sentences = [str(text) for texts in form.errors.values() for text in texts]
        return jsonify(detail=" ".join(sentences)), status

    return show
