"""Making an expediente in the background."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import sqlalchemy as sa

from app.adjuntos.outside.storage import Storage, current_storage, get_storage
from app.db import db, release
from app.extensions import current_config
from app.informes.models import Expediente
from app.informes.outside.typesetting import PrintFailed, print_pdf
from app.informes.queries.expediente_contents import gather
from app.informes.rules import PRINT_JOB, pdf_key
from app.informes.service import issue
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.usuarios.models import Usuario

#: Photos that are made smaller before the lease is renewed.
_PHOTOS_PER_BEAT = 20
_NO_ROOM = "No se pudo guardar el PDF: el almacenamiento está lleno o no responde."


@job(PRINT_JOB, "Emitir el expediente", lease_seconds=300)
def make_expediente(run: JobRun) -> None:
    """Read the case, print it, store the PDF, then make it known, in this order.

    A PDF that nobody came to know of is taken back here, or by the next attempt.
    """
    row = _find(run)
    codigo = row.codigo
    now = run.clock()
    config = current_config()
    contenido = gather(row, base_url=config.base_url, proveedor=config.porticos_provider, now=now)
    files = [*contenido.fotos, *contenido.documentos]
    for file in files:
        db.session.expunge(file)
    release()
    storage = current_storage()
    storages = {name: get_storage(name) for name in {foto.almacen for foto in contenido.fotos}}
    with tempfile.TemporaryDirectory(prefix="expediente-") as folder:
        try:
            data = print_pdf(
                contenido, Path(folder), storages, now=now, between=_Beat(run)
            ).read_bytes()
        except PrintFailed as error:
            raise JobError(f"No se pudo componer el PDF: {str(error)[:300]}") from error
        except OSError as error:
            raise JobError(_NO_ROOM) from error
    sha256 = hashlib.sha256(data).hexdigest()
    key = pdf_key(codigo, run.attempt)
    try:
        _take_back(storage, [pdf_key(codigo, number) for number in range(1, run.attempt)])
        storage.put(key, data)
    except OSError as error:
        raise JobError(_NO_ROOM) from error
    try:
        with run.finish(f"Expediente {codigo} emitido."):
            actor = db.session.get(Usuario, run.usuario_id) if run.usuario_id else None
            issue(
                _find(run),
                key=key,
                almacen=storage.name,
                sha256=sha256,
                size=len(data),
                files=files,
                actor=actor,
                now=now,
            )
    except BaseException:
        if not run.finished:
            _take_back(storage, [key])
        raise


def _take_back(storage: Storage, keys: list[str]) -> None:
    for key in keys:
        storage.delete(key)


def _find(run: JobRun) -> Expediente:
    return db.session.scalars(
        sa.select(Expediente).where(Expediente.trabajo_id == run.trabajo_id)
    ).one()


class _Beat:
    """Renews the lease every so many photos."""

    def __init__(self, run: JobRun) -> None:
        self._run = run
        self._count = 0

    def __call__(self) -> None:
        self._count += 1
        if self._count % _PHOTOS_PER_BEAT == 0:
            self._run.renew()
