"""¡Ubicado!: one page for a phone, and the photos that it sends one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import format_size
from app.core.clock import utcnow
from app.core.comunas import comunas
from app.core.errors import InvalidValue, refusal_of
from app.extensions import current_config
from app.notificaciones.queries import list_photos
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.ubicado.forms import FotosForm, UbicadoForm
from app.ubicado.models import Ubicacion
from app.ubicado.pages.blueprint import bp
from app.ubicado.queries import find_sent, list_fresh_photos
from app.ubicado.rules import CLIENT_ID_MAX
from app.ubicado.service import check_locatable, locate
from app.ubicado.service.location_photos import Recibidas, receive
from app.web.access import staff_required
from app.web.bodies import accepts_bytes, several_uploads
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import fragment, see_other
from app.web.sentences import Sentence


@bp.get("/ubicado")
@staff_required
def form_page(oficio_id: int) -> ResponseReturnValue:
    """The form, with the photos that the person sent a moment ago."""
    oficio = oficio_to_work(oficio_id)
    now = utcnow()
    form = UbicadoForm.for_case(oficio.direcciones, formdata=None)
    photos = list_fresh_photos(oficio.id, current_user.id, now)
    return _page(oficio, form, photos, refusal=refusal_of(check_locatable, oficio, now))


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
    sent = _find_own(form, oficio)
    if sent is not None:
        return see_other(_notice_url(sent))

    def show(
        status: int = 422,
        *,
        refusal: str | Sentence | None = None,
        received: Recibidas | None = None,
    ) -> Response:
        photos = list_photos(oficio.id, form.adjuntos.data or [])
        return _page(oficio, form, photos, refusal=refusal, status=status, problems=received)

    if refusal := refusal_of(check_locatable, oficio, now):
        return show(409, refusal=refusal)
    received = _receive(oficio, form.uploads(), now)
    form.take(received)

    def deed() -> Done:
        ubicacion = locate(oficio, form.to_data(form.adjuntos.data), actor=current_user, now=now)
        return Done(
            f"Ubicado en {ubicacion.completa}. Ya no se consultan los pórticos de este caso. "
            "Revise el aviso para el receptor y envíelo.",
            _notice_url(ubicacion),
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: show(status, received=received),
            beside={InvalidValue: form},
            refuse=lambda sentence, status: show(status, refusal=sentence),
        )
    )


@bp.post("/ubicado/fotos")
@accepts_bytes(several_uploads)
@staff_required
def upload(oficio_id: int) -> ResponseReturnValue:
    """Store photos at once and answer with their tiles; what was not stored says why."""
    oficio = oficio_to_work(oficio_id)
    form = FotosForm()

    def tiles(status: int, ids: Sequence[int], sentences: list[str]) -> Response:
        photos = list_photos(oficio.id, list(ids))
        return fragment(
            "ubicado/_fotos.html", status, oficio=oficio, photos=photos, sentences=sentences
        )

    def deed() -> Done:
        received = _receive(oficio, form.uploads(), utcnow())
        sentences = [f"«{one.filename}»: {one.problem}" for one in received.problemas]
        return Done("", "", answer=lambda: tiles(_status(received), received.ids, sentences))

    def show(status: int) -> Response:
        return tiles(status, (), [text for errors in form.errors.values() for text in errors])

    return carry_out(Deed(do=deed, in_transaction=False, form=form, show=show))


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
    key = form.cliente_id.data or ""
    sent = find_sent(key) if len(key) <= CLIENT_ID_MAX else None
    if sent is None or (sent.oficio_id, sent.usuario_id) != (oficio.id, current_user.id):
        return None
    return sent


def _notice_url(ubicacion: Ubicacion) -> str:
    """The notice to the receptor, with the photos of the location chosen."""
    return url_for(
        "notificaciones.compose",
        oficio_id=ubicacion.oficio_id,
        fotos=[photo.id for photo in ubicacion.fotos],
    )


def _page(
    oficio: Oficio,
    form: UbicadoForm,
    photos: list[Adjunto],
    *,
    status: int = 200,
    refusal: str | Sentence | None = None,
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
