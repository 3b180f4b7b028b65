"""What goes wrong now and then: a look-up that failed, and a mail that may have gone."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.adjuntos.queries import list_images
from app.db import db
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.models import Receptor
from app.notificaciones.service import Destinatario, create_notice
from app.notificaciones.service.delivery import mark_uncertain
from app.notificaciones.service.writing import write_notice
from app.oficios.models import Oficio
from app.usuarios.models import Usuario

_NO_ANSWER = "El proveedor de pórticos no respondió en 30 s. Ya se intentó 4 veces."
_CUT_OFF = "El servidor de correo cortó la conexión después de recibir el mensaje."
#: Seconds after the first attempt at which each one began.
_ATTEMPTS = (0, 60, 180, 420)


def fail_check(oficio: Oficio, actor: Usuario, now: datetime) -> None:
    """Somebody looked a plate up while the provider was away."""
    asked = now - timedelta(minutes=25)
    trabajo = Trabajo(
        tipo="avistamientos.consultar",
        clave=f"demostracion:consulta:{oficio.id}",
        estado=EstadoTrabajo.FALLIDO,
        oficio_id=oficio.id,
        usuario_id=actor.id,
        intentos=len(_ATTEMPTS),
        max_intentos=len(_ATTEMPTS),
        error=_NO_ANSWER,
        created_at=asked,
        ejecutar_desde=asked,
        iniciado_at=asked + timedelta(seconds=_ATTEMPTS[-1]),
        terminado_at=asked + timedelta(seconds=_ATTEMPTS[-1] + 30),
    )
    db.session.add(trabajo)
    db.session.flush()
    for number, seconds in enumerate(_ATTEMPTS, 1):
        start = asked + timedelta(seconds=seconds)
        db.session.add(
            Ejecucion(
                trabajo_id=trabajo.id,
                numero=number,
                trabajador="demostracion:1:hilo-1",
                iniciado_at=start,
                terminado_at=start + timedelta(seconds=30),
                error="El proveedor no respondió en 30 s.",
                traza="requests.exceptions.ReadTimeout: Read timed out. (read timeout=30)",
            )
        )


def leave_mail_uncertain(oficio: Oficio, actor: Usuario, now: datetime) -> None:
    """A notice was under way when the mail server hung up: nobody knows whether it arrived."""
    receptor = db.session.scalars(sa.select(Receptor).order_by(Receptor.id).limit(1)).one()
    sent = now - timedelta(minutes=50)
    data = write_notice(
        oficio,
        Destinatario(receptor.email, receptor.nombre),
        mensaje=None,
        adjunto_ids=[photo.id for photo in list_images(oficio.id)],
        remitente=actor,
    )
    notice = create_notice(
        oficio,
        data,
        clave=f"demostracion-{oficio.id}",
        confirmed=True,
        confirmed_incomplete=True,
        dominio="demostracion.example",
        actor=actor,
        now=sent,
    )
    mark_uncertain(notice, _CUT_OFF, now=sent + timedelta(seconds=20))
    trabajo = db.session.get_one(Trabajo, notice.trabajo_id)
    trabajo.estado = EstadoTrabajo.INCIERTA
    trabajo.error = _CUT_OFF
    trabajo.intentos = 1
    trabajo.iniciado_at = sent
    trabajo.terminado_at = sent + timedelta(seconds=20)
    db.session.add(
        Ejecucion(
            trabajo_id=trabajo.id,
            numero=1,
            trabajador="demostracion:1:hilo-1",
            iniciado_at=sent,
            terminado_at=sent + timedelta(seconds=20),
            error=_CUT_OFF,
            traza="smtplib.SMTPServerDisconnected: Connection unexpectedly closed",
        )
    )
