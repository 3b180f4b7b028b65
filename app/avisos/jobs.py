"""The mails of notices: soon after something happened, and the digest at an hour of each person."""

from __future__ import annotations

from datetime import datetime

from app.avisos.queries import list_waiting_people
from app.avisos.rules import MAIL_PAUSE, PorCorreo, last_digest
from app.avisos.service import MAIL_JOB, mail_waiting
from app.db import db, transaction
from app.jobs.registry import job
from app.jobs.runner import JobRun
from app.usuarios.models import Usuario


@job(MAIL_JOB, "Enviar avisos por correo")
def send_soon(run: JobRun) -> None:
    """Order one mail of all that a person wants at once; the mail and its end commit together."""
    with run.finish():
        usuario = db.session.get(Usuario, run.args["usuario_id"])
        if usuario is not None:
            mail_waiting(usuario, [PorCorreo.MOMENTO], now=run.clock())


@job("avisos.resumen", "Enviar los resúmenes de avisos", every_seconds=300)
def send_digests(run: JobRun) -> None:
    """Order the digests whose hour has come, and what a job «at once» left behind.

    Running twice changes nothing: what was told says so. An hour at which nothing ran is made up
    for when something runs again.
    """
    now = run.clock()
    due = [
        (usuario_id, correo)
        for usuario_id, correo, since, hour in list_waiting_people()
        if _is_due(correo, since, hour, now)
    ]
    for usuario_id, correo in due:
        run.renew()
        with transaction():
            usuario = db.session.get(Usuario, usuario_id)
            if usuario is not None:
                mail_waiting(usuario, [correo], now=run.clock())


def _is_due(correo: PorCorreo, since: datetime, hour: int, now: datetime) -> bool:
    if correo is PorCorreo.RESUMEN:
        return since <= last_digest(hour, now)
    return since < now - 2 * MAIL_PAUSE
