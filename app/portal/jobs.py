"""Mailing the link to a dashboard to whoever it is of."""

from __future__ import annotations

from datetime import timedelta

from app.auditoria.service import audit
from app.buffets.models import Enlace
from app.buffets.rules import LINK_JOB
from app.buffets.service import renew_enlace
from app.core.errors import RastroError
from app.db import db, release, transaction
from app.extensions import current_config
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.mail.conversation import TOTAL_SECONDS
from app.mail.outcomes import MailFailed, PermanentFailure
from app.mail.sender import SHORT_SECONDS, send_mail
from app.portal.mails import link_mail
from app.usuarios.outside import sends_mail


@job(
    LINK_JOB,
    "Enviar a un buffet el enlace a su tablero",
    lease_seconds=TOTAL_SECONDS + SHORT_SECONDS + 100,
)
def mail_link(run: JobRun) -> None:
    """Mail a link; one that has ended by its age is made anew first.

    After an outcome that nobody knows it is sent again: two mails with one link harm nobody.
    """
    if not sends_mail():
        with run.finish("Esta instalación no envía correos: no se envió nada."):
            return
    enlace = _living(run.args["enlace_id"])
    if enlace is None:
        with run.finish("No hay un enlace que enviar: no se envió nada."):
            return
    now = run.clock()
    if not enlace.is_usable(now):
        with transaction():
            life = timedelta(days=current_config().link_days)
            enlace = renew_enlace(enlace, actor=None, now=now, life=life)
    enlace_id = enlace.id
    is_asked = bool(run.args.get("pedido"))
    try:
        mail = link_mail(enlace, now=now, is_asked=is_asked)
        release()
        sent = send_mail(mail, patience=SHORT_SECONDS)
    except MailFailed as failure:
        raise JobError(str(failure), retry=not isinstance(failure, PermanentFailure)) from None
    except RastroError as error:
        raise JobError(str(error), retry=False) from None
    with run.finish(f"Enviado. El servidor respondió: {sent.answer}"):
        audit(
            "enlace.pedido" if is_asked else "enlace.enviado",
            actor=None,
            now=run.clock(),
            entidad="enlace",
            entidad_id=enlace_id,
        )


def _living(enlace_id: int) -> Enlace | None:
    """The link, or what has replaced it since; None if nothing did or its buffet is closed."""
    enlace = db.session.get(Enlace, enlace_id)
    if enlace is None or not enlace.buffet.activo:
        return None
    alike = (
        one
        for one in enlace.buffet.enlaces
        if one.revocado_at is None and one.email == enlace.email
    )
    return enlace if enlace.revocado_at is None else next(alike, None)
