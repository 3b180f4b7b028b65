"""What others did: the receptores who were told, and the sources that were asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.consultas.queries.fuentes import current_alcance
from app.core.clock import start_of_day
from app.db import HoursBetween, db, limited_reader
from app.indicadores.models import Ciclo, ConsultaDia
from app.indicadores.queries.flow_reports import of_selection
from app.indicadores.rules import MIN_SAMPLE, Informe
from app.indicadores.rules.cuadro import Cuadro, Medida, TipoMedida
from app.indicadores.rules.medidas import Reparto, spread
from app.indicadores.rules.periodo import Seleccion, monday
from app.notificaciones.models import Notificacion, Receptor, Respuesta
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion, TipoRespuesta

_UNANSWERED = "sin_respuesta"
#: The kinds of answers by the number that stands for each beside an answer's id.
_KINDS = list(TipoRespuesta)


class _Told(NamedTuple):
    """Notices that came out alike: of one receptor, with one outcome after as many hours."""

    receptor_id: int | None
    #: Whole hours until the first answer; None: nobody answered.
    hours: int | None
    #: What was answered last.
    last: TipoRespuesta | None
    amount: int


def read_receptores(seleccion: Seleccion) -> Cuadro:
    """How fast receptores answer the notices of the period, and what they answered last."""
    told = [
        _Told(receptor_id, hours, None if kind is None else _KINDS[kind], amount)
        for receptor_id, hours, kind, amount in db.session.execute(_notices(seleccion))
    ]
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
    outcomes = _outcomes(told)
    whole = _hours(told)
    total = outcomes.total()
    pie = f"Respondieron {whole.n} de {total}" if total else ""
    if whole.n >= MIN_SAMPLE:
        pie += f" · la mitad en {whole.mediana} horas o menos"
    return Cuadro(
        Informe.RECEPTORES,
        seleccion,
        total,
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
    outcomes = _outcomes(notices)
    return {
        "enviados": outcomes.total(),
        "respondidos": hours.n,
        "mediana": hours.mediana if shown else None,
        "p85": hours.p85 if shown else None,
        **{tipo.value: outcomes[tipo.value] for tipo in TipoRespuesta},
        _UNANSWERED: outcomes[_UNANSWERED],
    }


def _outcomes(notices: Iterable[_Told]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in notices:
        found[one.last.value if one.last else _UNANSWERED] += one.amount
    return found


def _hours(notices: Iterable[_Told]) -> Reparto:
    found: Counter[int] = Counter()
    for one in notices:
        if one.hours is not None:
            # An answer can be older than its notice only by two clocks that disagree.
            found[max(0, one.hours)] += one.amount
    return spread(found)


def _notices(seleccion: Seleccion) -> sa.Select[int, int, int, int]:
    """How many notices were first sent in the period, by receptor, hours and kind (``_KINDS``).

    An answer to a reminder, or to a reminder of a reminder, answers the notice that it began with.
    A reminder is sent after what it reminds of, so all later ones are looked through: from each up
    to its notice by primary keys, as nothing leads down.
    """
    begin = start_of_day(seleccion.desde)
    end = start_of_day(seleccion.hasta + timedelta(days=1))
    sent = (
        Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
        Notificacion.estado == EstadoNotificacion.ENVIADA,
        Notificacion.enviada_at >= begin,
    )
    above = Notificacion.recordatorio_de_id
    is_first = sa.and_(*sent, above.is_(None), Notificacion.enviada_at < end)
    is_reminder = sa.and_(*sent, above.is_not(None))
    answered = sa.select(
        Notificacion.id.label("root_id"),
        Notificacion.receptor_id,
        Notificacion.enviada_at,
        Respuesta.created_at,
        _last_first().label("respuesta"),
    ).where(is_first)
    reminders = sa.select(Notificacion.id, above.label("root_id")).where(is_reminder)
    if cases := of_selection(Ciclo, seleccion):
        of_case = Ciclo.oficio_id == Notificacion.oficio_id
        answered = answered.join(Ciclo, of_case).where(*cases)
        reminders = reminders.join(Ciclo, of_case).where(*cases)
    reminder = reminders.cte("recordatorios", recursive=True)
    reminder = reminder.union_all(
        sa.select(reminder.c.id, above)
        .join(Notificacion, Notificacion.id == reminder.c.root_id)
        .where(is_reminder)
    )
    answers = sa.union_all(
        answered.outerjoin(Respuesta, Respuesta.notificacion_id == Notificacion.id),
        answered.join(reminder, reminder.c.root_id == Notificacion.id).join(
            Respuesta, Respuesta.notificacion_id == reminder.c.id
        ),
    ).subquery()
    # Of one notice the first two are the same in all its rows.
    one = (
        sa.select(
            sa.func.min(answers.c.receptor_id).label("receptor_id"),
            sa.func.min(answers.c.enviada_at).label("enviada_at"),
            sa.func.min(answers.c.created_at).label("first_at"),
            sa.func.max(answers.c.respuesta).label("last"),
        )
        .group_by(answers.c.root_id)
        .subquery()
    )
    hours = HoursBetween(one.c.enviada_at, one.c.first_at).label("hours")
    kind = (one.c.last % len(_KINDS)).label("kind")
    return sa.select(one.c.receptor_id, hours, kind, sa.func.count()).group_by(
        one.c.receptor_id, hours, kind
    )


def _last_first() -> sa.ColumnElement[int]:
    """A number for an answer: greater for a later one, and its kind is what is left of it.

    The greatest tells the kind of the last answer, so that none is looked for by its id once more.
    """
    kind = sa.case(*((Respuesta.tipo == tipo, number) for number, tipo in enumerate(_KINDS)))
    return sa.cast(Respuesta.id, sa.BigInteger) * len(_KINDS) + kind


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
