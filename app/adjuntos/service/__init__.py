"""What happens to the files of an oficio: they are added, described, deleted, handed out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import EllipsisType
from typing import Any, BinaryIO

from sqlalchemy.exc import IntegrityError

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.antivirus import Infected, ScannerDown, check_file
from app.adjuntos.outside.storage import Storage, current_storage, get_storage
from app.adjuntos.queries import find_same_file, find_sent, list_adjuntos, list_visitas
from app.adjuntos.rules import JPEG, PDF, TipoAdjunto, choose_tipo
from app.adjuntos.service.placing import SameFile, StorageFailed, Stored, discard, store
from app.auditoria.service import audit
from app.core.errors import InvalidValue, RastroError, Refused
from app.core.text import safe_filename
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.usuarios.models import Usuario


@dataclass(frozen=True)
class Upload:
    """A file as it comes in: what its sender calls it, and its bytes to be read once."""

    filename: str
    stream: BinaryIO
    #: Idempotency key made by the phone.
    cliente_id: str | None = None


@dataclass(frozen=True)
class UploadResult:
    """What became of one file of several."""

    filename: str
    adjunto_id: int | None = None
    #: Why it was not stored, in a sentence.
    problem: str | None = None
    #: It was not stored because the oficio has it: nothing is lost.
    is_repeated: bool = False
    #: The storage was full or away: the same file may be stored later.
    is_temporary: bool = False
    #: The storage was full rather than unreachable.
    is_full: bool = False

    @property
    def is_failed(self) -> bool:
        """Whether the case lacks the file that its sender wanted to be there."""
        return self.problem is not None and not self.is_repeated


def add_adjuntos(
    oficio_id: int,
    uploads: Iterable[Upload],
    *,
    actor: Usuario | None,
    now: datetime,
    max_bytes: int,
    tipo: TipoAdjunto | None = None,
    descripcion: str | None = None,
    procedencia: str | None = None,
    visita_id: int | None = None,
    storage: Storage | None = None,
) -> list[UploadResult]:
    """Store several files, each for itself: a bad one is named and the others are kept.

    Call it outside ``transaction()``: reading and drawing pictures is slow, so each file has a
    transaction of its own, after its bytes are safe. Only one file is in memory at a time.
    ``actor`` is None for somebody without an account; then ``procedencia`` says who it was.
    ``visita_id`` is the visit, of this case, at which the photos were taken. An upload whose
    ``cliente_id`` the case knows is answered as it was the first time.
    """
    place = storage or current_storage()
    results = []
    for upload in uploads:
        filename = safe_filename(upload.filename)
        if sent := _find_sent(oficio_id, upload):
            results.append(sent)
            continue
        try:
            stored = store(oficio_id, filename, upload.stream, max_bytes, place)
            adjunto_id = _add_row(
                oficio_id,
                stored,
                tipo,
                descripcion,
                actor,
                now,
                place,
                procedencia,
                visita_id,
                upload.cliente_id,
            )
            results.append(UploadResult(stored.filename, adjunto_id))
        except SameFile as error:
            # A concurrent request with the same ``cliente_id`` may have stored it.
            sent = _find_sent(oficio_id, upload)
            results.append(sent or UploadResult(filename, problem=str(error), is_repeated=True))
        except Infected as error:
            note_infected(error, actor=actor, now=now, entidad="oficio", entidad_id=oficio_id)
            results.append(UploadResult(filename, problem=str(error)))
        except RastroError as error:
            failed = error if isinstance(error, StorageFailed) else None
            results.append(
                UploadResult(
                    filename,
                    problem=str(error),
                    is_temporary=failed is not None or isinstance(error, ScannerDown),
                    is_full=failed is not None and failed.is_full,
                )
            )
    return results


def summarize(results: list[UploadResult]) -> str:
    """What became of all files together, in one or two sentences."""
    stored = sum(result.adjunto_id is not None for result in results)
    failed = sum(result.is_failed for result in results)
    repeated = [f"«{result.filename}»" for result in results if result.is_repeated]
    sentences = []
    if stored:
        sentences.append(
            "Se guardó 1 archivo." if stored == 1 else f"Se guardaron {stored} archivos."
        )
    if repeated:
        verb = "Ya estaba" if len(repeated) == 1 else "Ya estaban"
        sentences.append(f"{verb} en este oficio: {', '.join(repeated)}.")
    if failed:
        sentences.append(
            "1 archivo no se guardó: vea por qué."
            if failed == 1
            else f"{failed} archivos no se guardaron: vea por qué."
        )
    return " ".join(sentences)


def describe_failed(results: list[UploadResult]) -> list[str]:
    """A sentence for each photo that was not stored, with its reason."""
    return [
        f"La foto «{result.filename}» no se guardó. {result.problem}"
        for result in results
        if result.is_failed
    ]


def update_adjunto(
    adjunto: Adjunto,
    *,
    tipo: TipoAdjunto,
    descripcion: str | None,
    actor: Usuario,
    now: datetime,
    visita_id: int | EllipsisType | None = ...,
) -> None:
    """Change what people say of a file; the bitácora keeps what was said before.

    Without ``visita_id`` the file stays with the visit that it has.

    Raises:
        InvalidValue: a PDF was called a photo, or the visit is not of this case.
    """
    if isinstance(visita_id, EllipsisType):
        visita_id = adjunto.visita_id
    elif visita_id is not None and visita_id not in {v.id for v in list_visitas(adjunto.oficio_id)}:
        raise InvalidValue("Esa visita no es de este caso. Elija una de la lista.")
    if adjunto.mime_type == PDF and tipo is TipoAdjunto.FOTO_VEHICULO:
        raise InvalidValue("Un PDF no es una foto: elija «Documento» o «Evidencia».")
    before = {
        "tipo": adjunto.tipo.value,
        "descripcion": adjunto.descripcion,
        "visita_id": adjunto.visita_id,
    }
    after = {"tipo": tipo.value, "descripcion": descripcion or None, "visita_id": visita_id}
    if before == after:
        return
    adjunto.tipo = tipo
    adjunto.descripcion = descripcion or None
    adjunto.visita_id = visita_id
    _record(adjunto, "Cambia los datos de", actor, now, antes=before, despues=after)


def place_adjunto(adjunto: Adjunto, step: int, *, actor: Usuario, now: datetime) -> None:
    """Move a file so many places towards the end of the gallery (towards its start: negative).

    The order is no evidence, so it is not sealed; that it was changed, the audit keeps.
    """
    files = list_adjuntos(adjunto.oficio_id)
    place = files.index(adjunto)
    files.insert(max(0, place + step), files.pop(place))
    for number, file in enumerate(files, start=1):
        file.orden = number
    _audit("adjunto.orden", adjunto, actor, now)
    db.session.flush()


def choose_cover(adjunto: Adjunto, *, actor: Usuario, now: datetime) -> None:
    """Let a photo stand for its case, instead of the one that did.

    Raises:
        InvalidValue: it is a document, or there is no copy of it to show.
    """
    if not adjunto.is_drawn:
        raise InvalidValue("La portada tiene que ser una foto que se pueda mostrar.")
    for file in list_adjuntos(adjunto.oficio_id):
        file.portada = False
    db.session.flush()
    adjunto.portada = True
    _audit("adjunto.portada", adjunto, actor, now)
    db.session.flush()


def set_approval(adjunto: Adjunto, *, aprobado: bool, actor: Usuario, now: datetime) -> None:
    """Show the copy of a photo to the buffet, or no longer. Asked for again, it changes nothing.

    It is no part of the evidence, so the file is not sealed anew; who decided it, the bitácora and
    the audit keep.

    Raises:
        InvalidValue: it is a document, of which there is no copy without its metadata.
    """
    if aprobado is (adjunto.aprobado_at is not None):
        return
    if aprobado and adjunto.copia_key is None:
        raise InvalidValue(
            "Al buffet se le muestran solo fotos. Un documento se entregaría tal como llegó, con "
            "todo lo que lleva adentro."
        )
    adjunto.aprobado_at = now if aprobado else None
    adjunto.aprobado_por_id = actor.id if aprobado else None
    verb = "Muestra al buffet la foto" if aprobado else "Deja de mostrar al buffet la foto"
    record(
        db.session.get_one(Oficio, adjunto.oficio_id),
        Actividad.ADJUNTO,
        f"{verb} «{adjunto.filename}»",
        actor=actor,
        now=now,
        detalle={"adjunto_id": adjunto.id, "aprobado": aprobado},
    )
    accion = "adjunto.aprobado" if aprobado else "adjunto.aprobacion_retirada"
    _audit(accion, adjunto, actor, now)
    db.session.flush()


def delete_adjunto(adjunto: Adjunto, motivo: str, *, actor: Usuario, now: datetime) -> None:
    """Take a file out of the case for a reason. It is evidence: the bytes and the row stay.

    Raises:
        Refused: somebody deleted it meanwhile.
    """
    if adjunto.eliminado_at is not None:
        raise Refused("Alguien ya lo eliminó.")
    adjunto.eliminado_at = now
    adjunto.eliminado_por_id = actor.id
    adjunto.eliminado_motivo = motivo
    adjunto.portada = False
    adjunto.aprobado_at = None
    adjunto.aprobado_por_id = None
    _record(adjunto, "Elimina", actor, now, motivo=motivo)
    _audit("adjunto.eliminado", adjunto, actor, now)
    db.session.flush()


def note_original_download(adjunto: Adjunto, *, actor: Usuario, now: datetime) -> None:
    """Write down who takes the untouched file, with all that it says of its maker, out of here."""
    _audit("adjunto.original_descargado", adjunto, actor, now)
    db.session.flush()


def _audit(accion: str, adjunto: Adjunto, actor: Usuario, now: datetime) -> None:
    audit(
        accion,
        actor=actor,
        now=now,
        entidad="adjunto",
        entidad_id=adjunto.id,
        oficio_id=adjunto.oficio_id,
        sha256=adjunto.sha256,
    )


def read_copy(adjunto: Adjunto) -> tuple[bytes, str]:
    """What people may see and mails may carry, with its MIME type.

    A picture's copy is a JPEG; a PDF has no copy and is handed out as it came.

    Raises:
        FileMissing: the storage has lost it.
        StorageDown: nobody can tell.
    """
    key, mime_type = (
        (adjunto.copia_key, JPEG)
        if adjunto.copia_key
        else (adjunto.original_key, adjunto.mime_type)
    )
    with get_storage(adjunto.almacen).open(key) as file:
        return file.read(), mime_type


def _add_row(
    oficio_id: int,
    stored: Stored,
    tipo: TipoAdjunto | None,
    descripcion: str | None,
    actor: Usuario | None,
    now: datetime,
    storage: Storage,
    procedencia: str | None,
    visita_id: int | None,
    cliente_id: str | None,
) -> int:
    """Insert the row and its bitácora entry; on failure remove the stored files, too."""
    contenido = stored.contenido
    try:
        with transaction():
            # Locked on PostgreSQL, so that a move at the same moment does not refuse the photo.
            oficio = db.session.get_one(Oficio, oficio_id, with_for_update=True)
            adjunto = Adjunto(
                oficio_id=oficio.id,
                tipo=choose_tipo(contenido.mime_type, tipo),
                filename=stored.filename,
                mime_type=contenido.mime_type,
                tamano_bytes=stored.size,
                sha256=stored.sha256,
                original_key=stored.original_key,
                copia_key=stored.copia_key,
                miniatura_key=stored.miniatura_key,
                copia_sha256=_sha256(contenido.copia),
                miniatura_sha256=_sha256(contenido.miniatura),
                almacen=stored.almacen,
                ancho=contenido.ancho,
                alto=contenido.alto,
                descripcion=descripcion or None,
                metadatos=contenido.metadatos,
                visita_id=visita_id,
                cliente_id=cliente_id,
                usuario_id=actor.id if actor else None,
                created_at=now,
            )
            db.session.add(adjunto)
            db.session.flush()
            verb = f"El {procedencia} agrega" if procedencia else "Agrega"
            origin = {"procedencia": procedencia} if procedencia else {}
            _record(adjunto, verb, actor, now, sha256=stored.sha256, **origin)
            adjunto_id = adjunto.id
    except IntegrityError:
        discard(stored, storage)
        # A concurrent upload of the same bytes won the unique constraint.
        existing = find_same_file(oficio_id, stored.sha256)
        if existing is None:
            raise
        raise SameFile(existing) from None
    except BaseException:
        discard(stored, storage)
        raise
    return adjunto_id


def check_upload(file: BinaryIO, *, actor: Usuario | None, now: datetime, **about: Any) -> None:
    """Have a file looked at by the antivirus, outside a transaction; the audit hears of a finding.

    Raises:
        Infected: something was found.
        ScannerDown: nobody can tell.
    """
    try:
        check_file(file)
    except Infected as error:
        note_infected(error, actor=actor, now=now, **about)
        raise


def note_infected(error: Infected, *, actor: Usuario | None, now: datetime, **about: Any) -> None:
    """Write down that a file was refused for what the antivirus found: what, hash and size."""
    with transaction():
        audit(
            "archivo.infectado",
            actor=actor,
            now=now,
            firma=error.firma,
            sha256=error.sha256,
            tamano=error.tamano,
            **about,
        )


def _find_sent(oficio_id: int, upload: Upload) -> UploadResult | None:
    """Return the first result of a repeated upload, found by its ``cliente_id``; else None."""
    sent = find_sent(oficio_id, upload.cliente_id) if upload.cliente_id else None
    return UploadResult(sent.filename, sent.id) if sent else None


def _sha256(data: bytes | None) -> str | None:
    return hashlib.sha256(data).hexdigest() if data else None


def _record(
    adjunto: Adjunto, verb: str, actor: Usuario | None, now: datetime, **detalle: object
) -> None:
    """Tell of the deed in the bitácora."""
    db.session.flush()
    what = "la foto" if adjunto.is_image else "el documento"
    record(
        db.session.get_one(Oficio, adjunto.oficio_id),
        Actividad.ADJUNTO,
        f"{verb} {what} «{adjunto.filename}»",
        actor=actor,
        now=now,
        detalle={"adjunto_id": adjunto.id, **detalle},
    )
