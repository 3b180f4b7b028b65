"""Periodic jobs on stored files: the orphan sweep and the daily hash verification."""

from __future__ import annotations

from collections.abc import Callable

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import Storage, get_storage
from app.adjuntos.queries.file_owners import Guardado
from app.adjuntos.rules import LOCAL, S3
from app.adjuntos.service.redrawing import remake_copies
from app.adjuntos.service.upkeep import (
    LOST_COPIES,
    Barrido,
    WrongDatabase,
    note_check,
    sweep,
    verify_files,
    verify_kept,
)
from app.extensions import current_config
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun

SWEEP_JOB = "adjuntos.barrer"
VERIFY_JOB = "adjuntos.verificar"
_QUARTER = 15 * 60
_DAY = 24 * 3600
#: At most so many files are named in the message of a job.
_NAMED = 10


@job(SWEEP_JOB, "Juntar archivos y registros", every_seconds=_QUARTER, sees_all=True)
def sweep_files(run: JobRun) -> None:
    """Remove files that no row names, and mark rows whose files are gone."""
    done = Barrido()
    names = [LOCAL, S3] if current_config().bucket_configured else [LOCAL]
    try:
        for name in names:
            part = sweep(get_storage(name), now=run.clock())
            done.removed += part.removed
            done.lost |= part.lost
    except WrongDatabase:
        raise JobError(
            "Casi ningún archivo del almacenamiento está en esta base de datos, así que no se "
            "borró nada. ¿Es la base correcta?",
            retry=False,
        ) from None
    except OSError:
        raise JobError("El almacenamiento de archivos no responde.") from None
    for adjunto_id, problem in done.lost.items():
        note_check(adjunto_id, problem, now=run.clock())
    text = f"Archivos sin registro retirados: {len(done.removed)}."
    if done.lost:
        shown = ", ".join(str(pk) for pk in list(done.lost)[:_NAMED])
        text += f" Registros a los que les falta un archivo: {len(done.lost)} (adjunto {shown})."
    with run.finish(text):
        pass


@job(VERIFY_JOB, "Verificar fotos y documentos", every_seconds=_DAY, max_attempts=2, sees_all=True)
def verify_all(run: JobRun) -> None:
    """Read every file and compare it with its hash; what is wrong fails the job in words.

    A copy or a thumbnail that is missing is drawn anew from the original. One that was changed is
    a finding and stays, until a person has it remade (``flask adjuntos verify --repair``).
    """
    wrong: list[str] = []
    lost: list[Adjunto] = []

    def tell(adjunto: Adjunto, problem: str) -> None:
        if problem in LOST_COPIES:
            lost.append(adjunto)
        else:
            wrong.append(f"{adjunto.filename} (oficio {adjunto.oficio_id}): {problem}")

    def tell_kept(row: Guardado, problem: str) -> None:
        wrong.append(f"{row.nombre}: {problem}")

    renewing = _renewing(run)
    try:
        count = verify_files(renewing, now=run.clock(), tell=tell)
        count += verify_kept(renewing, tell=tell_kept)
        for adjunto in lost:
            problem = remake_copies(adjunto, renewing(adjunto.almacen), now=run.clock())
            if problem:
                wrong.append(f"{adjunto.filename} (oficio {adjunto.oficio_id}): {problem}")
    except OSError:
        raise JobError("El almacenamiento de archivos no responde.") from None
    if wrong:
        raise JobError(
            f"{len(wrong)} archivo(s) no están como se guardaron. {' '.join(wrong[:_NAMED])}",
            retry=False,
        )
    text = f"Se leyeron {count} archivos; todos están como se guardaron."
    if lost:
        text = f"Se leyeron {count} archivos; a {len(lost)} les faltaba la copia y se rehizo."
    with run.finish(text):
        pass


def _renewing(run: JobRun) -> Callable[[str], Storage]:
    """Renew the job's lease for each row, since reading all files outlasts it."""

    def get(name: str) -> Storage:
        run.renew()
        return get_storage(name)

    return get
