"""Mailing people about their own accounts, and what is written down of who enters them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from app.ajustes.queries import number_setting
from app.auditoria.service import audit
from app.core.errors import RastroError
from app.db import db, delete_in_parts, release
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.mail.conversation import TOTAL_SECONDS
from app.mail.message import Mail
from app.mail.outcomes import MailFailed, PermanentFailure
from app.mail.sender import SHORT_SECONDS, send_mail
from app.usuarios.mails import invite_mail, password_mail, recovery_mail
from app.usuarios.models import Sesion, Usuario
from app.usuarios.outside import read_attempts, sends_mail
from app.usuarios.queries import find_by_session
from app.usuarios.queries.sesiones import current_limits
from app.usuarios.rules import CHANGED_JOB, INVITE_JOB, RECOVERY_JOB
from app.usuarios.rules.guessing import ATTEMPTS_JOB
from app.usuarios.rules.sesiones import CLEANING_JOB, KEPT_DAYS
from app.usuarios.service import record_attempts
from app.usuarios.service.sesiones import end_overdue

_LEASE = TOTAL_SECONDS + SHORT_SECONDS + 100


@job(RECOVERY_JOB, "Enviar enlace a quien olvidó su contraseña", lease_seconds=_LEASE)
def mail_recovery(run: JobRun) -> None:
    """Mail the link for a new password, if there is an active account."""
    send_to_person(run, recovery_mail)


@job(INVITE_JOB, "Enviar invitación a elegir contraseña", lease_seconds=_LEASE)
def mail_invite(run: JobRun) -> None:
    """Mail an invitation, if the account is still active."""
    send_to_person(run, invite_mail)


@job(ATTEMPTS_JOB, "Anotar en la auditoría los intentos de entrar")
def write_attempts(run: JobRun) -> None:
    """Write down how often something happened to an account in ten minutes that are over."""
    accion, usuario_id, window = (run.args[name] for name in ("accion", "usuario_id", "ventana"))
    times = read_attempts(accion, usuario_id, window)
    with run.finish("Anotado en la auditoría."):
        record_attempts(accion, usuario_id, window, times=times, now=run.clock())


@job(CLEANING_JOB, "Olvidar sesiones terminadas", every_seconds=6 * 3600)
def forget_sessions(run: JobRun) -> None:
    """Write down which sessions time has ended, and forget those that are kept no longer."""
    kept = timedelta(days=number_setting(KEPT_DAYS))
    limits = current_limits()
    delete_in_parts(Sesion, Sesion.terminada_at < run.clock() - kept)
    with run.finish("Listo."):
        end_overdue(limits, now=run.clock())


@job(CHANGED_JOB, "Avisar que cambió una contraseña", lease_seconds=_LEASE)
def mail_new_password(run: JobRun) -> None:
    """Tell a person that their password was changed: who did not do it can still act."""
    if not sends_mail():
        with run.finish("Esta instalación no envía correos: no se envió nada."):
            return
    changed_at = datetime.fromisoformat(run.args["cuando"])
    send_to_person(
        run, partial(password_mail, changed_at=changed_at), accion="usuario.clave_avisada"
    )


def send_to_person(
    run: JobRun, write: Callable[..., Mail], *, accion: str = "usuario.enlace_clave"
) -> None:
    """Send a mail to the person of an account, and note it in the audit as ``accion``.

    After an outcome that nobody knows it is sent again: two such mails harm nobody, and the first
    link that is used ends the other.
    """
    usuario = db.session.get(Usuario, run.args["usuario_id"])
    if usuario is None or find_by_session(usuario.get_id()) is None:
        with run.finish("No hay una cuenta activa: no se envió nada."):
            return
    usuario_id = usuario.id
    try:
        mail = write(usuario, now=run.clock())
        release()
        sent = send_mail(mail, patience=SHORT_SECONDS)
    except MailFailed as failure:
        raise JobError(str(failure), retry=not isinstance(failure, PermanentFailure)) from None
    except RastroError as error:
        raise JobError(str(error), retry=False) from None
    with run.finish(f"Enviado. El servidor respondió: {sent.answer}"):
        audit(
            accion,
            actor=None,
            now=run.clock(),
            entidad="usuario",
            entidad_id=usuario_id,
        )
