"""What the job of sending does to a notice, each step with its entry in the bitácora."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import audit, record_disclosure
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.core.clock import local_today
from app.db import db
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit, touch_cases
from app.mail.outcomes import Refusal
from app.notificaciones.models import Notificacion
from app.notificaciones.queries.unread_hitos import read_told_cases
from app.notificaciones.rules import (
    COPY_KEY,
    STARTABLE,
    EstadoNotificacion,
    TipoNotificacion,
    describe_refusal,
)
from app.notificaciones.rules.enclosures import find_purpose
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.oficios.service.telling import whom_to_tell
from app.usuarios.queries import find_by_email, list_active_admins


def start_sending(notice: Notificacion, *, now: datetime) -> bool:
    """Note that the mail server is about to be spoken to. False: it is not to be sent any more.

    Commit this before the first word: a process that dies afterwards leaves its trace.
    """
    db.session.refresh(notice, with_for_update=True)
    if notice.estado not in STARTABLE:
        return False
    notice.estado = EstadoNotificacion.ENVIANDO
    notice.enviando_at = now
    notice.error = None
    notice.rechazos = []
    return True


def wait_again(notice: Notificacion, cause: str, *, now: datetime) -> None:
    """Set a notice that was certainly not sent back to pending, for another attempt."""
    notice.estado = EstadoNotificacion.PENDIENTE
    notice.enviando_at = None
    notice.error = cause


def mark_sent(notice: Notificacion, *, now: datetime, refused: Sequence[Refusal] = ()) -> None:
    """The server took it for whom it is for; ``refused`` are the copies that it did not take."""
    notice.estado = EstadoNotificacion.ENVIADA
    notice.enviada_at = now
    notice.error = None
    notice.rechazos = [
        {"email": one.email, "respuesta": one.answer, "definitivo": one.is_permanent}
        for one in refused
    ]
    if notice.tipo is TipoNotificacion.RECEPTOR_JUDICIAL:
        _tell_of_notice(notice, now)
    elif notice.tipo is TipoNotificacion.BUFFET:
        if notice.oficio_id is not None:
            said = f"Correo de avance enviado al buffet ({notice.destinatario_email})."
            _record(notice, said, now)
        touch_cases(read_told_cases(notice.id)[0], now=now)
    # What is handed to others is written down (law 21.719).
    audit(
        "notificacion.enviada",
        actor=notice.usuario,
        now=now,
        entidad="notificacion",
        entidad_id=notice.id,
        adjuntos=[adjunto.id for adjunto in notice.adjuntos],
    )
    _record_leaving(notice, now)
    if notice.rechazos:
        _tell_of_problem(notice, _say_refused([one["email"] for one in notice.rechazos]), now)


def _record_leaving(notice: Notificacion, now: datetime) -> None:
    """Write down what left the house with it, and by which right."""
    purpose = find_purpose(notice.clave or "")
    if purpose is not None:
        record_disclosure(
            purpose.canal,
            purpose.que,
            notice.destinatario_email,
            now=now,
            base=purpose.base,
            buffet_id=notice.buffet_id,
            cantidad=1 + purpose.archivos,
        )
        return
    files = len(notice.adjuntos)
    record_disclosure(
        CanalDivulgacion.NOTIFICACION,
        f"{notice.tipo.label} n.º {notice.id}, archivos: {files}",
        notice.destinatario_email,
        now=now,
        actor=notice.usuario,
        oficio_id=notice.oficio_id,
        buffet_id=notice.buffet_id,
        cantidad=1 + files,
        casos=read_told_cases(notice.id)[0] if notice.oficio_id is None else (),
    )


def _tell_of_notice(notice: Notificacion, now: datetime) -> None:
    """Write down, and tell who watches, that the receptor was told of the case."""
    count = len(notice.adjuntos)
    photos = {0: "sin fotos", 1: "con 1 foto"}.get(count, f"con {count} fotos")
    what = "Recordatorio enviado" if notice.recordatorio_de_id else "Aviso enviado"
    told = " ".join(
        [f"{what} a {_who(notice)}, {photos}.", *map(describe_refusal, notice.rechazos)]
    )
    _record(notice, told, now, is_real=True)
    oficio = db.session.get_one(Oficio, notice.oficio_id)
    emit(
        TipoEvento.NOTIFICADO,
        oficio_id=oficio.id,
        buffet_id=oficio.buffet_id,
        now=now,
        notificacion_id=notice.id,
        # No news to the client: the first one was.
        repetido=bool(notice.recordatorio_de_id or (notice.clave or "").startswith(COPY_KEY)),
    )


def mark_uncertain(notice: Notificacion, cause: str, *, now: datetime) -> None:
    """Mark delivery as uncertain; a person asks the receptor and decides."""
    if notice.estado is EstadoNotificacion.INCIERTA:
        return
    notice.estado = EstadoNotificacion.INCIERTA
    notice.error = cause
    _record(
        notice,
        f"No se sabe si el aviso a {_who(notice)} llegó. {cause} Pregunte al receptor antes de "
        "enviarlo otra vez.",
        now,
    )
    _tell_of_problem(notice, "no se sabe si llegó", now)


def give_up(notice: Notificacion, cause: str, *, now: datetime) -> None:
    """No more attempts. One that died while sending may have gone, so it is uncertain."""
    if notice.estado is EstadoNotificacion.ENVIANDO:
        mark_uncertain(notice, cause, now=now)
    elif notice.estado is EstadoNotificacion.PENDIENTE:
        notice.estado = EstadoNotificacion.FALLIDA
        notice.error = cause
        _record(notice, f"El aviso a {_who(notice)} no se pudo enviar. {cause}", now)
        _tell_of_problem(notice, "no se pudo enviar", now)


def _say_refused(emails: Sequence[str]) -> str:
    """Return «salió sin las copias a a@b.cl y c@d.cl, que fueron rechazadas»: all in one notice."""
    if len(emails) == 1:
        return f"salió sin la copia a {emails[0]}, que fue rechazada"
    many = f"{', '.join(emails[:-1])} y {emails[-1]}"
    return f"salió sin las copias a {many}, que fueron rechazadas"


def _tell_of_problem(notice: Notificacion, what: str, now: datetime) -> None:
    """Have somebody decide: whoever has the case, and the admins, each as they chose.

    The admins are told of every mail that is stuck or in doubt: who has the case may be away, and
    whether mails go out is theirs to watch. ``clave`` is one for all, so nobody is told twice.
    """
    clave = f"correo:{notice.id}:{notice.estado.value}:{notice.trabajo_id}"
    if notice.tipo is TipoNotificacion.RECEPTOR_JUDICIAL:
        oficio = db.session.get_one(Oficio, notice.oficio_id)
        told = [*whom_to_tell(oficio, [notice.usuario]), *list_active_admins()]
        for usuario in {one.id: one for one in told}.values():
            tell(
                usuario,
                f"Oficio {oficio.numero_oficio}: el aviso a {_who(notice)} {what}.",
                novedad=Novedad.CORREO,
                url=f"/oficios/{oficio.id}/notificaciones/{notice.id}",
                accion="Ver y decidir",
                clave=clave,
                now=now,
                oficio_id=oficio.id,
            )
    elif notice.tipo is TipoNotificacion.BUFFET:
        for admin in list_active_admins():
            tell(
                admin,
                f"El correo «{notice.asunto}» a {_who(notice)} {what}.",
                novedad=Novedad.CORREO,
                url=f"/admin/correos/{notice.id}",
                accion="Ver y decidir",
                clave=clave,
                now=now,
                oficio_id=notice.oficio_id,
            )
    else:
        _tell_of_own_mail(notice, what, now)


def _tell_of_own_mail(notice: Notificacion, what: str, now: datetime) -> None:
    """Tell whom a mail of notices was for, and the admins, once a day and by the bell alone.

    A mail about it would fail in the same way.
    """
    person = find_by_email(notice.destinatario_email)
    told = [person] if person is not None else []
    for usuario in {one.id: one for one in (*told, *list_active_admins())}.values():
        is_own = usuario is person
        tell(
            usuario,
            f"El correo con sus avisos {what}: lea aquí lo que le habría llegado."
            if is_own
            else f"Un correo con avisos de Rastro a {_who(notice)} {what}.",
            novedad=Novedad.CORREO,
            url="/avisos" if is_own else f"/admin/trabajos/{notice.trabajo_id}",
            accion="Ver mis avisos" if is_own else "Ver el trabajo",
            clave=f"correo-avisos:{notice.destinatario_email}:{local_today(now)}",
            now=now,
            only_bell=True,
        )


def _who(notice: Notificacion) -> str:
    if notice.destinatario_nombre:
        return f"{notice.destinatario_nombre} ({notice.destinatario_email})"
    return notice.destinatario_email


def _record(
    notice: Notificacion, text: str, now: datetime, *, is_real: bool = False, **detalle: Any
) -> None:
    if notice.oficio_id is None:
        return  # a digest is of no one oficio: what became of it stands in the ledger
    # Locked, so that a change of the case at this moment does not undo what was sent.
    oficio = db.session.get_one(
        Oficio, notice.oficio_id, with_for_update=True, populate_existing=True
    )
    record(
        oficio,
        Actividad.NOTIFICACION,
        text,
        actor=notice.usuario,
        now=now,
        detalle={"notificacion_id": notice.id, "estado": notice.estado.value, **detalle},
        is_real=is_real,
    )
