"""Adding the papers of a case to its files."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast

from app.adjuntos.outside.storage import get_storage
from app.adjuntos.rules import TipoAdjunto
from app.adjuntos.service import Upload, add_adjuntos
from app.bandeja.models import Ingreso
from app.db import db, release
from app.extensions import current_config
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.papeles.service.creating import ATTACH_JOB
from app.usuarios.models import Usuario


@job(ATTACH_JOB, "Agregar un papel a los archivos de su caso")
def attach_paper(run: JobRun) -> None:
    """Copy the original of the tray into the files of the case.

    Safe to repeat: a case has the same bytes once.
    """
    ingreso = db.session.get_one(Ingreso, run.args["ingreso"])
    oficio_id = run.oficio_id
    nombre, key, almacen = ingreso.nombre, ingreso.archivo_key, ingreso.almacen
    actor = db.session.get(Usuario, run.usuario_id) if run.usuario_id else None
    if oficio_id is None or not key:
        with run.finish("El original ya no está."):
            return
    release()
    with tempfile.TemporaryFile() as copy:
        try:
            with get_storage(almacen).open(key) as file:
                copy.write(file.read())
        except OSError as error:
            raise JobError("El almacenamiento no entrega el archivo.") from error
        copy.seek(0)
        [result] = add_adjuntos(
            oficio_id,
            [Upload(nombre, cast("BinaryIO", copy))],
            actor=actor,
            now=run.clock(),
            max_bytes=current_config().max_upload_bytes,
            tipo=TipoAdjunto.DOCUMENTO,
            descripcion="Papel del que salió el caso",
        )
    if result.is_temporary:
        raise JobError(result.problem or "No se pudo guardar.")
    with run.finish(result.problem or "Agregado."):
        return
