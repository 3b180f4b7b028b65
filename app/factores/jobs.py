"""Mailing people what was changed about how they sign in."""

from __future__ import annotations

from functools import partial

from app.factores.mails import factor_mail
from app.factores.rules import TELL_JOB, CambioFactor
from app.jobs.registry import job
from app.jobs.runner import JobRun
from app.mail.conversation import TOTAL_SECONDS
from app.mail.sender import SHORT_SECONDS
from app.usuarios.jobs import send_to_person
from app.usuarios.outside import sends_mail


@job(
    TELL_JOB,
    "Avisar de un cambio en el segundo factor",
    lease_seconds=TOTAL_SECONDS + SHORT_SECONDS + 100,
)
def mail_change(run: JobRun) -> None:
    """Tell a person by mail: who did not do it can still act."""
    if not sends_mail():
        with run.finish("Esta instalación no envía correos: no se envió nada."):
            return
    hecho = CambioFactor(run.args["hecho"])
    send_to_person(run, partial(factor_mail, hecho=hecho), accion="factor.avisado")
