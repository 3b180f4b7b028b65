"""What happens to keys of scripts and to answers that are kept."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.ajustes.queries import number_setting
from app.api.models import ClaveApi, RespuestaGuardada
from app.api.rules import (
    ANSWER_AWAITED,
    ANSWER_KEPT,
    ELSEWHERE_AWAITED,
    KEY_DAYS,
    RENEWED_OVERLAP,
    SHOWN,
    USE_NOTED_EVERY,
    Alcance,
    hash_key,
    write_scopes,
)
from app.auditoria.service import Actor, audit
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.buffets.models import Buffet
from app.core.clock import is_within, to_local
from app.core.errors import Refused
from app.core.process_identity import is_dead, is_here, own_process
from app.db import db
from app.notificaciones.mails import compose_internal
from app.notificaciones.rules import TipoNotificacion
from app.notificaciones.service.automatic_mails import order_mail
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins


def create_key(
    nombre: str,
    usuario: Usuario,
    alcances: Collection[Alcance],
    key: str,
    *,
    actor: Usuario,
    now: datetime,
    dias: int | None = None,
) -> ClaveApi:
    """Store a fresh key (``rules.new_key``) with which a script asks as that account.

    ``dias`` is how long it works; None: as the setting says.

    Raises:
        Refused: the account or its buffet is inactive, or the key may do nothing.
    """
    buffet = usuario.buffet
    if not usuario.activo or (buffet is not None and not buffet.activo):
        raise Refused("Esa cuenta o su buffet está inactivo: elija otra.")
    if not any(alcance.is_about_doing for alcance in alcances):
        raise Refused("Marque si la clave lee, escribe o ambas cosas.")
    clave = ClaveApi(
        nombre=nombre,
        usuario_id=usuario.id,
        alcances=write_scopes(alcances),
        prefijo=key[:SHOWN],
        huella=hash_key(key),
        vence_at=now + timedelta(days=dias or number_setting(KEY_DAYS)),
        creada_por_id=actor.id,
        created_at=now,
    )
    db.session.add(clave)
    db.session.flush()
    _audit("clave_api.creada", clave, actor, now)
    return clave


def revoke_key(clave: ClaveApi, *, actor: Usuario, now: datetime) -> None:
    """Revoke a key; idempotent."""
    if clave.revocada_at is None:
        clave.revocada_at = now
        _audit("clave_api.revocada", clave, actor, now)
        db.session.flush()


def renew_key(clave: ClaveApi, key: str, *, actor: Usuario, now: datetime) -> ClaveApi:
    """Make a key that may do the same; the old one ends a day later, so that nothing fails.

    Raises:
        Refused: it was revoked, or its account is inactive.
    """
    if clave.revocada_at is not None:
        raise Refused("Esa clave está revocada: cree una nueva.")
    renewed = create_key(clave.nombre, clave.usuario, clave.scopes, key, actor=actor, now=now)
    clave.vence_at = min(clave.vence_at, now + RENEWED_OVERLAP)
    _audit("clave_api.renovada", clave, actor, now, por=renewed.id)
    db.session.flush()
    return renewed


def end_keys_of_account(usuario: Usuario, *, actor: Actor | None, now: datetime) -> None:
    """Revoke the keys of an account that is deactivated or gets other rights, for good."""
    _end_keys(ClaveApi.usuario_id == usuario.id, actor, now)


def end_keys_of_buffet(buffet: Buffet, *, actor: Actor | None, now: datetime) -> None:
    """Revoke the keys of all accounts of a buffet that is deactivated."""
    theirs = sa.select(Usuario.id).where(Usuario.buffet_id == buffet.id)
    _end_keys(ClaveApi.usuario_id.in_(theirs), actor, now)


def _end_keys(whose: sa.ColumnElement[bool], actor: Actor | None, now: datetime) -> None:
    for clave in db.session.scalars(
        sa.select(ClaveApi).where(whose, ClaveApi.revocada_at.is_(None))
    ):
        clave.revocada_at = now
        _audit("clave_api.revocada", clave, actor, now, por_la_cuenta=True)


def warn_of_end(clave: ClaveApi, *, now: datetime) -> None:
    """Tell the admins and whoever the key asks as, once, that it ends soon: by bell and by mail."""
    day = clave.vence_at.date().isoformat()
    texto = f"La clave de la API «{clave.nombre}» vence el {to_local(clave.vence_at):%d-%m-%Y}."
    path, accion = "/admin/claves-api", "Ver las claves"
    people = {admin.id: admin for admin in list_active_admins()}
    people.setdefault(clave.usuario_id, clave.usuario)
    for person in people.values():
        where = path if person.is_admin else "/perfil"
        what = accion if person.is_admin else "Ver mi cuenta"
        if person.is_staff:
            key = f"clave_api:{clave.id}:{day}"
            tell(
                person,
                texto,
                novedad=Novedad.CUENTA,
                url=where,
                accion=what,
                clave=key,
                now=now,
                only_bell=True,  # the mail below goes to a cliente, too
            )
        order_mail(
            TipoNotificacion.INTERNA,
            compose_internal(texto, path=where, accion=what, nombre=person.nombre),
            email=person.email,
            nombre=person.nombre,
            clave=f"clave_api:{clave.id}:{day}:{person.id}",
            now=now,
        )


def is_use_to_note(clave: ClaveApi, now: datetime) -> bool:
    """Whether this use of a key is worth a write."""
    return clave.ultimo_uso_at is None or not is_within(clave.ultimo_uso_at, now, USE_NOTED_EVERY)


def note_key_use(clave_id: int, desde: str, *, now: datetime) -> None:
    """Remember when a key was last used, and from which network (``mask_address``)."""
    db.session.execute(
        sa.update(ClaveApi)
        .where(ClaveApi.id == clave_id)
        .values(ultimo_uso_at=now, ultimo_uso_desde=desde or None)
        .execution_options(synchronize_session=False)
    )


class KeyReused(Refused):
    """The Idempotency-Key stood for something else."""

    def __init__(self) -> None:
        super().__init__(
            "Esa Idempotency-Key ya se usó con otros datos. Use una nueva para cada solicitud."
        )


class StillAnswering(Refused):
    """The first request with that Idempotency-Key is under way."""

    def __init__(self) -> None:
        super().__init__(
            "La primera solicitud con esa Idempotency-Key todavía se está atendiendo. Espere un "
            "momento y repítala."
        )


class ClaimLost(Refused):
    """Another process took the Idempotency-Key over; this transaction must roll back."""

    def __init__(self) -> None:
        super().__init__("Otro proceso atendió esta solicitud.")


def begin_answer(
    usuario_id: int,
    clave: str,
    huella: str,
    found: RespuestaGuardada | None,
    *,
    owner: str,
    now: datetime,
) -> RespuestaGuardada | None:
    """Note that a request is being answered; or give the answer that it had before.

    ``found`` is what is stored for that key, ``owner`` who answers now (``new_owner``). Two
    requests at the same moment meet at the constraint of the table.

    Raises:
        KeyReused: the key stood for something else.
        StillAnswering: the first one is under way.
    """
    kept = look_at_answer(found, huella, now=now)
    if kept is not None:
        return kept
    if found is not None and not _delete_as_seen(found):
        raise StillAnswering  # it was answered, or taken over, in this moment
    db.session.add(
        RespuestaGuardada(
            usuario_id=usuario_id, clave=clave, huella=huella, arriendo_de=owner, created_at=now
        )
    )
    db.session.flush()
    return None


def look_at_answer(
    found: RespuestaGuardada | None, huella: str, *, now: datetime
) -> RespuestaGuardada | None:
    """The answer that was given before; None: the request is to be answered now.

    Raises:
        KeyReused: the key stood for something else.
        StillAnswering: the first one is under way.
    """
    # An answer from a clock that ran ahead is one too: done again, it would be there twice.
    if found is None or now - found.created_at >= ANSWER_KEPT:
        return None
    if found.huella != huella:
        raise KeyReused
    if found.estado is None and _is_answering(found, now):
        raise StillAnswering
    return found if found.estado is not None else None


def new_owner() -> str:
    """Who answers a request: this process, and which of its attempts."""
    return f"{own_process()} {secrets.token_hex(8)}"


def _is_answering(found: RespuestaGuardada, now: datetime) -> bool:
    """Whether the process that began to answer may still do so."""
    process = (found.arriendo_de or "").partition(" ")[0]
    if is_dead(process):
        return False
    awaited = ANSWER_AWAITED if is_here(process) else ELSEWHERE_AWAITED
    return is_within(found.created_at, now, awaited)


def _delete_as_seen(found: RespuestaGuardada) -> bool:
    """Delete a row unless it changed since it was read: on PostgreSQL its owner may just commit."""
    table = RespuestaGuardada
    result: Any = db.session.execute(
        sa.delete(table)
        .where(
            table.id == found.id,
            table.estado.is_not_distinct_from(found.estado),
            table.arriendo_de.is_not_distinct_from(found.arriendo_de),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.expunge(found)
    return bool(result.rowcount)


def keep_answer(
    usuario_id: int,
    clave: str,
    owner: str,
    *,
    estado: int,
    cuerpo: str,
    cabeceras: dict[str, Any],
) -> None:
    """Keep what was answered, in the transaction that did what was asked.

    Raises:
        ClaimLost: another one answers by now, or has answered.
    """
    result: Any = db.session.execute(
        sa.update(RespuestaGuardada)
        .where(*_claim(usuario_id, clave, owner))
        .values(estado=estado, cuerpo=cuerpo, cabeceras=cabeceras)
        .execution_options(synchronize_session=False)
    )
    if not result.rowcount:
        raise ClaimLost


def drop_answer(usuario_id: int, clave: str, owner: str) -> None:
    """Release the Idempotency-Key of a request that was refused or failed."""
    db.session.execute(
        sa.delete(RespuestaGuardada)
        .where(*_claim(usuario_id, clave, owner))
        .execution_options(synchronize_session=False)
    )


def _claim(usuario_id: int, clave: str, owner: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        RespuestaGuardada.usuario_id == usuario_id,
        RespuestaGuardada.clave == clave,
        RespuestaGuardada.arriendo_de == owner,
        RespuestaGuardada.estado.is_(None),
    )


def _audit(
    accion: str, clave: ClaveApi, actor: Actor | None, now: datetime, **detalle: Any
) -> None:
    audit(
        accion,
        actor=actor,
        now=now,
        entidad="clave_api",
        entidad_id=clave.id,
        usuario_id_de_la_clave=clave.usuario_id,
        alcances=clave.alcances,
        vence=clave.vence_at.isoformat(),
        **detalle,
    )
