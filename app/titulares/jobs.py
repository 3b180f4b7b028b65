"""Drawing answers, and watching clocks and arrivals."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.adjuntos.outside.storage import FileMissing, get_storage
from app.ajustes.queries import current_office, find_logo_data
from app.core.clock import to_local
from app.db import db, release, transaction
from app.informes.outside.typesetting import PrintFailed
from app.jobs.models import Trabajo
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.titulares.models import Solicitud
from app.titulares.outside.answer_pdf import AnswerContent, print_answer
from app.titulares.outside.file_words import read_file_words
from app.titulares.queries.bloqueos import list_arrivals
from app.titulares.queries.data_requests import list_open, list_unproven, list_without_block
from app.titulares.queries.kept_words import ArchivoSinLeer, list_unread
from app.titulares.queries.lugares import primary_key
from app.titulares.queries.portable import tell_data
from app.titulares.rules.solicitudes import ANSWER_JOB, is_due_soon
from app.titulares.service.answer_sending import store_answer
from app.titulares.service.data_requests import (
    answer_of,
    current_terms,
    note_sending,
    tell_admins,
    warn_of_block,
    warn_of_failed_answer,
    warn_of_term,
)
from app.titulares.service.kept_words import forget_orphans, keep_text

#: So long one run reads files; the next one goes on.
_READING_SECONDS = 240
#: A mail that did not leave in so many days is not looked for any more.
_UNPROVEN = timedelta(days=90)


def _on_failed(trabajo: Trabajo, _cause: str, now: datetime) -> None:
    """The ledger gave it up: a person has to have it done again."""
    row = db.session.get(Solicitud, trabajo.argumentos.get("solicitud_id"))
    if row is not None and row.pdf_sha256 is None:
        warn_of_failed_answer(row, now)


@job(
    ANSWER_JOB,
    "Componer la respuesta a una solicitud",
    on_failed=_on_failed,
    lease_seconds=300,
)
def draw_answer(run: JobRun) -> None:
    """Draw the PDF of an answer once, keep it, and order its mail."""
    solicitud_id = run.args["solicitud_id"]
    row = db.session.get_one(Solicitud, solicitud_id)
    if row.pdf_sha256 is not None:
        with run.finish("Ya estaba compuesta."):
            return
    content = _content_of(row, run.clock())
    release()
    try:
        pdf = print_answer(content, now=run.clock())
    except PrintFailed as error:
        raise JobError(f"No se pudo componer el PDF: {str(error)[:300]}") from error
    except OSError as error:
        raise JobError("No se pudo componer el PDF: no hay espacio en el disco.") from error
    with run.finish(f"Respuesta {content.numero} guardada."):
        store_answer(db.session.get_one(Solicitud, solicitud_id), pdf, now=run.clock())


def _content_of(row: Solicitud, now: datetime) -> AnswerContent:
    office = current_office()
    return AnswerContent(
        numero=row.numero,
        parrafos=answer_of(row),
        resuelta_at=row.resuelta_at or now,
        oficina=office.nombre,
        logo=find_logo_data(office.logo.sha256) if office.logo else None,
        anexo=tell_data(row.datos_json) if row.datos_json else (),
        huella=row.json_sha256 or "",
    )


@job(
    "titulares.llegados",
    "Buscar casos nuevos de personas bloqueadas",
    every_seconds=300,
    sees_all=True,
)
def watch_arrivals(run: JobRun) -> None:
    """Tell the admins once of a new case of a person whose data are blocked in another.

    Looked for here and not where a case is made: a list of 5,000 cases pays nothing for it.
    """
    now = run.clock()
    with run.finish():
        for oficio_id, numero in list_arrivals():
            tell_admins(
                f"El oficio {numero} es de una persona con otro caso bloqueado. Decida si también "
                "se bloquea.",
                f"/admin/personas/bloqueos?caso={oficio_id}",
                "Ver y decidir",
                key=f"bloqueo:llegado:{oficio_id}",
                now=now,
                oficio_id=oficio_id,
            )


@job("titulares.plazos", "Vigilar los plazos de las solicitudes", every_seconds=3600)
def watch_terms(run: JobRun) -> None:
    """Warn the admins of terms that end soon or have passed; each warning is given once."""
    now = run.clock()
    with run.finish():
        terms = current_terms()
        until = to_local(now).date() + timedelta(days=max(terms.advertencia, 60))
        for row in list_open(until):
            if is_due_soon(row.vence, now, terms, row.tipo):
                warn_of_term(row, now)
        for row in list_unproven(now - _UNPROVEN):
            note_sending(row)
        for row in list_without_block():
            warn_of_block(row, now)


@job(
    "titulares.textos",
    "Leer los archivos para la búsqueda de personas",
    every_seconds=600,
    lease_seconds=300,
    sees_all=True,
)
def read_texts(run: JobRun) -> None:
    """Keep the words of each file that came in, and forget those of files that are gone.

    Each file is stored by itself, so that a run that was cut off is gone on with by the next.
    """
    with transaction():
        forget_orphans()
    waiting = list(list_unread())
    release()
    kept, until = 0, time.monotonic() + _READING_SECONDS
    for each in waiting:
        if time.monotonic() > until:
            break
        data = _bytes_of(each)
        release()
        if data is None:
            continue
        words = read_file_words(data)
        with transaction():
            kept += keep_text(each, words, now=run.clock())
        run.renew()
    with run.finish(f"Archivos leídos: {kept}." if kept else None):
        return


def _bytes_of(each: ArchivoSinLeer) -> bytes | None:
    """The bytes of a file; None while it is lost, which other jobs tell."""
    if each.columna:
        column = each.model.__table__.c[each.columna]
        found: bytes | None = db.session.scalar(
            sa.select(column).where(primary_key(each.model) == each.id)
        )
        return found
    try:
        with get_storage(each.almacen).open(each.key) as file:
            return file.read()
    except FileMissing:
        return None
    except OSError as error:
        raise JobError("El almacenamiento no entrega los archivos.") from error
