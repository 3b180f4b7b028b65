"""Mailing people the links to their own accounts."""

from __future__ import annotations

from app.auditoria.service import audit
from app.core.errors import RastroError
from app.db import db, release
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.mail.conversation import TOTAL_SECONDS
from app.mail.outcomes import MailFailed, PermanentFailure
from app.mail.sender import SHORT_SECONDS, send_mail
from app.usuarios.mails import recovery_mail
from app.usuarios.models import Usuario
from app.usuarios.queries import find_by_session
from app.usuarios.rules import RECOVERY_JOB

_LEASE = TOTAL_SECONDS + SHORT_SECONDS + 100


@job(RECOVERY_JOB, "Enviar enlace a quien olvidó su contraseña", lease_seconds=_LEASE)
def mail_recovery(run: JobRun) -> None:
    """Mail the link, if there is an active account.

    After an outcome that nobody knows it is sent again: two such mails harm nobody, and the first
    link that is used ends the other.
    """
    usuario = db.session.get(Usuario, run.args["usuario_id"])
    if usuario is None or find_by_session(usuario.get_id()) is None:
        with run.finish("No hay una cuenta activa con esa dirección: no se envió nada."):
            return
    usuario_id = usuario.id
    try:
        mail = recovery_mail(usuario, now=run.clock())
        release()
        sent = send_mail(mail, patience=SHORT_SECONDS)
    except MailFailed as failure:
        raise JobError(str(failure), retry=not isinstance(failure, PermanentFailure)) from None
    except RastroError as error:
        raise JobError(str(error), retry=False) from None
    with run.finish(f"Enviado. El servidor respondió: {sent.answer}"):
        audit(
            "usuario.enlace_clave",
            actor=None,
            now=run.clock(),
            entidad="usuario",
            entidad_id=usuario_id,
        )
