"""Printing a certificate once: what the jobs of encargos and of retention have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.cumplimiento.models.encargados import TerminoEncargo
from app.cumplimiento.models.retencion import LoteRetencion
from app.cumplimiento.outside.certificate import print_certificate
from app.db import release
from app.informes.outside.typesetting import PrintFailed
from app.jobs.runner import JobError, JobRun


def certify_once(
    run: JobRun,
    row: TerminoEncargo | LoteRetencion,
    facts: Callable[[Any], dict[str, Any]],
    keep: Callable[[bytes], None],
) -> None:
    """Print the certificate of a row and keep it; one that is there already stays as it is.

    Raises:
        JobError: it could not be printed, or not be written to the disk.
    """
    numero = row.numero
    if row.certificado_at is not None:
        with run.finish(f"El certificado {numero} ya estaba emitido."):
            return
    datos = facts(row)
    release()
    try:
        pdf = print_certificate(datos, now=run.clock())
    except PrintFailed as error:
        raise JobError(f"No se pudo componer el PDF: {str(error)[:300]}") from error
    except OSError as error:
        raise JobError("No se pudo componer el PDF: el disco está lleno.") from error
    with run.finish(f"Certificado {numero} emitido."):
        keep(pdf)
