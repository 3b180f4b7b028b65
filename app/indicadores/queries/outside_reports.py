"""What others did: the receptores who were told, and the sources that were asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.consultas.queries.fuentes import current_alcance
from app.core.clock import start_of_day
from app.db import db, limited_reader
from app.indicadores.models import Ciclo, ConsultaDia
from app.indicadores.queries.flow_reports import of_selection
from app.indicadores.rules import MIN_SAMPLE, Informe
from app.indicadores.rules.cuadro import Cuadro, Medida, TipoMedida
from app.indicadores.rules.medidas import Reparto, spread
from app.indicadores.rules.periodo import Seleccion, monday
from app.notificaciones.models import Notificacion, Receptor, Respuesta
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion, TipoRespuesta

_UNANSWERED = "sin_respuesta"


@dataclass
class _Told:
    """A notice with its reminders: when it was sent first, and what was answered."""

    receptor_id: int | None
    sent_at: datetime
    first_at: datetime | None = None
    last_id: int = 0
    last: TipoRespuesta | None = None

    @property
    def hours(self) -> int | None:
        """Whole hours until the first answer."""
        if self.first_at is None:
            return None
        return max(0, int((self.first_at - self.sent_at).total_seconds() // 3600))


def read_receptores(seleccion: Seleccion) -> Cuadro:
    """How fast receptores answer the notices of the period, and what they answered last."""
    told = list(_read_notices(seleccion))
    by_receptor: dict[int | None, list[_Told]] = defaultdict(list)
    for one in told:
        by_receptor[one.receptor_id].append(one)
    receptores = db.session.execute(sa.select(Receptor.id, Receptor.nombre))
    names = {row.id: row.nombre for row in receptores}
    rows = [
        {"nombre": names.get(pk or 0, "Otro destinatario"), **_receptor_row(notices)}
        for pk, notices in by_receptor.items()
    ]
    rows.sort(key=lambda row: (row["mediana"] is None, row["mediana"] or 0, row["nombre"]))
    outcomes = Counter(one.last.value if one.last else _UNANSWERED for one in told)
    whole = _hours(told)
    pie = f"Respondieron {whole.n} de {len(told)}" if told else ""
    if whole.n >= MIN_SAMPLE:
        pie += f" · la mitad en {whole.mediana} horas o menos"
    return Cuadro(
        Informe.RECEPTORES,
        seleccion,
        len(told),
        (
            Medida("nombre", "Receptor", TipoMedida.TEXTO),
            Medida("enviados", "Avisos"),
            Medida("respondidos", "Respondidos"),
            Medida("mediana", "La mitad, en horas"),
            Medida("p85", "85 de 100, en horas"),
            *(Medida(tipo.value, tipo.label) for tipo in TipoRespuesta),
            Medida(_UNANSWERED, "Sin respuesta"),
        ),
        rows,
        pie=pie,
        dibujo={"desenlaces": outcomes, "horas": whole},
    )


def _receptor_row(notices: list[_Told]) -> dict[str, Any]:
    hours = _hours(notices)
    shown = hours.n >= MIN_SAMPLE
    outcomes = Counter(one.last for one in notices)
    return {
        "enviados": len(notices),
        "respondidos": hours.n,
        "mediana": hours.mediana if shown else None,
        "p85": hours.p85 if shown else None,
        **{tipo.value: outcomes[tipo] for tipo in TipoRespuesta},
        _UNANSWERED: outcomes[None],
    }


def _hours(notices: Iterable[_Told]) -> Reparto:
    return spread(Counter(one.hours for one in notices if one.hours is not None))


def _read_notices(seleccion: Seleccion) -> Iterable[_Told]:
    """The notices that were first sent in the period, with the answers to them and their reminders.

    A reminder is sent after what it reminds of, so all later ones are looked through.
    """
    begin = start_of_day(seleccion.desde)
    end = start_of_day(seleccion.hasta + timedelta(days=1))
    sent = [
        Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
        Notificacion.estado == EstadoNotificacion.ENVIADA,
        Notificacion.enviada_at >= begin,
    ]
    cases = of_selection(Ciclo, seleccion)
    statement = sa.select(
        Notificacion.id,
        Notificacion.receptor_id,
        Notificacion.enviada_at,
        Notificacion.recordatorio_de_id,
    ).where(*sent)
    answers = (
        sa.select(Respuesta.id, Respuesta.notificacion_id, Respuesta.tipo, Respuesta.created_at)
        .join(Notificacion, Notificacion.id == Respuesta.notificacion_id)
        .where(*sent)
    )
    if cases:
        statement = statement.join(Ciclo, Ciclo.oficio_id == Notificacion.oficio_id).where(*cases)
        answers = answers.join(Ciclo, Ciclo.oficio_id == Notificacion.oficio_id).where(*cases)
    first = Notificacion.recordatorio_de_id.is_(None)
    in_period = sa.or_(sa.and_(first, Notificacion.enviada_at < end), ~first)
    found: dict[int, _Told] = {}
    reminds: dict[int, int] = {}
    for pk, receptor_id, moment, of_id in db.session.execute(statement.where(in_period)):
        if of_id is not None:
            reminds[pk] = of_id
        elif moment is not None:
            found[pk] = _Told(receptor_id, moment)
    for pk, notificacion_id, tipo, moment in db.session.execute(answers):
        told = found.get(_root(notificacion_id, reminds))
        if told is None:
            continue
        if told.first_at is None or moment < told.first_at:
            told.first_at = moment
        if pk > told.last_id:
            told.last_id, told.last = pk, tipo
    return found.values()


def _root(pk: int, reminds: dict[int, int]) -> int:
    """The notice that a reminder, or a reminder of a reminder, reminds of."""
    while pk in reminds:
        pk = reminds[pk]
    return pk


def read_sources(seleccion: Seleccion) -> Cuadro:
    """The look-ups at each source by week, what they told that was new, and what they cost."""
    medidas = (
        Medida("semana", "Semana del", TipoMedida.DIA),
        Medida("fuente", "Fuente", TipoMedida.TEXTO),
        Medida("pedidas", "Consultas"),
        Medida("respondidas", "Respondidas"),
        Medida("con_datos", "Con datos"),
        Medida("nuevas", "Pasadas nuevas"),
        Medida("costo", "Costo", TipoMedida.PESOS),
    )
    if limited_reader() is not None:
        return Cuadro(
            Informe.CONSULTAS,
            seleccion,
            0,
            medidas,
            (),
            impedimento="Las consultas se cuentan de todos los casos: las ve quien ve todos.",
        )
    weeks: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for row in db.session.execute(_lookups(seleccion)):
        one = weeks[monday(row.dia), row.fuente]
        for name in ("pedidas", "respondidas", "con_datos", "nuevas"):
            one[name] += int(getattr(row, name))
    prices = {fuente: current_alcance(fuente).precio for _, fuente in weeks if fuente}
    rows: list[dict[str, Any]] = [
        {
            "semana": week,
            "fuente": fuente or "sin fuente",
            **{name: one[name] for name in ("pedidas", "respondidas", "con_datos", "nuevas")},
            "costo": one["respondidas"] * prices[fuente] if prices.get(fuente) else None,
        }
        for (week, fuente), one in sorted(weeks.items())
    ]
    return Cuadro(
        Informe.CONSULTAS,
        seleccion,
        sum(int(row["pedidas"]) for row in rows),
        medidas,
        rows,
        pie=_yield_note(rows, by_person=seleccion.investigador_id is not None),
    )


def _lookups(seleccion: Seleccion) -> sa.Select[date, str, int, int, int, int]:
    statement = (
        sa.select(
            ConsultaDia.dia,
            ConsultaDia.fuente,
            sa.func.sum(ConsultaDia.pedidas).label("pedidas"),
            sa.func.sum(ConsultaDia.respondidas).label("respondidas"),
            sa.func.sum(ConsultaDia.con_datos).label("con_datos"),
            sa.func.sum(ConsultaDia.nuevas).label("nuevas"),
        )
        .where(ConsultaDia.dia.between(seleccion.desde, seleccion.hasta))
        .group_by(ConsultaDia.dia, ConsultaDia.fuente)
    )
    if seleccion.buffet_id is not None:
        statement = statement.where(ConsultaDia.buffet_id == seleccion.buffet_id)
    return statement


def _yield_note(rows: list[dict[str, Any]], *, by_person: bool) -> str:
    """Of each source: how many of its answers told something new."""
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        totals[row["fuente"]].update(
            {"respondidas": row["respondidas"], "con_datos": row["con_datos"]}
        )
    told = [
        f"{fuente}: {round(100 * one['con_datos'] / one['respondidas'])} % con datos"
        for fuente, one in sorted(totals.items())
        if one["respondidas"]
    ]
    if by_person and rows:
        told.append("no se separan por investigador")
    return " · ".join(told)
