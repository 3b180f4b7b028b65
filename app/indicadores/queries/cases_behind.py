"""The cases that the sentence at the foot of a report speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.indicadores.models import Ciclo
from app.indicadores.queries.duration_reports import read_closing_time
from app.indicadores.queries.flow_reports import of_selection
from app.indicadores.rules import Informe
from app.indicadores.rules.periodo import Seleccion
from app.oficios.models import Oficio
from app.promesas.queries.kept_promises import missed_statement
from app.promesas.rules import TipoPromesa
from app.usuarios.models import Usuario


@dataclass(frozen=True)
class DetrasDelInforme:
    """Cases, with the two values for which they are counted."""

    informe: Informe
    #: What they have in common, in words.
    texto: str
    #: The headings of the two values.
    cabezas: tuple[str, str]
    #: Columns: ``oficio_id``, ``numero_oficio``, ``buffet``, ``investigador``, ``uno``, ``otro``.
    statement: sa.Select[Any]


def find_cases_behind(
    informe: Informe, seleccion: Seleccion, wanted: str, *, now: datetime
) -> DetrasDelInforme | None:
    """The cases behind a report; None where it names none, or ``wanted`` no kind of promise."""
    if informe is Informe.CIERRE:
        return _slow_to_close(seleccion)
    tipo = next((one for one in TipoPromesa if one.value == wanted), None)
    if informe is Informe.PROMESAS_SEMANA and tipo is not None:
        return _missed(seleccion, tipo, now)
    return None


def _slow_to_close(seleccion: Seleccion) -> DetrasDelInforme:
    """Those that took longer than 85 of 100, the slowest first."""
    p85 = read_closing_time(seleccion).dibujo["todos"].p85 or 0
    statement = _told(Ciclo.cerrado_dia, Ciclo.dias_total).join(Ciclo, Ciclo.oficio_id == Oficio.id)
    return DetrasDelInforme(
        Informe.CIERRE,
        f"Oficios cerrados en el período que tardaron más de {p85} días",
        ("Se cerró", "Días"),
        statement.where(
            Ciclo.cerrado_dia.between(seleccion.desde, seleccion.hasta),
            Ciclo.dias_total > p85,
            *of_selection(Ciclo, seleccion),
        ).order_by(Ciclo.dias_total.desc(), Ciclo.oficio_id),
    )


def _missed(seleccion: Seleccion, tipo: TipoPromesa, now: datetime) -> DetrasDelInforme:
    """Those in which a promise was not kept, the newest first."""
    missed = missed_statement(
        seleccion.desde, seleccion.hasta, tipo, now=now, buffet_id=seleccion.buffet_id
    ).subquery()
    statement = _told(missed.c.vence_at, missed.c.cumplida_at).join(
        missed, missed.c.oficio_id == Oficio.id
    )
    return DetrasDelInforme(
        Informe.PROMESAS_SEMANA,
        f"Oficios en los que no se cumplió a tiempo «{tipo.label}»",
        ("Se prometió para", "Se hizo"),
        statement.order_by(missed.c.vence_at.desc(), missed.c.oficio_id),
    )


def _told(uno: Any, otro: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Oficio.id.label("oficio_id"),
            Oficio.numero_oficio,
            Buffet.nombre.label("buffet"),
            Usuario.nombre.label("investigador"),
            uno.label("uno"),
            otro.label("otro"),
        )
        .join(Buffet, Buffet.id == Oficio.buffet_id)
        .outerjoin(Usuario, Usuario.id == Oficio.investigador_id)
    )
