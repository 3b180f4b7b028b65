"""What happens to accounts, each deed with its entry in the audit."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.ajustes.queries import text_setting
from app.ajustes.rules import OFFICE_NAME
from app.auditoria.service import audit
from app.core.errors import Refused
from app.db import db
from app.feature import asked_above
from app.jobs.queue import enqueue, enqueue_once_a_minute
from app.jobs.rules import PRIORITY_SWEEP
from app.usuarios.models import Usuario
from app.usuarios.outside import hashes
from app.usuarios.queries import count_active_admins, find_by_email
from app.usuarios.rules import (
    CHANGED_JOB,
    INVITE_JOB,
    RECOVERY_JOB,
    Rol,
    needs_buffet,
    recovery_key,
)
from app.usuarios.rules.guessing import ATTEMPTS_JOB, ENTRO, window_of, window_start
from app.usuarios.rules.leaving import end_access_of_account, end_links_of_account
from app.usuarios.rules.new_password import check_new_password
from app.usuarios.rules.sesiones import FinSesion
from app.usuarios.service.sesiones import end_sessions


class EmailTaken(Refused):
    """Another account has this address."""

    def __init__(self) -> None:
        super().__init__("Ya existe una cuenta con este correo")


class BuffetMismatch(Refused):
    """A cliente without a buffet, or somebody else with one."""


@dataclass(frozen=True)
class UsuarioData:
    """What an account is made of, from a form or the API."""

    email: str
    nombre: str
    rol: Rol
    buffet_id: int | None = None
    telefono: str | None = None


def create_usuario(
    data: UsuarioData, password: str | None, *, actor: Usuario | None, now: datetime
) -> Usuario:
    """Open an account. Without a password an invitation is the only way in.

    Raises:
        EmailTaken: the address has an account.
        BuffetMismatch: role and buffet do not go together.
        WeakPassword: others would try the password first.
    """
    _check_buffet(data)
    if find_by_email(data.email) is not None:
        raise EmailTaken
    if password is None:
        password = secrets.token_urlsafe(32)
    else:
        _check_password(password, data)
    usuario = Usuario(
        email=data.email.lower(),
        nombre=data.nombre,
        rol=data.rol,
        buffet_id=data.buffet_id,
        telefono=data.telefono,
        password_hash=hashes().make(password),
        created_at=now,
    )
    db.session.add(usuario)
    db.session.flush()
    audit(
        "usuario.creado",
        actor=actor,
        now=now,
        entidad="usuario",
        entidad_id=usuario.id,
        rol=data.rol.value,
    )
    return usuario


def update_usuario(usuario: Usuario, data: UsuarioData, *, actor: Usuario, now: datetime) -> None:
    """Change an account; a new role or buffet ends its sessions, its keys and links for good.

    Raises:
        EmailTaken, BuffetMismatch: as for ``create_usuario``.
        Refused: it would leave the installation without an admin.
    """
    _check_buffet(data)
    other = find_by_email(data.email)
    if other is not None and other.id != usuario.id:
        raise EmailTaken
    if usuario.rol is Rol.ADMIN and data.rol is not Rol.ADMIN:
        _keep_an_admin(usuario)
    if (usuario.rol, usuario.buffet_id) != (data.rol, data.buffet_id):
        end_sessions(usuario, FinSesion.DERECHOS, now=now)
        # What a program may do was decided for what the account was.
        end_access_of_account(usuario, actor=actor, now=now)
        end_links_of_account(usuario, actor=actor, now=now)
    before = {"rol": usuario.rol.value, "buffet_id": usuario.buffet_id}
    usuario.email = data.email.lower()
    usuario.nombre = data.nombre
    usuario.rol = data.rol
    usuario.buffet_id = data.buffet_id
    usuario.telefono = data.telefono
    audit(
        "usuario.modificado",
        actor=actor,
        now=now,
        entidad="usuario",
        entidad_id=usuario.id,
        rol=data.rol.value,
        antes=before,
        despues={"rol": data.rol.value, "buffet_id": data.buffet_id},
    )
    db.session.flush()


def set_active(usuario: Usuario, *, activo: bool, actor: Usuario, now: datetime) -> None:
    """Deactivate or bring back an account; the first ends sessions, and keys and links for good.

    Raises:
        Refused: it is the last active admin.
    """
    if not activo and usuario.rol is Rol.ADMIN:
        _keep_an_admin(usuario)
    usuario.activo = activo
    end_sessions(usuario, FinSesion.DERECHOS, now=now)
    if not activo:
        end_access_of_account(usuario, actor=actor, now=now)
        end_links_of_account(usuario, actor=actor, now=now)
    audit(
        "usuario.activado" if activo else "usuario.desactivado",
        actor=actor,
        now=now,
        entidad="usuario",
        entidad_id=usuario.id,
    )
    db.session.flush()


def set_password(
    usuario: Usuario, password: str, *, actor: Usuario, now: datetime, keep: int | None = None
) -> None:
    """Give an account a new password and end every session that it has, but the one to ``keep``.

    Raises:
        WeakPassword: others would try it first.
    """
    _check_password(password, usuario)
    usuario.password_hash = hashes().make(password)
    end_sessions(usuario, FinSesion.CLAVE, now=now, keep=keep)
    audit("usuario.clave", actor=actor, now=now, entidad="usuario", entidad_id=usuario.id)
    db.session.flush()
    _tell_of_password(usuario, now)


def _tell_of_password(usuario: Usuario, now: datetime) -> None:
    """Tell the owner by mail, and by the bell where they have one, that the password is another."""
    moment = now.isoformat()
    enqueue(
        CHANGED_JOB,
        key=f"{CHANGED_JOB}:{usuario.id}:{usuario.session_version}",
        now=now,
        args={"usuario_id": usuario.id, "cuando": moment},
    )
    if usuario.is_staff:
        ring_owner(
            usuario,
            "Su contraseña se cambió. Si no fue usted, elija otra y cierre sus demás sesiones.",
            clave=f"clave:{usuario.session_version}",
            now=now,
        )


@asked_above
def ring_owner(usuario: Usuario, texto: str, *, clave: str, now: datetime) -> None:
    """Tell a person of the firm by the bell what happened to their account; nothing without one."""


def order_recovery(email: str, secret: str, *, now: datetime) -> None:
    """Have a link for a new password mailed to whoever signs in with this address, if anybody does.

    What is looked up and written is the same for every address, so that neither the answer nor its
    time tells who has an account. Only a job in the ledger tells it, to who may see that.
    """
    address = email.strip().lower()
    usuario_id = db.session.scalar(sa.select(Usuario.id).where(Usuario.email == address))
    key = recovery_key(email, secret, now=now)
    args = {"usuario_id": usuario_id or 0}
    enqueue(RECOVERY_JOB, key=f"{RECOVERY_JOB}:{key}", now=now, args=args)


def order_invite(usuario: Usuario, *, now: datetime) -> None:
    """Have an invitation mailed, with which the person chooses a password.

    Raises:
        Refused: the account is inactive, and the link would open nothing.
    """
    _check_invited(usuario)
    about = f"{usuario.id}:{usuario.session_version}"
    enqueue_once_a_minute(INVITE_JOB, about, now=now, args={"usuario_id": usuario.id})


def note_invite(usuario: Usuario, *, actor: Usuario, now: datetime) -> None:
    """Write down that an admin was shown the invitation, to hand it over.

    Raises:
        Refused: the account is inactive, and the link would open nothing.
    """
    _check_invited(usuario)
    audit("usuario.enlace_visto", actor=actor, now=now, entidad="usuario", entidad_id=usuario.id)


def _check_invited(usuario: Usuario) -> None:
    """Refuse an invitation to who could not use it.

    Raises:
        Refused: the account or its buffet is inactive.
    """
    if not usuario.activo or (usuario.buffet is not None and not usuario.buffet.activo):
        raise Refused("La cuenta o su buffet está inactivo: actívelo antes de enviar un enlace.")


def note_login(usuario: Usuario, *, times: int, now: datetime) -> None:
    """Remember the sign-in.

    ``times`` is how often the account was signed in to in these ten minutes, with this one: the
    audit is told of the first at once, and of the others together when they are over.
    """
    usuario.ultimo_acceso_at = now
    if times == 1:
        note_entry(usuario, now=now)
    elif times == 2:
        note_attempts(ENTRO, usuario.id, now=now)
    db.session.flush()


def renew_hash(usuario: Usuario, password: str) -> None:
    """Hash a password that was right anew, if its hash was made with an older cost."""
    if hashes().is_outdated(usuario.password_hash):
        usuario.password_hash = hashes().make(password)
        db.session.flush()


def note_entry(usuario: Usuario, *, now: datetime) -> None:
    """Tell the audit that somebody came in, by a password or by a link that opens once."""
    audit(ENTRO, actor=usuario, now=now, entidad="usuario", entidad_id=usuario.id, veces=1)


def note_attempts(accion: str, usuario_id: int | None, *, now: datetime) -> None:
    """Have the audit told, when these ten minutes are over, how often something happened in them.

    ``usuario_id`` is None for addresses without an account, which share one entry. So a flood of
    attempts becomes one entry for each account, which nothing has to change afterwards.
    """
    window = window_of(now)
    enqueue(
        ATTEMPTS_JOB,
        key=f"{ATTEMPTS_JOB}:{accion}:{usuario_id or 0}:{window}",
        now=now,
        args={"accion": accion, "usuario_id": usuario_id, "ventana": window},
        prioridad=PRIORITY_SWEEP,
        # Who was counted in the last second of them is still being written.
        ejecutar_desde=window_start(window + 1) + timedelta(seconds=5),
    )


def record_attempts(
    accion: str, usuario_id: int | None, window: int, *, times: int, now: datetime
) -> None:
    """Write down how often something happened to an account in ten minutes that are over.

    A count of 0 was lost: then only that it happened is known.
    """
    # The first sign-in was written down when it happened.
    veces = max(times - 1, 0) if accion == ENTRO else times
    audit(
        accion,
        actor=None,
        now=now,
        entidad="usuario",
        entidad_id=usuario_id,
        cuenta=usuario_id or "desconocida",
        veces=veces or None,
        desde=window_start(window).isoformat(),
        hasta=window_start(window + 1).isoformat(),
    )


def _check_password(password: str, person: UsuarioData | Usuario) -> None:
    known = (person.email, person.nombre, person.telefono, text_setting(OFFICE_NAME))
    check_new_password(password, about=known)


def _check_buffet(data: UsuarioData) -> None:
    if needs_buffet(data.rol) and data.buffet_id is None:
        raise BuffetMismatch("Un cliente pertenece a un buffet: elija cuál.")
    if not needs_buffet(data.rol) and data.buffet_id is not None:
        raise BuffetMismatch("Solo un cliente pertenece a un buffet: deje el buffet vacío.")


def _keep_an_admin(usuario: Usuario) -> None:
    if usuario.activo and count_active_admins() <= 1:
        raise Refused("Es el último administrador activo: nombre a otro antes de quitarlo.")
