"""Which messages a case has, which wait for whom, and what a buffet is shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.buffets.models import Buffet, Enlace
from app.db import db, prepared
from app.mensajes.models import Mensaje
from app.mensajes.rules import ClaseMensaje, EstadoMensaje, LadoMensaje, own_text
from app.oficios.models import Investigacion, Oficio
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

#: Messages of a buffet that its page shows.
_RECENT = 100

_SENT = Mensaje.estado == EstadoMensaje.ENVIADO
#: Sent, and waited for by its author until the other side answers.
_WAITING_FOR_BUFFET = sa.and_(
    _SENT,
    Mensaje.lado == LadoMensaje.OFICINA,
    Mensaje.clase != ClaseMensaje.INFORMA,
    Mensaje.respondido_at.is_(None),
)
_WAITING_FOR_OFFICE = sa.and_(
    _SENT, Mensaje.lado == LadoMensaje.BUFFET, Mensaje.respondido_at.is_(None)
)


@dataclass(frozen=True)
class MensajeDelBuffet:
    """A message as the buffet reads it, with what names its case."""

    id: int
    oficio_id: int
    numero_oficio: str
    rol: str | None
    patente: str
    vehiculo: str
    lado: LadoMensaje
    clase: ClaseMensaje
    texto: str
    #: Who of the buffet wrote it; of the office, nobody is named.
    quien: str
    cuando: datetime
    responde_a_id: int | None
    respondido_at: datetime | None
    #: A buffet reads what was sent, and nothing else.
    estado: EstadoMensaje = EstadoMensaje.ENVIADO

    @property
    def is_waiting(self) -> bool:
        """Whether its author waits for an answer."""
        is_asked = self.clase.waits or self.lado is LadoMensaje.BUFFET
        return is_asked and self.respondido_at is None

    @property
    def asks_buffet(self) -> bool:
        """Whether the buffet is waited for."""
        return self.is_waiting and self.lado is LadoMensaje.OFICINA


def list_for_buffet(
    buffet_id: int, *, oficio_id: int | None = None, only_waiting: bool = False
) -> list[MensajeDelBuffet]:
    """What was sent to and by a buffet, the newest first; of one case the oldest first.

    ``only_waiting``: what waits for the buffet, the oldest first.
    """
    if only_waiting and oficio_id is None:
        return [_shown(row) for row in _waiting.rows(buffet_id=buffet_id)]
    statement = _of_buffet(buffet_id)
    if oficio_id is not None:
        statement = statement.where(Mensaje.oficio_id == oficio_id)
    if only_waiting:
        statement = statement.where(_WAITING_FOR_BUFFET)
    is_thread = only_waiting or oficio_id is not None
    order = Mensaje.id if is_thread else Mensaje.id.desc()
    return [_shown(row) for row in db.session.execute(statement.order_by(order).limit(_RECENT))]


def count_waiting_for_buffet(buffet_id: int) -> int:
    """How many messages of the office wait for the buffet."""
    return _waiting_number.rows(buffet_id=buffet_id).scalar_one()


@prepared
def _waiting_number(buffet_id: Any) -> sa.Select:
    return (
        sa.select(sa.func.count())
        .select_from(Mensaje)
        .join(Oficio, Oficio.id == Mensaje.oficio_id)
        .where(Mensaje.buffet_id == buffet_id, Oficio.buffet_id == buffet_id, _WAITING_FOR_BUFFET)
    )


@prepared
def _waiting(buffet_id: Any) -> sa.Select:
    """What waits for a buffet, the oldest first, as each page of its portal asks."""
    statement = _of_buffet(buffet_id).where(_WAITING_FOR_BUFFET)
    return statement.order_by(Mensaje.id).limit(_RECENT)


def _of_buffet(buffet_id: Any) -> sa.Select:
    when = sa.func.coalesce(Mensaje.decidido_at, Mensaje.created_at)
    return (
        sa.select(
            Mensaje.id,
            Mensaje.oficio_id,
            Mensaje.lado,
            Mensaje.clase,
            Mensaje.responde_a_id,
            Mensaje.respondido_at,
            when.label("cuando"),
            Investigacion.descripcion,
            Oficio.numero_oficio,
            Oficio.rol,
            Vehiculo.patente,
            Vehiculo.marca,
            Vehiculo.modelo,
            Usuario.nombre,
            Enlace.etiqueta,
        )
        .join(Investigacion, Investigacion.id == Mensaje.entrada_id)
        .join(Oficio, Oficio.id == Mensaje.oficio_id)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .outerjoin(Usuario, Usuario.id == Investigacion.usuario_id)
        .outerjoin(Enlace, Enlace.id == Mensaje.enlace_id)
        .where(Mensaje.buffet_id == buffet_id, Oficio.buffet_id == buffet_id, _SENT)
    )


def _shown(row: sa.Row) -> MensajeDelBuffet:
    is_own = row.lado is LadoMensaje.BUFFET
    return MensajeDelBuffet(
        id=row.id,
        oficio_id=row.oficio_id,
        numero_oficio=row.numero_oficio,
        rol=row.rol,
        patente=row.patente,
        vehiculo=" ".join(part for part in (row.marca, row.modelo) if part),
        lado=row.lado,
        clase=row.clase,
        texto=own_text(row.descripcion),
        quien=(row.nombre or row.etiqueta or "Por el enlace") if is_own else "La oficina",
        cuando=row.cuando,
        responde_a_id=row.responde_a_id,
        respondido_at=row.respondido_at,
    )


def list_of_case(oficio_id: int) -> Sequence[Mensaje]:
    """All messages of a case for the office, the oldest first."""
    return db.session.scalars(
        sa.select(Mensaje)
        .where(Mensaje.oficio_id == oficio_id)
        .options(
            joinedload(Mensaje.entrada).joinedload(Investigacion.usuario),
            joinedload(Mensaje.enlace),
            joinedload(Mensaje.decidido_por),
        )
        .order_by(Mensaje.id)
    ).all()


def count_messages(oficio_id: int) -> sa.Select[int]:
    """The statement that counts the messages of a case."""
    return sa.select(sa.func.count()).select_from(Mensaje).where(Mensaje.oficio_id == oficio_id)


def find_message(oficio_id: int, mensaje_id: int) -> Mensaje | None:
    """A message of that case, and of no other."""
    return db.session.scalar(
        sa.select(Mensaje).where(Mensaje.id == mensaje_id, Mensaje.oficio_id == oficio_id)
    )


def find_twin(
    oficio_id: int, lado: LadoMensaje, descripcion: str, since: datetime
) -> Mensaje | None:
    """The same words of the same side a moment ago: a form that was sent twice."""
    return db.session.scalar(
        sa.select(Mensaje)
        .join(Investigacion, Investigacion.id == Mensaje.entrada_id)
        .where(
            Mensaje.oficio_id == oficio_id,
            Mensaje.lado == lado,
            Mensaje.created_at >= since,
            Mensaje.estado != EstadoMensaje.DESCARTADO,
            Investigacion.descripcion == descripcion,
        )
        .order_by(Mensaje.id.desc())
        .limit(1)
    )


def office_statement(*, waiting: bool = True) -> sa.Select[Mensaje]:
    """Messages of all cases for the office: what has to be released, then what waits for it."""
    statement = (
        sa.select(Mensaje)
        .options(
            joinedload(Mensaje.entrada).joinedload(Investigacion.usuario),
            joinedload(Mensaje.enlace),
            joinedload(Mensaje.oficio).joinedload(Oficio.buffet),
            joinedload(Mensaje.oficio).joinedload(Oficio.vehiculo),
        )
        .order_by(
            sa.case((Mensaje.estado == EstadoMensaje.POR_VALIDAR, 0), else_=1), Mensaje.id.desc()
        )
    )
    if not waiting:
        return statement
    return statement.where(sa.or_(Mensaje.estado == EstadoMensaje.POR_VALIDAR, _WAITING_FOR_OFFICE))


def count_for_office() -> int:
    """How many messages wait to be released, or for an answer of the office."""
    return _office_number.rows().scalar_one()


@prepared
def _office_number() -> sa.Select[int]:
    statement = sa.select(sa.func.count()).select_from(Mensaje)
    return statement.where(sa.or_(Mensaje.estado == EstadoMensaje.POR_VALIDAR, _WAITING_FOR_OFFICE))


def last_writer_address(oficio_id: int, buffet_id: int) -> str | None:
    """The address of the personal link through which the buffet last wrote on a case."""
    return db.session.scalar(
        sa.select(Enlace.email)
        .join(Mensaje, Mensaje.enlace_id == Enlace.id)
        .join(Buffet, Buffet.id == Enlace.buffet_id)
        .where(
            Mensaje.oficio_id == oficio_id,
            Mensaje.buffet_id == buffet_id,
            Enlace.email.is_not(None),
            Enlace.revocado_at.is_(None),
        )
        .order_by(Mensaje.id.desc())
        .limit(1)
    )
