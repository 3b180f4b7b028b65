"""Reading notices, previews and the directory of receptores judiciales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload, undefer

from app.adjuntos.models import Adjunto
from app.ajustes.queries import number_setting
from app.core.clock import SANTIAGO
from app.core.tribunales import find_tribunal
from app.db import db
from app.direcciones.models import Direccion
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.models import (
    Borrador,
    HitoInformado,
    Notificacion,
    Plantilla,
    Receptor,
    Respuesta,
)
from app.notificaciones.queries.hitos import list_hitos
from app.notificaciones.rules import (
    ANSWER_HOURS,
    COPY_KEY,
    MAX_MAIL_MB,
    UNSETTLED,
    EstadoNotificacion,
    TipoNotificacion,
    is_key,
)
from app.notificaciones.rules.avance import Hito
from app.notificaciones.rules.plantillas import POR_DEFECTO, Textos
from app.notificaciones.rules.sources import find_location
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import OPEN_STATES, Actividad, Estado

#: How many oficios are looked at in one query; databases bound the values of one.
_CHUNK = 500
#: The one template that can be edited.
PLANTILLA_RECEPTOR = "receptor"


@dataclass(frozen=True)
class NoticeLine:
    """A notice in the list, and when it is tried again by itself."""

    notice: Notificacion
    proximo_intento: datetime | None

    @classmethod
    def of(
        cls, notice: Notificacion, when: datetime | None, estado: EstadoTrabajo | None
    ) -> NoticeLine:
        """From a row of ``notices_statement``."""
        return cls(notice, when if estado is EstadoTrabajo.PROGRAMADO else None)


def notices_statement(oficio_id: int) -> sa.Select:
    """The notices of a case, newest first, with the moment and the state of their jobs."""
    return (
        sa.select(Notificacion, Trabajo.ejecutar_desde, Trabajo.estado)
        .outerjoin(Trabajo, Trabajo.id == Notificacion.trabajo_id)
        .where(Notificacion.oficio_id == oficio_id)
        .options(
            joinedload(Notificacion.usuario),
            selectinload(Notificacion.adjuntos),
            selectinload(Notificacion.respuestas),
        )
        .order_by(Notificacion.created_at.desc(), Notificacion.id.desc())
    )


def list_notices(oficio_id: int) -> list[NoticeLine]:
    """The notices of a case, newest first."""
    return [NoticeLine.of(*row) for row in db.session.execute(notices_statement(oficio_id))]


def find_notice_line(oficio_id: int, notificacion_id: int) -> NoticeLine | None:
    """A notice of that case, and of no other, and when it is tried again."""
    statement = notices_statement(oficio_id).where(Notificacion.id == notificacion_id)
    row = db.session.execute(statement).one_or_none()
    return NoticeLine.of(*row) if row else None


def count_notices(oficio_id: int) -> sa.Select[int]:
    """Asks how many notices a case has."""
    return (
        sa.select(sa.func.count())
        .select_from(Notificacion)
        .where(Notificacion.oficio_id == oficio_id)
    )


def find_notice(oficio_id: int, notificacion_id: int) -> Notificacion | None:
    """A notice of that case, and of no other, with its contents."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.id == notificacion_id, Notificacion.oficio_id == oficio_id)
        .options(undefer(Notificacion.cuerpo_texto), undefer(Notificacion.cuerpo_html))
    )


def find_by_key(clave: str) -> Notificacion | None:
    """What a form that was sent before has become."""
    return db.session.scalar(sa.select(Notificacion).where(Notificacion.clave == clave))


def find_newest_copy(notificacion_id: int) -> Notificacion | None:
    """The newest copy of a sent mail that somebody had sent again."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.clave.like(f"{COPY_KEY}{notificacion_id}-%"))
        .order_by(Notificacion.id.desc())
        .limit(1)
    )


def find_mail(notificacion_id: int) -> Notificacion | None:
    """A mail of any case or of none, with its contents."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.id == notificacion_id)
        .options(undefer(Notificacion.cuerpo_texto), undefer(Notificacion.cuerpo_html))
    )


def mails_statement(ver: str, buffet_id: int | None = None) -> sa.Select:
    """Mails with the number of their oficio, newest first.

    ``ver`` is ``problemas`` (failed or uncertain), ``sin_caso`` (of no one oficio) or anything
    else for all.
    """
    statement: sa.Select = (
        sa.select(Notificacion, Oficio.numero_oficio, Trabajo.ejecutar_desde, Trabajo.estado)
        .outerjoin(Oficio, Oficio.id == Notificacion.oficio_id)
        .outerjoin(Trabajo, Trabajo.id == Notificacion.trabajo_id)
        .options(joinedload(Notificacion.usuario))
        .order_by(Notificacion.created_at.desc(), Notificacion.id.desc())
    )
    if ver == "problemas":
        statement = statement.where(Notificacion.estado.in_(UNSETTLED))
    elif ver == "sin_caso":
        statement = statement.where(Notificacion.oficio_id.is_(None))
    if buffet_id is not None:
        statement = statement.where(Notificacion.buffet_id == buffet_id)
    return statement


def count_unsettled() -> int:
    """How many mails failed or may not have arrived, and wait for somebody to decide."""
    statement = sa.select(sa.func.count()).select_from(Notificacion)
    return db.session.scalar(statement.where(Notificacion.estado.in_(UNSETTLED))) or 0


def find_draft(oficio_id: int, clave: str) -> Borrador | None:
    """A preview of that case, and of no other; none under what is no key."""
    if not is_key(clave):
        return None
    return db.session.scalar(
        sa.select(Borrador).where(Borrador.clave == clave, Borrador.oficio_id == oficio_id)
    )


def find_earlier(oficio_id: int, email: str) -> Notificacion | None:
    """The newest notice of this case that reached, or may yet reach, that address."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(
            Notificacion.oficio_id == oficio_id,
            Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
            sa.func.lower(Notificacion.destinatario_email) == email.lower(),
            Notificacion.estado != EstadoNotificacion.FALLIDA,
        )
        .order_by(Notificacion.id.desc())
        .limit(1)
    )


def list_photos(oficio_id: int, ids: list[int]) -> list[Adjunto]:
    """Those of the given photos that this case has, in the order that they were taken up."""
    statement = sa.select(Adjunto).where(
        Adjunto.id.in_(ids), Adjunto.oficio_id == oficio_id, Adjunto.eliminado_at.is_(None)
    )
    return [row for row in db.session.scalars(statement.order_by(Adjunto.id)) if row.is_image]


def list_receptores() -> list[Receptor]:
    """The receptores that a notice may be sent to, by name."""
    statement = sa.select(Receptor).where(Receptor.activo).order_by(Receptor.nombre, Receptor.id)
    return list(db.session.scalars(statement))


def receptores_statement() -> sa.Select[Receptor]:
    """The whole directory, those in use first."""
    return sa.select(Receptor).order_by(Receptor.activo.desc(), Receptor.nombre, Receptor.id)


def suggest_receptores(tribunal: str | None) -> list[Receptor]:
    """The active receptores who act in the court of that name, however it is written."""
    court = find_tribunal(tribunal) if tribunal else None
    if court is None:
        return []
    return [one for one in list_receptores() if court.pjud_id in one.tribunales_pjud]


def told_receptor_ids(oficio_id: int) -> set[int]:
    """The receptores of the directory who were sent, or are being sent, a notice of this case."""
    statement = sa.select(Notificacion.receptor_id).where(
        Notificacion.oficio_id == oficio_id,
        Notificacion.receptor_id.is_not(None),
        Notificacion.estado != EstadoNotificacion.FALLIDA,
    )
    return {pk for pk in db.session.scalars(statement) if pk is not None}


def list_notices_of_receptor(receptor_id: int) -> list[tuple[Notificacion, str]]:
    """What a receptor was sent, newest first, each with the number of its oficio."""
    rows = db.session.execute(
        sa.select(Notificacion, Oficio.numero_oficio)
        .join(Oficio, Oficio.id == Notificacion.oficio_id)
        .where(Notificacion.receptor_id == receptor_id)
        .options(selectinload(Notificacion.respuestas))
        .order_by(Notificacion.created_at.desc(), Notificacion.id.desc())
        .limit(50)
    )
    return [(notice, numero) for notice, numero in rows]


def current_textos() -> Textos:
    """The words around the facts of a notice, as an admin wrote them or as the product brings."""
    row = db.session.get(Plantilla, PLANTILLA_RECEPTOR)
    if row is None:
        return POR_DEFECTO
    return Textos(row.asunto, row.saludo, row.introduccion, row.despedida)


def answer_hours() -> int:
    """Hours without an answer after which something is proposed."""
    return number_setting(ANSWER_HOURS)


def max_mail_bytes() -> int:
    """How large a mail may be on the wire, photos included."""
    return number_setting(MAX_MAIL_MB) * 1024 * 1024


def find_receptor_by_email(email: str) -> Receptor | None:
    """The receptor of an address, whatever its case."""
    return db.session.scalar(sa.select(Receptor).where(Receptor.email == email.lower()))


def find_answer(clave: str) -> Respuesta | None:
    """What a receptor's form that was sent before has become."""
    return db.session.scalar(sa.select(Respuesta).where(Respuesta.clave == clave))


def find_reminder(notificacion_id: int) -> Notificacion | None:
    """The newest reminder of a notice that was not given up."""
    return db.session.scalar(
        sa.select(Notificacion)
        .where(
            Notificacion.recordatorio_de_id == notificacion_id,
            Notificacion.estado != EstadoNotificacion.FALLIDA,
        )
        .order_by(Notificacion.id.desc())
        .limit(1)
    )


def count_failed_reminders(notificacion_id: int) -> int:
    """How many reminders of a notice were given up."""
    statement = sa.select(sa.func.count()).where(
        Notificacion.recordatorio_de_id == notificacion_id,
        Notificacion.estado == EstadoNotificacion.FALLIDA,
    )
    return db.session.scalar(statement) or 0


def has_answer(notificacion_id: int) -> bool:
    """Whether the receptor answered the notice, or the reminder of it."""
    return bool(db.session.scalar(sa.select(_answered(sa.literal(notificacion_id)))))


def list_unanswered(
    *,
    sent_before: datetime,
    sent_after: datetime,
    ahead: datetime,
    among: Sequence[int] | None = None,
) -> list[Notificacion]:
    """The notices of open cases that nobody answered and that may still be asked about.

    Of each case only the newest: with a second receptor on his way, the first is not missed.
    ``among`` looks at notices of these ids only.
    """
    later = aliased(Notificacion)
    statement = (
        sa.select(Notificacion)
        .join(Oficio, Oficio.id == Notificacion.oficio_id)
        .where(
            Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
            Notificacion.estado == EstadoNotificacion.ENVIADA,
            Notificacion.recordatorio_de_id.is_(None),
            Notificacion.sustituto_propuesto_at.is_(None),
            Notificacion.selector.is_not(None),
            sa.or_(
                Notificacion.enviada_at.between(sent_after, sent_before),
                # Sent while the clock ran ahead: nobody knows when, so it is asked about.
                Notificacion.enviada_at > ahead,
            ),
            Oficio.estado.in_(OPEN_STATES),
            ~_answered(Notificacion.id),
            ~sa.exists().where(
                later.oficio_id == Notificacion.oficio_id,
                later.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
                later.recordatorio_de_id.is_(None),
                later.estado != EstadoNotificacion.FALLIDA,
                later.id > Notificacion.id,
            ),
        )
        .order_by(Notificacion.id)
    )
    if among is not None:
        statement = statement.where(Notificacion.id.in_(among))
    return list(db.session.scalars(statement))


def _answered(notificacion_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    reminder = aliased(Notificacion)
    return (
        sa.exists()
        .where(
            Respuesta.notificacion_id == reminder.id,
            sa.or_(reminder.id == notificacion_id, reminder.recordatorio_de_id == notificacion_id),
        )
        .correlate(Notificacion)
    )


def find_linked_notice(selector: str, now: datetime) -> Notificacion | None:
    """The notice of a receptor's link, if the link opens anything now.

    It ends by its age and for good when the case closes, also when that is opened again later.
    """
    notice = db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.selector == selector)
        .options(selectinload(Notificacion.adjuntos), selectinload(Notificacion.respuestas))
    )
    if notice is None or notice.enlace_expira_at is None or now >= notice.enlace_expira_at:
        return None
    if notice.oficio_id is None or _was_closed(notice.oficio_id, notice.created_at):
        return None
    return notice


def _was_closed(oficio_id: int, since: datetime) -> bool:
    """Whether a case is closed, or was closed in between."""
    if db.session.get_one(Oficio, oficio_id).estado.is_final:
        return True
    moves = sa.select(Investigacion.detalle).where(
        Investigacion.oficio_id == oficio_id,
        Investigacion.tipo == Actividad.CAMBIO_ESTADO,
        Investigacion.created_at >= since,
    )
    return any(Estado(detalle["a"]).is_final for detalle in db.session.scalars(moves))


def list_news(
    buffet_id: int, *, since: datetime, until: datetime, ahead: datetime
) -> list[tuple[Oficio, Hito]]:
    """The milestones of a buffet's oficios that it was not told of by mail, oldest first.

    By when Rastro learned of each: an order of last week that came in today is news. What was
    learned after ``ahead`` was stamped by a clock that ran ahead, and is news as well.
    """

    def is_new(hito: Hito) -> bool:
        known = hito.sabido_at or hito.cuando
        return (since <= known <= until or known > ahead) and hito.clave not in told

    touched = sa.select(Oficio).where(
        Oficio.buffet_id == buffet_id,
        sa.or_(Oficio.ultima_actividad_at >= since, Oficio.created_at >= since),
    )
    oficios = {row.id: row for row in db.session.scalars(touched)}
    told = set(
        db.session.scalars(
            sa.select(HitoInformado.clave).where(HitoInformado.buffet_id == buffet_id)
        )
    )
    news = []
    ids = list(oficios)
    for start in range(0, len(ids), _CHUNK):
        for pk, hitos in list_hitos(ids[start : start + _CHUNK]).items():
            news += [(oficios[pk], hito) for hito in hitos if is_new(hito)]
    return sorted(news, key=lambda pair: pair[1].cuando)


def case_zone(oficio_id: int | None) -> ZoneInfo:
    """The zone in which a receptor goes about a case: of where it was found, else of its address.

    Of several addresses the last that was verified; Santiago's while nobody knows any.
    """
    if oficio_id is None:
        return SANTIAGO
    location = find_location(oficio_id)
    if location is not None:
        return location.zona
    place = db.session.scalar(
        sa.select(Direccion)
        .where(Direccion.oficio_id == oficio_id)
        .order_by(
            Direccion.verificada.desc(),
            Direccion.verificada_at.is_(None),
            Direccion.verificada_at.desc(),
            Direccion.id,
        )
        .limit(1)
    )
    return place.zona if place else SANTIAGO
