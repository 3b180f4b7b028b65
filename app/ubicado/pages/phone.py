"""¡Ubicado!: one page for a phone, and the photos that it sends one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import format_size
from app.core.clock import utcnow
from app.core.comunas import comunas
from app.core.errors import InvalidValue, Refused
from app.db import transaction
from app.extensions import current_config
from app.notificaciones.queries import list_photos
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.ubicado.forms import FotosForm, UbicadoForm
from app.ubicado.models import Ubicacion
from app.ubicado.pages.blueprint import bp
from app.ubicado.queries import find_sent, list_fresh_photos
from app.ubicado.service import check_locatable, locate
from app.ubicado.service.location_photos import Recibidas, receive
from app.web.access import staff_required
from app.web.bodies import accepts_bytes, several_uploads
from app.web.fragments import fragment, see_other


@bp.get("/ubicado")
@staff_required
def form_page(oficio_id: int) -> ResponseReturnValue:
    """The form, with the photos that the person sent a moment ago."""
    oficio = oficio_to_work(oficio_id)
    now = utcnow()
    form = UbicadoForm.for_case(oficio.direcciones, formdata=None)
    photos = list_fresh_photos(oficio.id, current_user.id, now)
    return _page(oficio, form, photos, refusal=_refusal(oficio, now))


@bp.post("/ubicado")
@accepts_bytes(several_uploads)
@staff_required
def save(oficio_id: int) -> ResponseReturnValue:
    """Write the location down and open the notice; sent twice it is one location.

    Photos that came along are stored first, so that a refused form has them still.
    """
    oficio = oficio_to_work(oficio_id)
    now = utcnow()
    form = UbicadoForm.for_case(oficio.direcciones)
    valid = form.validate()
    sent = _find_own(form, oficio)
    if sent is not None:
        return _notice(sent)
    if refusal := _refusal(oficio, now):
        photos = list_photos(oficio.id, form.adjuntos.data or [])
        return _page(oficio, form, photos, refusal=refusal, status=409)
    received = _receive(oficio, form.uploads(), now)
    ids = [*(form.adjuntos.data or []), *received.ids]
    if valid and not received.problemas:
        try:
            with transaction():
                ubicacion = locate(oficio, form.to_data(ids), actor=current_user, now=now)
            return _located(ubicacion)
        except InvalidValue as error:
            form.form_errors.append(str(error))
        except Refused as refused:
            photos = list_photos(oficio.id, ids)
            return _page(oficio, form, photos, refusal=str(refused), status=409)
    elif not ids:
        form.fotos.errors = [*form.fotos.errors, "Falta la foto: tome al menos una del vehículo."]
    photos = list_photos(oficio.id, ids)
    return _page(oficio, form, photos, status=422, problems=received)


@bp.post("/ubicado/fotos")
@accepts_bytes(several_uploads)
@staff_required
def upload(oficio_id: int) -> ResponseReturnValue:
    """Store photos at once and answer with their tiles; what was not stored says why."""
    oficio = oficio_to_work(oficio_id)
    form = FotosForm()
    if not form.validate():
        sentences = [sentence for errors in form.errors.values() for sentence in errors]
        return fragment("ubicado/_fotos.html", 422, oficio=oficio, photos=[], sentences=sentences)
    received = _receive(oficio, form.uploads(), utcnow())
    sentences = [f"«{one.filename}»: {one.problem}" for one in received.problemas]
    return fragment(
        "ubicado/_fotos.html",
        _status(received),
        oficio=oficio,
        photos=list_photos(oficio.id, received.ids),
        sentences=sentences,
    )


def _status(received: Recibidas) -> int:
    """What the phone makes of it: 503 is worth another try of the same photo, 422 is not."""
    if received.ids:
        return 200
    return 503 if any(one.is_temporary for one in received.problemas) else 422


def _receive(oficio: Oficio, uploads: Sequence[Any], now: datetime) -> Recibidas:
    return receive(
        oficio.id,
        uploads,
        actor=current_user,
        now=now,
        max_bytes=current_config().max_upload_bytes,
    )


def _find_own(form: UbicadoForm, oficio: Oficio) -> Ubicacion | None:
    """What this very form became when its person sent it before."""
    sent = None if form.cliente_id.errors else find_sent(form.cliente_id.data)
    if sent is None or (sent.oficio_id, sent.usuario_id) != (oficio.id, current_user.id):
        return None
    return sent


def _refusal(oficio: Oficio, now: datetime) -> str | None:
    """Why this case takes no location now."""
    try:
        check_locatable(oficio, now)
    except Refused as refused:
        return str(refused)
    return None


def _located(ubicacion: Ubicacion) -> Response:
    flash(
        f"Ubicado en {ubicacion.completa}. Ya no se consultan los pórticos de este caso. Revise el "
        "aviso para el receptor y envíelo.",
        "ok",
    )
    return _notice(ubicacion)


def _notice(ubicacion: Ubicacion) -> Response:
    """Go to the notice to the receptor, with the photos of the location chosen."""
    return see_other(
        url_for(
            "notificaciones.compose",
            oficio_id=ubicacion.oficio_id,
            fotos=[photo.id for photo in ubicacion.fotos],
        )
    )


def _page(
    oficio: Oficio,
    form: UbicadoForm,
    photos: list[Adjunto],
    *,
    status: int = 200,
    refusal: str | None = None,
    problems: Recibidas | None = None,
) -> Response:
    page = render_template(
        "ubicado/page.html",
        oficio=oficio,
        form=form,
        photos=photos,
        refusal=refusal,
        problems=problems.problemas if problems else [],
        comunas=[comuna.nombre for comuna in comunas()],
        max_size=format_size(current_config().max_upload_bytes),
    )
    return make_response(page, status)
