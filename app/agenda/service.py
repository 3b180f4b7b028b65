"""Telling people that something is due, and giving them a link to their calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.agenda.models import EnlaceCalendario
from app.agenda.queries import find_calendar
from app.agenda.rules import Recordatorio
from app.auditoria.service import Actor, audit
from app.avisos.service import tell
from app.core.link_signature import new_selector
from app.db import db
from app.oficios.models import Oficio
from app.oficios.service.telling import tell_case
from app.usuarios.models import Usuario


def tell_due(found: Sequence[Recordatorio], *, now: datetime) -> None:
    """Tell of these whom each concerns, in the caller's transaction; none is told twice."""
    for one in found:
        path = f"/oficios/{one.oficio_id}"
        usuario = db.session.get(Usuario, one.usuario_id) if one.usuario_id else None
        oficio = db.session.get(Oficio, one.oficio_id)
        if oficio is None:
            continue  # removed or blocked since it was found
        if usuario is None:
            tell_case(
                oficio,
                one.novedad,
                one.texto,
                path=path,
                accion=one.accion,
                clave=one.clave,
                now=now,
            )
        else:
            tell(
                usuario,
                one.texto,
                novedad=one.novedad,
                url=path,
                accion=one.accion,
                clave=one.clave,
                now=now,
                oficio_id=oficio.id,
            )


def make_calendar_link(usuario: Usuario, *, now: datetime) -> EnlaceCalendario:
    """Give a person a new link to their calendar; the one of before opens nothing any more."""
    row = find_calendar(usuario.id)
    if row is None:
        row = EnlaceCalendario(usuario_id=usuario.id)
        db.session.add(row)
    row.selector = new_selector()
    row.created_at = now
    db.session.flush()
    audit("calendario.enlace", actor=usuario, now=now, entidad="usuario", entidad_id=usuario.id)
    return row


def drop_calendar_link(usuario: Usuario, *, now: datetime) -> None:
    """Let a person's link open nothing any more."""
    drop_link_of_account(usuario, actor=usuario, now=now)


def drop_link_of_account(usuario: Usuario, *, actor: Actor | None, now: datetime) -> None:
    """Take the link of an account away for good, whoever ``actor`` is that ends it."""
    row = find_calendar(usuario.id)
    if row is not None:
        db.session.delete(row)
        audit("calendario.quitado", actor=actor, now=now, entidad="usuario", entidad_id=usuario.id)
    db.session.flush()
