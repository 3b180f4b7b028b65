"""Lists of crossings that a concessionaire hands over: kept, compared, and imported whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.auditoria.service import audit
from app.avistamientos.models import Avistamiento, Listado
from app.avistamientos.providers import Sighting
from app.avistamientos.queries import keys_of
from app.avistamientos.rules import EstadoListado, Fuente, ResultadoPaso, sighting_key
from app.avistamientos.service.checks import is_ahead, lock_oficio
from app.avistamientos.service.cruces import Crossings
from app.avistamientos.service.identificacion import gantry_values, read_in_place
from app.avistamientos.service.novedad import announce_sightings
from app.core.clock import local_today, start_of_day
from app.core.errors import Refused, Stale
from app.core.fechas import format_fecha, format_fecha_hora
from app.core.zonas import zone_of
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.porticos.reconocer import Match
from app.porticos.service import identify
from app.usuarios.models import Usuario

#: How long an upload that nobody imports is kept: it tells where somebody drove.
DRAFT_LIFE = timedelta(days=7)


@dataclass(frozen=True)
class Paso:
    """A row of a list as it was read: a crossing, or why it is none."""

    #: As the spreadsheet program shows it, so that a person finds it.
    fila: int
    #: What the row says, by the name of its field.
    textos: Mapping[str, str] = field(default_factory=dict)
    sighting: Sighting | None = None
    #: Why it cannot be read, in a sentence; or whose plate it tells of.
    problema: str = ""
    es_otra_patente: bool = False


@dataclass(frozen=True)
class PasoVisto:
    """A row with what becomes of it."""

    paso: Paso
    resultado: ResultadoPaso
    motivo: str = ""
    clave: str = ""
    match: Match | None = None


def create_listado(
    oficio: Oficio, *, nombre: str, contenido: bytes, actor: Usuario, now: datetime
) -> Listado:
    """Keep an upload until it is imported, and remove those that were forgotten for a week."""
    db.session.execute(
        sa.delete(Listado).where(
            Listado.estado != EstadoListado.IMPORTADO, Listado.created_at < now - DRAFT_LIFE
        )
    )
    row = Listado(
        oficio_id=oficio.id,
        usuario_id=actor.id,
        nombre_archivo=nombre,
        sha256=hashlib.sha256(contenido).hexdigest(),
        contenido=contenido,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def correct_listado(listado: Listado, *, mapeo: Mapping[int, str], empresa: str | None) -> None:
    """Store which column is which, and the company of rows that name none.

    Raises:
        Refused: it was imported or discarded meanwhile.
    """
    _lock(listado)
    _refuse_closed(listado)
    listado.mapeo = {str(column): campo for column, campo in mapeo.items()}
    listado.empresa = empresa
    listado.version += 1
    db.session.flush()


def discard_listado(listado: Listado, *, actor: Usuario, now: datetime) -> None:
    """Forget an upload that will not be imported; its file goes at once. Safe to repeat.

    Raises:
        Refused: it was imported meanwhile.
    """
    _lock(listado)
    if listado.estado is EstadoListado.DESCARTADO:
        return
    _refuse_closed(listado)
    listado.estado = EstadoListado.DESCARTADO
    listado.contenido = b""
    listado.version += 1
    audit(
        "avistamientos.listado_descartado",
        actor=actor,
        now=now,
        entidad="oficio",
        entidad_id=listado.oficio_id,
        listado_id=listado.id,
        sha256=listado.sha256,
    )
    db.session.flush()


def classify(oficio_id: int, pasos: Iterable[Paso], now: datetime) -> list[PasoVisto]:
    """Tell what becomes of each row, in the same order.

    A crossing is known when the case has it, also where the provider told it to the second and
    the list to the minute; a row that repeats an earlier one with its hour is known as well.
    """
    pasos = list(pasos)
    told = [paso.sighting for paso in pasos if paso.sighting]
    matches = identify((item.ubicacion, item.empresa) for item in told)
    read = iter(read_in_place(told, matches))
    pasos = [replace(paso, sighting=next(read)) if paso.sighting else paso for paso in pasos]
    known = keys_of(oficio_id)
    near = Crossings(oficio_id)
    alike: Counter[str] = Counter()
    first_with: dict[str, int] = {}
    seen = []
    for paso in pasos:
        item = paso.sighting
        if item is None:
            outcome = ResultadoPaso.OTRA_PATENTE if paso.es_otra_patente else ResultadoPaso.ILEGIBLE
            seen.append(PasoVisto(paso, outcome, paso.problema))
            continue
        match = matches[item.ubicacion, item.empresa]
        if is_ahead(item, now):
            why = "Su fecha y hora todavía no llegan. Revise el día y el mes."
            seen.append(PasoVisto(paso, ResultadoPaso.ILEGIBLE, why, match=match))
            continue
        facts = (Fuente.PORTICO, item.fecha, item.fecha_hora, item.ubicacion)
        plain = sighting_key(*facts, item.empresa, item.monto)
        alike[plain] += 1
        key = sighting_key(*facts, item.empresa, item.monto, ordinal=alike[plain])
        if key in known:
            why = "El caso ya tiene este avistamiento."
        elif key in first_with:
            why = f"Repite la fila {first_with[key]}."
        elif near.has(item, match):
            why = "El caso ya tiene este paso, contado por otra fuente."
        else:
            first_with[key] = paso.fila
            warned = " ".join(item.advertencias_ingreso.values())
            seen.append(PasoVisto(paso, ResultadoPaso.NUEVO, warned, key, match))
            continue
        seen.append(PasoVisto(paso, ResultadoPaso.CONOCIDO, why, key, match))
    return seen


def count_outcomes(pasos: Iterable[PasoVisto]) -> dict[str, int]:
    """How many rows have each outcome; all are named."""
    counts = dict.fromkeys((outcome.value for outcome in ResultadoPaso), 0)
    for paso in pasos:
        counts[paso.resultado.value] += 1
    return counts


def import_listado(
    listado: Listado,
    pasos: Sequence[Paso],
    version: int,
    *,
    periodo: tuple[date, date] | None = None,
    actor: Usuario,
    now: datetime,
) -> int:
    """Make a sighting of every new row, all or none; return how many.

    ``periodo`` are the days that the list covers as its paper says; without it, from its first
    crossing to its last. The rows are compared again: what the provider told since the preview is
    known now. The file
    stays as evidence under its hash, which the bitácora tells. A second press on the button finds
    the list imported and does nothing.

    Raises:
        Stale: somebody corrected the columns since the actor saw them.
        Refused: it was discarded, or ``periodo`` does not hold its rows or has not passed.
    """
    oficio = lock_oficio(listado.oficio_id)
    _lock(listado)
    if listado.estado is EstadoListado.IMPORTADO:
        return 0
    _refuse_closed(listado)
    if version != listado.version:
        raise Stale(
            "No se importó: alguien corrigió este listado mientras usted lo veía. Se muestra como "
            "quedó; revíselo y presione Importar otra vez."
        )
    listado.cubre_desde, listado.cubre_hasta = _read_period(pasos, periodo, now)
    seen = classify(oficio.id, pasos, now)
    counts = count_outcomes(seen)
    new = [
        Avistamiento(
            oficio_id=oficio.id,
            fuente=Fuente.PORTICO,
            clave=row.clave,
            listado_id=listado.id,
            usuario_id=actor.id,
            created_at=now,
            **row.paso.sighting.values(),
            **gantry_values(row.match),
        )
        for row in seen
        if row.resultado is ResultadoPaso.NUEVO and row.match is not None and row.paso.sighting
    ]
    db.session.add_all(new)
    listado.estado = EstadoListado.IMPORTADO
    listado.importado_at = now
    listado.resultado = counts
    listado.informe = [report_line(row) for row in seen]
    listado.version += 1
    db.session.flush()
    record(
        oficio,
        Actividad.SISTEMA,
        _sentence(listado, counts),
        actor=actor,
        now=now,
        detalle={
            "listado_id": listado.id,
            "archivo": listado.nombre_archivo,
            "sha256": listado.sha256,
            "cubre_desde": listado.cubre_desde.isoformat() if listado.cubre_desde else None,
            "cubre_hasta": listado.cubre_hasta.isoformat() if listado.cubre_hasta else None,
            **counts,
        },
        is_real=bool(new),
    )
    announce_sightings(oficio, new, clave=f"listado:{listado.id}", actor=actor, now=now)
    audit(
        "avistamientos.listado_importado",
        actor=actor,
        now=now,
        entidad="oficio",
        entidad_id=oficio.id,
        listado_id=listado.id,
        sha256=listado.sha256,
        **counts,
    )
    return len(new)


def _read_period(
    pasos: Sequence[Paso], periodo: tuple[date, date] | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The moments between which a list tells every crossing; None in both without any row.

    Raises:
        Refused: the stated days are no period, lie ahead, or leave out a row.
    """
    items = [
        paso.sighting
        for paso in pasos
        if paso.sighting is not None and not is_ahead(paso.sighting, now)
    ]
    if periodo is None:
        moments = [item.fecha_hora or start_of_day(item.fecha) for item in items]
        if not moments:
            return None, None
        return start_of_day(min(item.fecha for item in items)), max(moments)
    first, last = periodo
    if last < first:
        raise Refused("El período del listado termina antes de comenzar. Revise las dos fechas.")
    if last > local_today(now):
        raise Refused("El período del listado termina en un día que todavía no llega.")
    if any(not first <= item.fecha <= last for item in items):
        raise Refused("Hay pasos fuera del período escrito. Corrija las fechas, o déjelas vacías.")
    # A day ends with its last minute; of today only what has passed is covered.
    end = start_of_day(last + timedelta(days=1)) - timedelta(minutes=1)
    return start_of_day(first), min(end, now)


def note_file_download(listado: Listado, *, actor: Usuario, now: datetime) -> None:
    """Write down who takes a concessionaire's file, which tells where somebody drove."""
    audit(
        "avistamientos.listado_descargado",
        actor=actor,
        now=now,
        entidad="oficio",
        entidad_id=listado.oficio_id,
        listado_id=listado.id,
        sha256=listado.sha256,
    )


def report_line(row: PasoVisto) -> dict[str, Any]:
    """What became of a row, as the report keeps it."""
    item = row.paso.sighting
    when = ""
    if item is not None:
        zone = zone_of(text=item.ubicacion)
        when = (
            format_fecha_hora(item.fecha_hora, zone)
            if item.fecha_hora
            else format_fecha(item.fecha)
        )
    return {
        "fila": row.paso.fila,
        "cuando": when or row.paso.textos.get("fecha_hora") or row.paso.textos.get("fecha", ""),
        "donde": (item.ubicacion if item else row.paso.textos.get("ubicacion", "")) or "",
        "empresa": (item.empresa if item else row.paso.textos.get("empresa", "")) or "",
        "monto": item.monto if item else None,
        "resultado": row.resultado.value,
        "portico": row.match.motivo if row.match else "",
        "detalle": row.motivo,
    }


def _sentence(listado: Listado, counts: dict[str, int]) -> str:
    """What came of a list: «Listado «pasos.csv» importado: 12 nuevos, 3 ya conocidos»."""
    parts = [f"{counts['nuevo']} nuevos" if counts["nuevo"] != 1 else "1 nuevo"]
    for name, one, many in (
        ("conocido", "1 ya conocido", "{} ya conocidos"),
        ("ilegible", "1 ilegible", "{} ilegibles"),
        ("otra_patente", "1 de otra patente", "{} de otra patente"),
    ):
        if counts[name]:
            parts.append(one if counts[name] == 1 else many.format(counts[name]))
    return (
        f"Listado «{listado.nombre_archivo}» importado: {', '.join(parts)}. "
        f"SHA-256 {listado.sha256}."
    )


def _lock(listado: Listado) -> None:
    """Read the list as it is now and let nobody else change it until the commit."""
    db.session.refresh(listado, with_for_update=True)


def _refuse_closed(listado: Listado) -> None:
    if listado.estado is EstadoListado.DESCARTADO:
        raise Refused("Este listado se descartó. Súbalo otra vez para importarlo.")
    if listado.estado is EstadoListado.IMPORTADO:
        raise Refused("Este listado ya se importó. Suba otro para agregar filas.")
