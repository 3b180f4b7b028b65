"""Photos and documents of an oficio, and the files themselves."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO, cast

import sqlalchemy as sa
from flask import Response, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import get_storage
from app.adjuntos.permissions import is_for_buffet
from app.adjuntos.queries import approved_statement, find_adjunto
from app.adjuntos.rules import JPEG, buffet_name, copy_name
from app.adjuntos.service import (
    Upload,
    add_adjuntos,
    delete_adjunto,
    note_original_download,
    read_copy,
    set_approval,
    update_adjunto,
)
from app.api.v1.access import STAFF, bearer_required, current_usuario, oficio_to_see
from app.api.v1.answering import answer, answer_list, must_match
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import invalid, takes
from app.api.v1.repeating import once
from app.api.v1.schemas.adjuntos import AdjuntoChange, AdjuntoForm, AdjuntoShown, RemovalQuery
from app.api.v1.schemas.base import Paging
from app.api.v1.schemas.cliente import AdjuntoDelBuffet
from app.core.clock import utcnow
from app.core.errors import InvalidValue, NotFound
from app.db import db, transaction
from app.extensions import current_config
from app.oficios.models import Oficio
from app.web.bodies import accepts_bytes, one_upload
from app.web.error_pages import error_response

bp = ApiBlueprint("adjuntos", __name__, url_prefix="/oficios/<int:oficio_id>/adjuntos")

_ONE = "/<int:adjunto_id>"
#: A file never runs anything, whatever a browser takes it for.
_FILE_POLICY = "default-src 'none'; sandbox"
_COPIES = ("image/jpeg", "application/pdf")


@bp.post("/")
@accepts_bytes(one_upload)
@bearer_required(*STAFF)
@once()
@takes(form=AdjuntoForm)
@gives("Subir una foto o un documento.", AdjuntoShown, 201, errors=(409, 413))
def upload(oficio_id: int, form: AdjuntoForm) -> ResponseReturnValue:
    """Store one file: its untouched original, and the copy that people see."""
    oficio = oficio_to_see(oficio_id)
    file = request.files.get("archivo")
    if file is None or not file.filename:
        return invalid("archivo", "Falta el archivo.")
    (result,) = add_adjuntos(
        oficio.id,
        [Upload(file.filename, cast(BinaryIO, file.stream))],
        tipo=form.tipo,
        descripcion=form.descripcion,
        actor=current_usuario(),
        now=utcnow(),
        max_bytes=current_config().max_upload_bytes,
    )
    if result.adjunto_id is None:
        if result.is_repeated:
            return error_response(409, result.problem)
        if result.is_temporary:
            return error_response(507 if result.is_full else 503, result.problem)
        return invalid("archivo", result.problem or "")
    return answer(_show(db.session.get_one(Adjunto, result.adjunto_id)), 201)


@bp.get("/")
@bearer_required()
@takes(query=Paging)
@gives(
    "Listar las fotos y documentos, lo último primero; un cliente lee las fotos aprobadas.",
    AdjuntoShown,
    many=True,
    errors=(403,),
    cliente=AdjuntoDelBuffet,
)
def index(oficio_id: int, query: Paging) -> ResponseReturnValue:
    """The files of a case, newest first; what was deleted is not listed."""
    oficio = oficio_to_see(oficio_id)
    if not current_usuario().is_staff:
        return answer_list(approved_statement(oficio.id), query, _show_to_buffet)
    statement = (
        sa.select(Adjunto)
        .where(Adjunto.oficio_id == oficio.id, Adjunto.eliminado_at.is_(None))
        .order_by(Adjunto.created_at.desc(), Adjunto.id.desc())
    )
    return answer_list(statement, query, _show)


@bp.get(_ONE)
@bearer_required()
@gives("Leer lo que se sabe de un archivo.", AdjuntoShown, errors=(403,), cliente=AdjuntoDelBuffet)
def detail(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """What is known of one file."""
    adjunto = _get(oficio_to_see(oficio_id), adjunto_id)
    return answer(_show(adjunto) if current_usuario().is_staff else _show_to_buffet(adjunto))


@bp.patch(_ONE)
@bearer_required(*STAFF)
@takes(body=AdjuntoChange)
@gives("Corregir lo que se dice de un archivo.", AdjuntoShown, errors=(409, 412))
def change(oficio_id: int, adjunto_id: int, body: AdjuntoChange) -> ResponseReturnValue:
    """Change what people say of a file."""
    oficio = oficio_to_see(oficio_id)
    field = "tipo"
    try:
        with transaction():
            adjunto = _get(oficio, adjunto_id)
            must_match(_show(adjunto))
            given = body.given()
            aprobado = given.pop("aprobado", None)
            if aprobado is not None:
                field = "aprobado"
                set_approval(adjunto, aprobado=aprobado, actor=current_usuario(), now=utcnow())
            if given:
                field = "tipo"
                known = {"tipo": adjunto.tipo, "descripcion": adjunto.descripcion}
                values = {**known, **given}
                update_adjunto(adjunto, **values, actor=current_usuario(), now=utcnow())
    except InvalidValue as error:
        return invalid(field, str(error))
    return answer(_show(adjunto))


@bp.delete(_ONE)
@bearer_required(*STAFF)
@takes(query=RemovalQuery)
@gives(
    "Sacar un archivo del caso. Es evidencia: los bytes se conservan.", status=204, errors=(409,)
)
def remove(oficio_id: int, adjunto_id: int, query: RemovalQuery) -> ResponseReturnValue:
    """Take a file out of a case, with a reason."""
    oficio = oficio_to_see(oficio_id)
    with transaction():
        adjunto = _get(oficio, adjunto_id)
        delete_adjunto(adjunto, query.motivo, actor=current_usuario(), now=utcnow())
    return "", 204


@bp.get(_ONE + "/copia")
@bearer_required()
@gives("Bajar la copia que las personas ven, sin metadatos.", media=_COPIES, errors=(403,))
def copy(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """The copy that people see: a picture as JPEG, a document as it came."""
    adjunto = _get(oficio_to_see(oficio_id), adjunto_id)
    data, mime_type = read_copy(adjunto)
    name = copy_name(adjunto.filename) if adjunto.is_image else adjunto.filename
    if not current_usuario().is_staff:
        name = buffet_name(adjunto.id)
    return _guard(send_file(BytesIO(data), mimetype=mime_type, download_name=name))


@bp.get(_ONE + "/original")
@bearer_required(*STAFF)
@gives(
    "Bajar el archivo original. Queda anotado quién lo bajó.", media=("application/octet-stream",)
)
def original(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """The untouched file; taking it is written down."""
    adjunto = _get(oficio_to_see(oficio_id), adjunto_id)
    file = get_storage(adjunto.almacen).open(adjunto.original_key)
    if request.method == "HEAD":
        file.close()
    else:
        try:
            with transaction():
                note_original_download(adjunto, actor=current_usuario(), now=utcnow())
        except BaseException:
            file.close()
            raise
    response = Response(_pieces(file), mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=adjunto.filename)
    response.content_length = adjunto.tamano_bytes
    return _guard(response)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file piece by piece, closed at its end: an original may have 200 MB."""
    with file:
        while not file.closed and (piece := file.read(1024 * 1024)):
            yield piece


def _get(oficio: Oficio, adjunto_id: int) -> Adjunto:
    adjunto = find_adjunto(adjunto_id)
    if adjunto is None or adjunto.oficio_id != oficio.id:
        raise NotFound("Adjunto no encontrado")
    # To a cliente what was not approved is as if it were not there.
    if not (current_usuario().is_staff or is_for_buffet(adjunto)):
        raise NotFound("Adjunto no encontrado")
    return adjunto


def _show_to_buffet(adjunto: Adjunto) -> AdjuntoDelBuffet:
    return AdjuntoDelBuffet(
        id=adjunto.id,
        tipo=adjunto.tipo,
        filename=buffet_name(adjunto.id),
        url=url_for("api.adjuntos.copy", oficio_id=adjunto.oficio_id, adjunto_id=adjunto.id),
        mime_type=JPEG,
        sha256=adjunto.copia_sha256,
        aprobado_at=adjunto.aprobado_at,
    )


def _show(adjunto: Adjunto) -> AdjuntoShown:
    where: dict[str, Any] = {"oficio_id": adjunto.oficio_id, "adjunto_id": adjunto.id}
    return AdjuntoShown(
        id=adjunto.id,
        tipo=adjunto.tipo,
        filename=adjunto.filename,
        url=url_for("api.adjuntos.copy", **where),
        original_url=url_for("api.adjuntos.original", **where),
        mime_type=adjunto.mime_type,
        tamano_bytes=adjunto.tamano_bytes,
        sha256=adjunto.sha256,
        descripcion=adjunto.descripcion,
        fecha_subida=adjunto.created_at,
        fecha_camara=adjunto.tomada_at,
        cuando=adjunto.cuando,
        metadata=adjunto.metadatos,
        aprobado_at=adjunto.aprobado_at,
    )


def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response
