"""The section of photos and documents on the case page, and the files themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.access import adjunto_of, adjunto_to_see
from app.adjuntos.forms import AdjuntoDetailsForm, ApprovalForm, PlaceForm, RemoveForm, UploadForm
from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import get_storage
from app.adjuntos.queries import list_adjuntos, list_newest
from app.adjuntos.rules import JPEG, copy_name, format_size
from app.adjuntos.rules.photo_doubts import list_mismatches
from app.adjuntos.service import (
    UploadResult,
    add_adjuntos,
    choose_cover,
    delete_adjunto,
    note_original_download,
    place_adjunto,
    read_copy,
    set_approval,
    summarize,
    update_adjunto,
)
from app.auditoria.pages import note_file
from app.core.clock import utcnow
from app.db import transaction
from app.extensions import current_config
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.web.access import or_404, staff_required
from app.web.bodies import accepts_bytes, several_uploads
from app.web.conditional import conditional
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form
from app.web.fragments import is_htmx

bp = Blueprint("adjuntos", __name__)


#: A file never runs anything, whatever a browser takes it for. The style is that of the browser's
#: own picture viewer; nothing of ours or of the sender is in that page.
_FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_YEAR = 365 * 24 * 3600
#: Photos on the *Resumen* of a case.
_NEWEST = 4


def load_newest(oficio: Oficio, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The newest photos of a case, for its *Resumen*."""
    return {"newest_photos": list_newest(oficio.id, _NEWEST) if counts.get("fotos") else []}


@bp.get("/oficios/<int:oficio_id>/fotos")
@staff_required
@conditional
def section(oficio_id: int) -> ResponseReturnValue:
    """The gallery and the form to add to it."""
    return _gallery(oficio_to_work(oficio_id), UploadForm.for_case(oficio_id, fresh=True))


@bp.post("/oficios/<int:oficio_id>/fotos")
@accepts_bytes(several_uploads)
@staff_required
def upload(oficio_id: int) -> ResponseReturnValue:
    """Store the good files and name the bad ones with their reason."""
    oficio = oficio_to_work(oficio_id)
    form = UploadForm.for_case(oficio.id)

    def deed() -> Done:
        results = add_adjuntos(
            oficio.id,
            form.uploads(),
            tipo=form.chosen_tipo(),
            descripcion=form.descripcion.data,
            visita_id=form.visita_id.data or None,
            actor=current_user,
            now=utcnow(),
            max_bytes=current_config().max_upload_bytes,
        )
        failed = any(result.is_failed for result in results)
        stored = any(result.adjunto_id for result in results)
        if not is_htmx() and not failed:
            tone = "ok" if stored else "aviso"
            return Done(summarize(results), _section_url(oficio), tone=tone)
        if not is_htmx():
            return Done("", "", answer=lambda: _gallery(oficio, form, 422, results))
        # 200 as soon as one was stored: then the counts around the section have to follow.
        status = 422 if failed and not stored else 200
        fresh = form if failed else UploadForm.for_case(oficio.id, fresh=True)
        return Done(
            summarize(results),
            "",
            tone="error" if failed else "ok",
            answer=lambda: _gallery(oficio, fresh, status, results),
        )

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            form=form,
            show=lambda status: _gallery(oficio, form, status),
        )
    )


@bp.get("/oficios/<int:oficio_id>/fotos/<int:adjunto_id>")
@staff_required
def detail(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """One file: the picture large, what it says of itself, what people say of it."""
    oficio = oficio_to_work(oficio_id)
    adjunto = adjunto_of(oficio, adjunto_id)
    return _adjunto_page(oficio, adjunto)


@bp.post("/oficios/<int:oficio_id>/fotos/<int:adjunto_id>")
@staff_required
def update(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """Change what people say of a file."""
    oficio = oficio_to_work(oficio_id)
    adjunto = adjunto_of(oficio, adjunto_id)
    form = AdjuntoDetailsForm.for_adjunto(adjunto)

    def deed() -> Done:
        update_adjunto(
            adjunto_of(oficio, adjunto_id),
            tipo=form.tipo.value,
            descripcion=form.descripcion.data,
            visita_id=form.visita_id.data or None,
            actor=current_user,
            now=utcnow(),
        )
        return Done("Guardado.", _adjunto_url(oficio, adjunto_id))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _adjunto_page(oficio, adjunto, status, form=form),
            fresh=lambda: _adjunto_page(oficio, adjunto),
        )
    )


@bp.post("/oficios/<int:oficio_id>/fotos/<int:adjunto_id>/orden")
@staff_required
def place(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """Move a file one place in the gallery."""
    oficio = oficio_to_work(oficio_id)
    adjunto = adjunto_of(oficio, adjunto_id)
    form = PlaceForm()

    def deed() -> Done:
        place_adjunto(
            adjunto_of(oficio, adjunto_id),
            1 if form.hacia.data == "despues" else -1,
            actor=current_user,
            now=utcnow(),
        )
        return Done("Orden guardado.", _adjunto_url(oficio, adjunto_id))

    return _carry_out(oficio, adjunto, deed, form)


@bp.post("/oficios/<int:oficio_id>/fotos/<int:adjunto_id>/portada")
@staff_required
def cover(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """Let a photo stand for the case."""
    oficio = oficio_to_work(oficio_id)
    adjunto = adjunto_of(oficio, adjunto_id)

    def deed() -> Done:
        choose_cover(adjunto_of(oficio, adjunto_id), actor=current_user, now=utcnow())
        return Done("Esta foto es ahora la portada.", _adjunto_url(oficio, adjunto_id))

    return _carry_out(oficio, adjunto, deed)


@bp.post("/oficios/<int:oficio_id>/fotos/<int:adjunto_id>/buffet")
@staff_required
def approve(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """Show a photo to the buffet, or no longer."""
    oficio = oficio_to_work(oficio_id)
    adjunto = adjunto_of(oficio, adjunto_id)
    form = ApprovalForm()

    def deed() -> Done:
        aprobado = form.aprobado.data == "si"
        set_approval(
            adjunto_of(oficio, adjunto_id), aprobado=aprobado, actor=current_user, now=utcnow()
        )
        text = "El buffet ve ahora esta foto." if aprobado else "El buffet ya no ve esta foto."
        return Done(text, _adjunto_url(oficio, adjunto_id))

    return _carry_out(oficio, adjunto, deed, form)


@bp.post("/oficios/<int:oficio_id>/fotos/<int:adjunto_id>/eliminar")
@staff_required
def remove(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """Take a file out of the case, with a reason."""
    oficio = oficio_to_work(oficio_id)
    adjunto = adjunto_of(oficio, adjunto_id)
    form = RemoveForm()

    def deed() -> Done:
        delete_adjunto(
            adjunto_of(oficio, adjunto_id), form.motivo.data, actor=current_user, now=utcnow()
        )
        return Done("Eliminado del caso. El motivo quedó en la bitácora.", _section_url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _adjunto_page(oficio, adjunto, status, remove_form=form),
        )
    )


@bp.get("/adjuntos/<int:adjunto_id>")
@staff_required
def copy(adjunto_id: int) -> ResponseReturnValue:
    """What people see: a picture's copy in the browser, a document to be downloaded."""
    adjunto = adjunto_to_see(adjunto_id)
    data, mime_type = read_copy(adjunto)
    name = copy_name(adjunto.filename) if adjunto.is_image else adjunto.filename
    note_file(f"Abrió el archivo n.º {adjunto.id}", actor=current_user, oficio_id=adjunto.oficio_id)
    return _send(data, mime_type, name, as_attachment=not adjunto.is_image)


@bp.get("/adjuntos/<int:adjunto_id>/miniatura")
@staff_required
def thumbnail(adjunto_id: int) -> ResponseReturnValue:
    """The small picture of the gallery; a document has none."""
    adjunto = adjunto_to_see(adjunto_id)
    key = or_404(adjunto.miniatura_key)
    with get_storage(adjunto.almacen).open(key) as file:
        return _send(file.read(), JPEG, copy_name(adjunto.filename))


@bp.post("/adjuntos/<int:adjunto_id>/original")
@staff_required
def original(adjunto_id: int) -> ResponseReturnValue:
    """The untouched file; a POST, because taking it is written down and a GET writes nothing."""
    adjunto = adjunto_to_see(adjunto_id)
    file = get_storage(adjunto.almacen).open(adjunto.original_key)
    try:
        with transaction():
            note_original_download(adjunto, actor=current_user, now=utcnow())
        response = send_file(
            file,
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=adjunto.filename,
        )
    except BaseException:
        file.close()
        raise
    response.content_length = adjunto.tamano_bytes
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    return response


def _carry_out(
    oficio: Oficio, adjunto: Adjunto, deed: Callable[[], Done], form: Form | None = None
) -> ResponseReturnValue:
    """Do what a button beside a file asks for, and show the file again."""
    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _adjunto_page(oficio, adjunto, status),
            fresh=lambda: _adjunto_page(oficio, adjunto),
        )
    )


def _gallery(
    oficio: Oficio,
    form: UploadForm,
    status: int = 200,
    results: list[UploadResult] | None = None,
) -> Response:
    problems = [result for result in results or () if result.problem]
    return render_section(
        oficio,
        "fotos",
        "adjuntos/_section.html",
        status=status,
        adjuntos=list_adjuntos(oficio.id),
        mismatches=list_mismatches,
        form=form,
        problems=problems,
        summary=summarize(results or []) if problems else "",
        max_size=format_size(current_config().max_upload_bytes),
    )


def _adjunto_page(
    oficio: Oficio,
    adjunto: Adjunto,
    status: int = 200,
    *,
    form: AdjuntoDetailsForm | None = None,
    remove_form: RemoveForm | None = None,
) -> Response:
    ids = [other.id for other in list_adjuntos(oficio.id)]
    place = ids.index(adjunto.id)
    return render_section(
        oficio,
        "fotos",
        "adjuntos/_adjunto.html",
        status=status,
        subpage=adjunto.filename,
        adjunto=adjunto,
        size=format_size(adjunto.tamano_bytes),
        mismatches=list_mismatches(adjunto),
        previous_id=ids[place - 1] if place else None,
        next_id=ids[place + 1] if place + 1 < len(ids) else None,
        number=place + 1,
        total=len(ids),
        form=form or AdjuntoDetailsForm.for_adjunto(adjunto),
        remove_form=remove_form or RemoveForm(formdata=None),
    )


def _send(data: bytes, mime_type: str, name: str, *, as_attachment: bool = False) -> Response:
    """A file that never changes under its address: a browser may keep it, a proxy may not."""
    response = send_file(
        BytesIO(data), mimetype=mime_type, download_name=name, as_attachment=as_attachment
    )
    response.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    if not as_attachment:
        response.headers.set("Content-Disposition", "inline", filename=name)
    return response


def _section_url(oficio: Oficio) -> str:
    return url_for("adjuntos.section", oficio_id=oficio.id)


def _adjunto_url(oficio: Oficio, adjunto_id: int) -> str:
    return url_for("adjuntos.detail", oficio_id=oficio.id, adjunto_id=adjunto_id)
