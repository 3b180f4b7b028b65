"""Telling people, by the bell and by mail as each of them wants it, and noting that they know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.auditoria.service import audit
from app.avisos.models import Aviso, EquipoAvisado, HoraResumen, Preferencia
from app.avisos.queries import (
    has_devices,
    last_mail_at,
    last_on_devices_at,
    list_devices,
    list_for_devices,
    list_waiting,
    read_choices,
)
from app.avisos.rules import (
    DEVICE_PAUSE,
    DIGEST_HOURS,
    JOINS_FOR,
    MAIL_PAUSE,
    MAX_DEVICES,
    Canales,
    DeviceKeys,
    Novedad,
    PorCorreo,
    family_of,
)
from app.core.errors import InvalidValue
from app.db import db
from app.feature import asked_above
from app.jobs.queue import enqueue
from app.jobs.registry import why_stopped
from app.usuarios.models import Sesion, Usuario

MAIL_JOB = "avisos.correo"
DEVICES_JOB = "avisos.equipos"
DEVICE_JOB = "avisos.equipo"
# Of the table: who does something need not see what others were told of other cases.
_AVISOS = Aviso.metadata.tables[Aviso.__tablename__]


@asked_above
def may_know(usuario: Usuario, oficio_id: int) -> bool:
    """Whether a person of the firm may be told of a case; without rules about it, of each."""
    return True


@asked_above
def name_case(oficio_id: int) -> str:
    """The number of a case as people know it; empty where nobody knows cases."""
    return ""


@asked_above
def is_example(oficio_id: int) -> bool:
    """Whether a case is only an example, of which nobody is told outside of Rastro's own pages."""
    return False


@asked_above
def order_notice_mail(
    usuario: Usuario, rows: Sequence[Aviso], *, is_digest: bool, now: datetime
) -> int | None:
    """Have one mail sent that tells a person of these; its id. None: nobody sends mails here."""
    return None


def tell(
    usuario: Usuario,
    texto: str,
    *,
    novedad: Novedad,
    url: str,
    accion: str,
    clave: str,
    now: datetime,
    oficio_id: int | None = None,
    actor: Usuario | None = None,
    cantidad: int = 1,
    only_bell: bool = False,
) -> bool:
    """Tell a person of the firm something, once for each ``clave``, as they chose for its kind.

    Nobody is told of what they did themselves (``actor``), nor of a case that they may not see.
    ``url`` is a path of this application, ``accion`` the words of the button that leads there;
    ``cantidad`` is how many things it is. ``only_bell``: no mail, whatever they chose.

    False: they were told before, or are not to be.
    """
    if not (usuario.activo and usuario.is_staff) or (actor is not None and actor.id == usuario.id):
        return False
    if oficio_id is not None and not _may_be_told(usuario, oficio_id):
        return False
    choice = read_choices(usuario.id)[novedad]
    in_bell = choice.en_campana or novedad.is_fixed
    correo = PorCorreo.NO if only_bell else choice.correo
    en_equipos = choice.en_equipos and not only_bell and has_devices(usuario.id)
    leaves = correo is not PorCorreo.NO or en_equipos
    if leaves and oficio_id is not None and is_example(oficio_id):
        correo, en_equipos, leaves = PorCorreo.NO, False, False
    if not in_bell and not leaves:
        return False
    values = {
        "usuario_id": usuario.id,
        "oficio_id": oficio_id,
        "novedad": novedad,
        "texto": texto[:500],
        "url": url,
        "accion": accion,
        "clave": clave,
        "tanda": _open_tanda(usuario.id, novedad, now) or clave,
        "cantidad": cantidad,
        "en_campana": in_bell,
        "correo": correo,
        "en_equipos": en_equipos,
        "created_at": now,
    }
    if not _add(values):
        return False
    if correo is PorCorreo.MOMENTO:
        _order_soon(usuario.id, now)
    if en_equipos:
        _order_on_devices(usuario.id, now)
    return True


def _add(values: Mapping[str, object]) -> bool:
    """Store it; False if its person was told. Two may tell them at once: the database decides."""
    db.session.flush()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(_AVISOS)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["usuario_id", "clave"])
        .returning(_AVISOS.c.id)
    )
    return db.session.scalar(statement) is not None


def _open_tanda(usuario_id: int, novedad: Novedad, now: datetime) -> str | None:
    """The notice of its kind that the person has not opened yet, for new things to join it."""
    if not novedad.many:
        return None
    return db.session.scalar(
        sa.select(_AVISOS.c.tanda)
        .where(
            _AVISOS.c.usuario_id == usuario_id,
            _AVISOS.c.novedad.in_(family_of(novedad)),
            _AVISOS.c.leido_at.is_(None),
            _AVISOS.c.en_campana,
            _AVISOS.c.created_at > now - JOINS_FOR,
        )
        .order_by(_AVISOS.c.id.desc())
        .limit(1)
    )


def _order_soon(usuario_id: int, now: datetime) -> None:
    """Have what waits mailed: now, or when the last mail is some minutes old."""
    waits = (_AVISOS.c.correo == PorCorreo.MOMENTO, _AVISOS.c.correo_at.is_(None))
    _order(MAIL_JOB, usuario_id, waits, last_mail_at, MAIL_PAUSE, now)


def _order_on_devices(usuario_id: int, now: datetime) -> None:
    """Have what waits sent to the person's devices: now, or a minute after the last time."""
    waits = (_AVISOS.c.en_equipos, _AVISOS.c.equipos_at.is_(None))
    _order(DEVICES_JOB, usuario_id, waits, last_on_devices_at, DEVICE_PAUSE, now)


def _order(
    job: str,
    usuario_id: int,
    waits: tuple[sa.ColumnElement[bool], ...],
    last_at: Callable[[int], datetime | None],
    pause: timedelta,
    now: datetime,
) -> None:
    """Order a job for the notices of a person that wait, unless the first one has ordered it."""
    waiting = db.session.scalars(
        sa.select(_AVISOS.c.id)
        .where(_AVISOS.c.usuario_id == usuario_id, *waits)
        .order_by(_AVISOS.c.id)
        .limit(2)
    ).all()
    if len(waiting) > 1:
        return  # the job of the first takes this one along
    last = last_at(usuario_id)
    enqueue(
        job,
        key=f"{job}:{waiting[0]}",
        now=now,
        args={"usuario_id": usuario_id},
        usuario_id=usuario_id,
        ejecutar_desde=now if last is None or last > now else max(now, last + pause),
    )


def send_to_devices(usuario: Usuario, *, now: datetime) -> int:
    """Order one message of what waits to each device of a person, in the caller's transaction.

    How many devices there are. What was opened meanwhile, or may be known no more, is left out.
    """
    rows = list_for_devices(usuario.id)
    told = [row for row in rows if is_still_news(usuario, row)]
    for row in rows:
        row.equipos_at = now
    devices = list_devices(usuario.id, now=now) if told and usuario.is_staff else []
    for device in devices:
        enqueue(
            DEVICE_JOB,
            key=f"{DEVICE_JOB}:{device.id}:{told[-1].id}",
            now=now,
            args={"equipo_id": device.id, "aviso_id": told[-1].id, "cantidad": len(told)},
            usuario_id=usuario.id,
        )
    db.session.flush()
    return len(devices)


def add_device(
    usuario: Usuario, sesion_id: int, keys: DeviceKeys, *, equipo: str, now: datetime
) -> EquipoAvisado:
    """Tell a person on a device from now on, for as long as that session goes on.

    A device that is known is that of this session from now on, whoever it was told of before.
    """
    device = db.session.scalar(
        sa.select(EquipoAvisado).where(EquipoAvisado.huella == keys.huella).with_for_update()
    )
    usuario_id = usuario.id
    is_new = device is None or device.usuario_id != usuario_id
    values = {
        "usuario_id": usuario_id,
        "sesion_id": sesion_id,
        "direccion": keys.direccion,
        "p256dh": keys.p256dh,
        "secreto": keys.secreto,
        "equipo": equipo,
    }
    if device is None:
        device = EquipoAvisado(huella=keys.huella, created_at=now, **values)
        db.session.add(device)
    else:
        for name, value in values.items():
            setattr(device, name, value)
    db.session.flush()
    if is_new:
        audit(
            "usuario.equipo_avisado",
            actor=usuario,
            now=now,
            entidad="usuario",
            entidad_id=usuario.id,
            equipo=equipo,
        )
    others = db.session.scalars(
        sa.select(EquipoAvisado)
        .where(EquipoAvisado.usuario_id == usuario.id)
        .order_by(EquipoAvisado.id.desc())
        .offset(MAX_DEVICES)
    )
    for old in others:
        db.session.delete(old)
    db.session.flush()
    return device


def drop_device(device: EquipoAvisado, *, actor: Usuario, now: datetime) -> None:
    """Tell nothing on a device any more."""
    audit(
        "usuario.equipo_sin_avisos",
        actor=actor,
        now=now,
        entidad="usuario",
        entidad_id=actor.id,
        equipo=device.equipo,
    )
    db.session.delete(device)
    db.session.flush()


def forget_ended_devices() -> None:
    """Forget the devices whose session was ended or is not known any more."""
    going_on = sa.select(Sesion.id).where(Sesion.terminada_at.is_(None))
    db.session.execute(
        sa.delete(EquipoAvisado)
        .where(EquipoAvisado.sesion_id.not_in(going_on))
        .execution_options(synchronize_session=False)
    )


def mail_waiting(usuario: Usuario, correos: Sequence[PorCorreo], *, now: datetime) -> int:
    """Order one mail of what waits for a person, in the caller's transaction. How many it tells.

    What they opened in Rastro meanwhile, and of what they may know no more, is left out. What is
    hidden waits: if its case is shown again, it comes with the next.
    """
    rows = list_waiting(usuario.id, correos)
    told = [row for row in rows if is_still_news(usuario, row)]
    notice_id = None
    if told:
        is_digest = PorCorreo.RESUMEN in correos
        notice_id = order_notice_mail(usuario, told, is_digest=is_digest, now=now)
    for row in rows:
        row.correo_at = now
        row.notificacion_id = notice_id if row in told else None
    db.session.flush()
    return len(told) if notice_id is not None else 0


def is_still_news(usuario: Usuario, row: Aviso) -> bool:
    """Whether a notice is still to be told: not opened, and of a case that its person may see."""
    if not usuario.activo or row.leido_at is not None:
        return False
    return row.oficio_id is None or _may_be_told(usuario, row.oficio_id)


def _may_be_told(usuario: Usuario, oficio_id: int) -> bool:
    """Whether they may see the case, and it is one that is worked on."""
    return why_stopped(oficio_id) is None and may_know(usuario, oficio_id)


def tell_owner(usuario: Usuario, texto: str, *, clave: str, now: datetime) -> None:
    """Tell a person what happened to their account; the button leads to it."""
    tell(
        usuario,
        texto,
        novedad=Novedad.CUENTA,
        url="/cuenta",
        accion="Ver mi cuenta",
        clave=clave,
        now=now,
    )


def choose(usuario: Usuario, choices: Mapping[Novedad, Canales], *, hora: int) -> None:
    """Keep how a person wants to be told from now on. What waits for a mail still comes.

    Raises:
        InvalidValue: there is no digest at that hour.
    """
    if hora not in DIGEST_HOURS:
        raise InvalidValue("Elija una hora de la lista para el resumen.")
    for novedad, choice in choices.items():
        in_bell = choice.en_campana or novedad.is_fixed
        db.session.merge(
            Preferencia(
                usuario_id=usuario.id,
                novedad=novedad,
                en_campana=in_bell,
                correo=choice.correo,
                en_equipos=choice.en_equipos,
            )
        )
    db.session.merge(HoraResumen(usuario_id=usuario.id, hora=hora))
    db.session.flush()


def forget_choices(usuario: Usuario) -> None:
    """Tell a person again as everybody is told who chose nothing."""
    for model in (Preferencia, HoraResumen):
        db.session.execute(sa.delete(model).where(model.usuario_id == usuario.id))
    db.session.flush()


def mark_read(aviso: Aviso, *, now: datetime) -> None:
    """Its person opened it, and with it what was shown as one notice with it; what came since is
    still new.
    """
    db.session.execute(
        sa.update(Aviso)
        .where(
            Aviso.usuario_id == aviso.usuario_id,
            Aviso.tanda == aviso.tanda,
            Aviso.id <= aviso.id,
            Aviso.leido_at.is_(None),
        )
        .values(leido_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(aviso)


def mark_all_read(usuario_id: int, *, now: datetime) -> None:
    """Mark all avisos of a person as read."""
    db.session.execute(
        sa.update(Aviso)
        .where(Aviso.usuario_id == usuario_id, Aviso.leido_at.is_(None))
        .values(leido_at=now)
    )
    db.session.flush()
