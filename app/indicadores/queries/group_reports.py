"""Comparing buffets, people, comunas and makes; never below a sample that says something."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.bandeja.models import Ingreso
from app.bandeja.rules import EstadoIngreso
from app.buffets.models import Buffet
from app.core.clock import start_of_day
from app.db import db, limited_reader
from app.indicadores.models import Ciclo
from app.indicadores.queries.flow_reports import of_selection
from app.indicadores.rules import MIN_SAMPLE, Agrupacion, Informe
from app.indicadores.rules.cuadro import Cuadro, Medida, TipoMedida
from app.indicadores.rules.medidas import Proporcion, spread
from app.indicadores.rules.periodo import Seleccion
from app.oficios.rules import Estado
from app.promesas.queries.kept_promises import count_kept
from app.promesas.rules import TipoPromesa
from app.usuarios.models import Usuario

_NOBODY = {
    Agrupacion.BUFFET: "Sin buffet",
    Agrupacion.INVESTIGADOR: "Sin asignar",
    Agrupacion.COMUNA: "Sin comuna",
    Agrupacion.MARCA: "Sin marca",
}
_SHARE = (
    Medida("porcentaje", "Éxito", TipoMedida.PORCENTAJE),
    Medida("margen_desde", "Margen desde", TipoMedida.PORCENTAJE),
    Medida("margen_hasta", "Margen hasta", TipoMedida.PORCENTAJE),
)


def read_success(seleccion: Seleccion) -> Cuadro:
    """The share of found vehicles among the closed cases of each group."""
    column = _column(seleccion.por)
    statement = (
        sa.select(column, Ciclo.estado, sa.func.count())
        .where(
            Ciclo.cerrado_dia.between(seleccion.desde, seleccion.hasta),
            *of_selection(Ciclo, seleccion),
        )
        .group_by(column, Ciclo.estado)
    )
    found: Counter[Any] = Counter()
    closed: Counter[Any] = Counter()
    for key, estado, amount in db.session.execute(statement):
        closed[key] += int(amount)
        if estado is Estado.ENCONTRADO:
            found[key] += int(amount)
    names = _names(seleccion.por)
    rows = [
        {
            "nombre": names.get(key) or _unnamed(seleccion.por, key),
            "encontrados": found[key],
            "cerrados": closed[key],
            **_share_of(Proporcion(found[key], closed[key])),
        }
        for key in closed
    ]
    total = Proporcion(sum(found.values()), sum(closed.values()))
    return Cuadro(
        Informe.EXITO,
        seleccion,
        total.n,
        (
            Medida("nombre", seleccion.por.label, TipoMedida.TEXTO),
            Medida("encontrados", "Encontrados"),
            Medida("cerrados", "Cerrados"),
            *_SHARE,
        ),
        _ordered(rows, "porcentaje", descending=True),
        pie=_sure() if total.n else "",
        dibujo={"todos": total},
    )


def _share_of(share: Proporcion) -> dict[str, int | None]:
    """A share with its interval in whole percent; nothing of a sample that says nothing."""
    margin = share.margen if share.n >= MIN_SAMPLE else None
    return {
        "porcentaje": share.porcentaje if margin else None,
        "margen_desde": round(100 * margin[0]) if margin else None,
        "margen_hasta": round(100 * margin[1]) if margin else None,
    }


def _sure() -> str:
    return (
        "La barra contiene el valor real 9 de cada 10 veces; con menos de "
        f"{MIN_SAMPLE} no se dibuja"
    )


def read_locating_time(seleccion: Seleccion) -> Cuadro:
    """The days from entry until located, of the cases of each group located in the period."""
    column = _column(seleccion.por)
    statement = (
        sa.select(column, Ciclo.dias_ubicar, sa.func.count())
        .where(
            Ciclo.ubicado_dia.between(seleccion.desde, seleccion.hasta),
            *of_selection(Ciclo, seleccion),
        )
        .group_by(column, Ciclo.dias_ubicar)
    )
    groups: dict[Any, Counter[int]] = defaultdict(Counter)
    everything: Counter[int] = Counter()
    for key, days, amount in db.session.execute(statement):
        if days is not None:
            groups[key][days] += int(amount)
            everything[days] += int(amount)
    names = _names(seleccion.por)
    rows = []
    for key, amounts in groups.items():
        one = spread(amounts)
        shown = one.n >= MIN_SAMPLE
        rows.append(
            {
                "nombre": names.get(key) or _unnamed(seleccion.por, key),
                "ubicados": one.n,
                "mediana": one.mediana if shown else None,
                "p85": one.p85 if shown else None,
            }
        )
    total = spread(everything)
    return Cuadro(
        Informe.UBICAR,
        seleccion,
        total.n,
        (
            Medida("nombre", seleccion.por.label, TipoMedida.TEXTO),
            Medida("ubicados", "Ubicados"),
            Medida("mediana", "La mitad, en días"),
            Medida("p85", "85 de 100, en días"),
        ),
        _ordered(rows, "mediana", descending=False),
        pie=f"Todos: la mitad en {total.mediana} días o menos" if total.n else "",
        dibujo={"todos": total},
    )


def read_promises(seleccion: Seleccion, *, now: datetime) -> Cuadro:
    """The share of the promises to each buffet that were kept, of those decided in the period."""
    kept: Counter[tuple[int, TipoPromesa]] = Counter()
    decided: Counter[tuple[int, TipoPromesa]] = Counter()
    for one in count_kept(seleccion.desde, seleccion.hasta, now=now, buffet_id=seleccion.buffet_id):
        kept[one.buffet_id, one.tipo] += one.cumplidas
        decided[one.buffet_id, one.tipo] += one.casos
    names = _names(Agrupacion.BUFFET)
    rows = []
    for buffet_id in {buffet_id for buffet_id, _tipo in decided}:
        share = Proporcion(
            sum(kept[buffet_id, tipo] for tipo in TipoPromesa),
            sum(decided[buffet_id, tipo] for tipo in TipoPromesa),
        )
        rows.append(
            {
                "nombre": names[buffet_id],
                "cumplidas": share.si,
                "decididas": share.n,
                **_share_of(share),
                **{f"{tipo.value}_si": kept[buffet_id, tipo] for tipo in TipoPromesa},
                **{f"{tipo.value}_n": decided[buffet_id, tipo] for tipo in TipoPromesa},
            }
        )
    total = Proporcion(sum(kept.values()), sum(decided.values()))
    pie = _sure() if total.n else ""
    if total.n and seleccion.investigador_id is not None:
        pie += " · no se separan por investigador"
    return Cuadro(
        Informe.PROMESAS,
        seleccion,
        total.n,
        (
            Medida("nombre", "Buffet", TipoMedida.TEXTO),
            Medida("cumplidas", "Cumplidas"),
            Medida("decididas", "Cumplidas o vencidas"),
            Medida("porcentaje", "Parte", TipoMedida.PORCENTAJE),
            *_SHARE[1:],
            *(
                Medida(f"{tipo.value}_{end}", f"{tipo.label}: {what}")
                for tipo in TipoPromesa
                for end, what in (("si", "cumplidas"), ("n", "cumplidas o vencidas"))
            ),
        ),
        _ordered(rows, "porcentaje", descending=True),
        pie=pie,
        dibujo={"todos": total},
    )


def read_intake(seleccion: Seleccion) -> Cuadro:
    """How whole and undoubted the cases are that each buffet sends, and what was sent back."""
    statement = (
        sa.select(Ciclo.buffet_id, Ciclo.con_dudas, Ciclo.incompleto, sa.func.count())
        .where(
            Ciclo.recibido_dia.between(seleccion.desde, seleccion.hasta),
            *of_selection(Ciclo, seleccion),
        )
        .group_by(Ciclo.buffet_id, Ciclo.con_dudas, Ciclo.incompleto)
    )
    received, clean, doubtful, lacking = Counter(), Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    for buffet_id, has_doubts, is_lacking, amount in db.session.execute(statement):
        received[buffet_id] += int(amount)
        doubtful[buffet_id] += int(amount) if has_doubts else 0
        lacking[buffet_id] += int(amount) if is_lacking else 0
        clean[buffet_id] += 0 if has_doubts or is_lacking else int(amount)
    files = _count_files(seleccion)
    names = _names(Agrupacion.BUFFET)
    rows = [
        {
            "nombre": names.get(key) or _unnamed(Agrupacion.BUFFET, key),
            "limpios": clean[key],
            "recibidos": received[key],
            **_share_of(Proporcion(clean[key], received[key])),
            "con_dudas": doubtful[key],
            "incompletos": lacking[key],
            "archivos": files[key]["archivos"],
            "devueltos": files[key]["devueltos"],
            "rechazados": files[key]["rechazados"],
        }
        for key in {*received, *files}
    ]
    total = Proporcion(sum(clean.values()), sum(received.values()))
    return Cuadro(
        Informe.INGRESO,
        seleccion,
        total.n,
        (
            Medida("nombre", "Buffet", TipoMedida.TEXTO),
            Medida("limpios", "Completos y sin dudas"),
            Medida("recibidos", "Recibidos"),
            Medida("porcentaje", "Parte", TipoMedida.PORCENTAJE),
            *_SHARE[1:],
            Medida("con_dudas", "Con datos dudosos"),
            Medida("incompletos", "Incompletos"),
            Medida("archivos", "Archivos enviados"),
            Medida("devueltos", "Archivos devueltos"),
            Medida("rechazados", "Archivos rechazados"),
        ),
        _ordered(rows, "porcentaje", descending=True),
        pie=_sent_back(files),
        dibujo={"todos": total},
    )


def _sent_back(files: Mapping[Any, Counter[str]]) -> str:
    sent = sum(one["archivos"] for one in files.values())
    if not sent:
        return ""
    back = sum(one["devueltos"] + one["rechazados"] for one in files.values())
    return f"De {sent} archivos enviados se devolvieron o rechazaron {back}"


def _count_files(seleccion: Seleccion) -> dict[Any, Counter[str]]:
    """What each buffet sent to the tray in the period, and what was sent back of it.

    Files are of no case: who sees only their own cases is told of none, and so is who asks for
    those of one investigador.
    """
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    if limited_reader() is not None or seleccion.investigador_id is not None:
        return found
    statement = (
        sa.select(Ingreso.buffet_id, Ingreso.estado, sa.func.count())
        .where(
            Ingreso.created_at >= start_of_day(seleccion.desde),
            Ingreso.created_at < start_of_day(seleccion.hasta + timedelta(days=1)),
            Ingreso.padre_id.is_(None),
            Ingreso.buffet_id.is_not(None),
        )
        .group_by(Ingreso.buffet_id, Ingreso.estado)
    )
    if seleccion.buffet_id is not None:
        statement = statement.where(Ingreso.buffet_id == seleccion.buffet_id)
    for buffet_id, estado, amount in db.session.execute(statement):
        one = found[buffet_id]
        one["archivos"] += int(amount)
        if estado is EstadoIngreso.DEVUELTO:
            one["devueltos"] += int(amount)
        if estado is EstadoIngreso.RECHAZADO:
            one["rechazados"] += int(amount)
    return found


def _column(por: Agrupacion) -> Any:
    return {
        Agrupacion.BUFFET: Ciclo.buffet_id,
        Agrupacion.INVESTIGADOR: Ciclo.investigador_id,
        Agrupacion.COMUNA: Ciclo.comuna,
        Agrupacion.MARCA: Ciclo.marca,
    }[por]


def _names(por: Agrupacion) -> Mapping[Any, str]:
    if por is Agrupacion.BUFFET:
        rows = db.session.execute(sa.select(Buffet.id, Buffet.nombre))
    elif por is Agrupacion.INVESTIGADOR:
        rows = db.session.execute(sa.select(Usuario.id, Usuario.nombre))
    else:
        return {}
    return {row[0]: row[1] for row in rows}


def _unnamed(por: Agrupacion, key: Any) -> str:
    return key if isinstance(key, str) and key else _NOBODY[por]


def _ordered(rows: list[dict[str, Any]], measure: str, *, descending: bool) -> list[dict[str, Any]]:
    """The comparable ones by their measure; after them the small samples, by name."""
    sign = -1 if descending else 1
    return sorted(
        rows,
        key=lambda row: (
            row[measure] is None,
            sign * (row[measure] or 0),
            str(row["nombre"]).casefold(),
        ),
    )
