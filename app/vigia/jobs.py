"""Telling another machine what was written into the audit."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.ajustes.service import set_setting
from app.db import release, transaction
from app.extensions import current_config
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.vigia.outside import LogTargetDown, send_lines, target_name
from app.vigia.queries import next_lines, read_mark
from app.vigia.rules import BATCHES, TOLD


@job("auditoria.enviar", "Enviar la auditoría a otra máquina", every_seconds=300, sees_all=True)
def send_audit(run: JobRun) -> None:
    """Send what is new. How far it came is stored after it went: it may come twice, never not."""
    where = target_name()
    if not where:
        with run.finish("No hay otra máquina que la reciba."):
            return
    host = urlsplit(current_config().base_url).hostname or ""
    sent = 0
    for _batch in range(BATCHES):
        lines, mark = next_lines(read_mark(), host, now=run.clock())
        release()
        if not lines:
            break
        try:
            send_lines(lines)
        except LogTargetDown as down:
            raise JobError(str(down)) from None
        with transaction():
            set_setting(TOLD, mark.write())
        sent += len(lines)
        run.renew()
    with run.finish(f"Se enviaron {sent} anotaciones a {where}."):
        return
