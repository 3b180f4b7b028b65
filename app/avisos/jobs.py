"""The mails of notices: soon after something happened, and the digest at an hour of each person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from app.avisos.models import Aviso, EquipoAvisado
from app.avisos.outside import NotTaken, push
from app.avisos.queries import list_devices, list_waiting_people
from app.avisos.rules import DEVICE_LIFE, MAIL_PAUSE, PorCorreo, last_digest, say_on_device
from app.avisos.service import (
    DEVICE_JOB,
    DEVICES_JOB,
    MAIL_JOB,
    forget_ended_devices,
    is_still_news,
    mail_waiting,
    name_case,
    send_to_devices,
)
from app.core.push_message import encrypt, sign_for
from app.db import db, release, transaction
from app.extensions import current_config
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.usuarios.models import Usuario

#: The service forgot the browser: it was uninstalled, or its person took the permission away.
_GONE = (404, 410)
_NO_NEWS = "Ya no hacía falta."


@job(MAIL_JOB, "Enviar avisos por correo")
def send_soon(run: JobRun) -> None:
    """Order one mail of all that a person wants at once; the mail and its end commit together."""
    with run.finish():
        usuario = db.session.get(Usuario, run.args["usuario_id"])
        if usuario is not None:
            mail_waiting(usuario, [PorCorreo.MOMENTO], now=run.clock())


@job(DEVICES_JOB, "Enviar avisos a los equipos de una persona")
def send_on_devices(run: JobRun) -> None:
    """Order a message to each device of a person; the messages and its end commit together."""
    with run.finish():
        usuario = db.session.get(Usuario, run.args["usuario_id"])
        if usuario is not None:
            send_to_devices(usuario, now=run.clock())


@job(DEVICE_JOB, "Enviar un aviso a un equipo", max_attempts=5)
def send_on_device(run: JobRun) -> None:
    """Hand one message to the push service of one device, outside of any transaction.

    A repetition shows nothing twice: service and device replace what has the same mark.
    """
    config, now = current_config(), run.clock()
    device = db.session.get(EquipoAvisado, run.args["equipo_id"])
    aviso = db.session.get(Aviso, run.args["aviso_id"])
    message = _message(device, aviso, run.args["cantidad"], now)
    if device is None or message is None or not config.push_configured:
        with run.finish(_NO_NEWS):
            return
    equipo_id, url, mark = device.id, device.direccion, str(message["marca"])
    body = encrypt(json.dumps(message).encode(), device.p256dh, device.secreto)
    headers = {
        "Authorization": sign_for(url, config.vapid_private_key, config.vapid_subject, now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(DEVICE_LIFE.total_seconds())),
        "Topic": mark,
        "Urgency": "high",
    }
    release()
    try:
        status, later = push(url, body, headers)
    except NotTaken as error:
        raise JobError(str(error), retry=not error.is_final) from None
    if status in _GONE:
        with run.finish("El navegador ya no recibe avisos: se quitó de la lista."):
            _forget(equipo_id)
        return
    if not 200 <= status < 300:
        delay = timedelta(seconds=min(int(later), 3600)) if later.isdecimal() else None
        raise JobError(
            f"El servicio de avisos respondió {status}.",
            retry=status == 429 or status >= 500,
            delay=delay,
        )
    with run.finish("Entregado al servicio de avisos."):
        known = db.session.get(EquipoAvisado, equipo_id)
        if known is not None:
            known.enviado_at = run.clock()


@job("avisos.equipos_terminados", "Olvidar equipos cuya sesión terminó", every_seconds=6 * 3600)
def forget_devices(run: JobRun) -> None:
    """Forget the devices whose session has ended: nothing is sent to them any more."""
    with run.finish():
        forget_ended_devices()


def _message(
    device: EquipoAvisado | None, aviso: Aviso | None, count: int, now: datetime
) -> Mapping[str, object] | None:
    """What a device shows: no names, no plate. None: there is nothing to tell any more."""
    if device is None or aviso is None or aviso.usuario_id != device.usuario_id:
        return None
    usuario = db.session.get(Usuario, device.usuario_id)
    if usuario is None or not usuario.is_staff or not is_still_news(usuario, aviso):
        return None
    if all(one.id != device.id for one in list_devices(usuario.id, now=now)):
        return None  # its session ended
    numero = name_case(aviso.oficio_id) if aviso.oficio_id is not None else ""
    return {
        "texto": say_on_device(aviso.novedad, numero, count),
        "url": aviso.url if count == 1 else "/avisos",
        "marca": f"aviso-{aviso.id}",
    }


def _forget(equipo_id: int) -> None:
    device = db.session.get(EquipoAvisado, equipo_id)
    if device is not None:
        db.session.delete(device)


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
