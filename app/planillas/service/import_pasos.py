"""A concessionaire's list of crossings: each row that is new becomes a sighting of its case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.auditoria.service import audit
from app.avistamientos.models import Avistamiento, Listado
from app.avistamientos.queries import keys_of
from app.avistamientos.rules import EstadoListado, Fuente, sighting_key
from app.avistamientos.rules.crossings import is_ahead
from app.avistamientos.service.portico_matching import gantry_values, read_in_place
from app.avistamientos.service.same_crossing import Crossings
from app.avistamientos.service.sighting_news import announce_sightings
from app.avistamientos.service.sightings import lock_oficio
from app.core.clock import local_today, start_of_day
from app.core.dates import format_fecha, format_fecha_hora
from app.core.errors import Refused
from app.core.patente import parse_patente
from app.core.time_zones import zone_of
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.planillas.queries import list_hidden_plates, list_open_cases
from app.planillas.rules.layout import Lectura
from app.planillas.rules.paso_fields import LAYOUT
from app.planillas.rules.paso_rows import FilaPaso, ResultadoPaso, named_plate, own_row, read_pasos
from app.planillas.rules.rows import Review, count_outcomes
from app.planillas.rules.sheets import Planilla
from app.planillas.service.drafts import keep_draft, keys_as_text
from app.planillas.service.kinds import DirectKind
from app.porticos.service import identify
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

_GOES_TO = "La fila es de {}, que tiene su propio caso abierto: se guarda en él."


def _review_of(draft: Listado) -> Review:
    mapeo = {int(column): campo for column, campo in draft.mapeo.items()}
    return Review(mapeo or None, empresa=draft.empresa)


def _keep_review(draft: Listado, review: Review) -> None:
    draft.mapeo, draft.empresa = keys_as_text(review.mapeo), review.empresa


def _read(planilla: Planilla, draft: Listado, review: Review, _now: datetime) -> Lectura[FilaPaso]:
    plate = sa.select(Vehiculo.patente).where(Vehiculo.oficio_id == draft.oficio_id)
    return read_pasos(planilla, review, patente=db.session.scalars(plate).one())


def _classify(draft: Listado, filas: Sequence[FilaPaso], now: datetime) -> list[FilaPaso]:
    return _name_cases(draft, classify_pasos(draft.oficio_id, filas, now))


def _name_cases(draft: Listado, filas: Sequence[FilaPaso]) -> list[FilaPaso]:
    """Tell the rows of other vehicles that have an open case of their own."""
    at = _open_cases(draft, filas)
    return [
        replace(fila, resultado=ResultadoPaso.OTRO_CASO, motivo=_GOES_TO.format(fila.patente_ajena))
        if fila.ajeno is not None and fila.patente_ajena in at
        else fila
        for fila in filas
    ]


def _open_cases(draft: Listado, filas: Iterable[FilaPaso]) -> dict[str, list[int]]:
    """The other open cases of the vehicles that a list tells of, by the plate that it writes."""
    written = {fila.patente_ajena for fila in filas if fila.ajeno is not None}
    alike = {plate: parse_patente(plate).equivalentes for plate in written}
    at = list_open_cases({one for plates in alike.values() for one in plates})
    found = {
        plate: sorted(
            {case for one in plates for case in at.get(one, ()) if case != draft.oficio_id}
        )
        for plate, plates in alike.items()
    }
    return {plate: cases for plate, cases in found.items() if cases}


def _pass_on(draft: Listado, filas: Sequence[FilaPaso], actor: Usuario, now: datetime) -> None:
    """Store the rows of other vehicles in their own open cases, each with the file as evidence.

    A case takes what is new to it, as if the list had been imported there; one that knows it all
    gets nothing.
    """
    rows_of: dict[int, list[FilaPaso]] = {}
    for plate, cases in _open_cases(draft, filas).items():
        rows = [own_row(fila) for fila in filas if fila.patente_ajena == plate and fila.ajeno]
        for case in cases:
            rows_of.setdefault(case, []).extend(rows)
    for case, rows in sorted(rows_of.items()):
        lock_oficio(case)
        seen = classify_pasos(case, rows, now)
        if not any(fila.resultado is ResultadoPaso.NUEVO for fila in seen):
            continue
        copy = Listado(
            oficio_id=case,
            usuario_id=actor.id,
            nombre_archivo=draft.nombre_archivo,
            sha256=draft.sha256,
            contenido=draft.contenido,
            mapeo=draft.mapeo,
            empresa=draft.empresa,
            created_at=now,
        )
        copy.cubre_desde, copy.cubre_hasta = _read_period(seen, None, now)
        db.session.add(copy)
        db.session.flush()
        made = _store(copy, seen, actor, now)
        copy.resultado = {
            outcome.value: count for outcome, count in count_outcomes(seen, ResultadoPaso).items()
        }
        copy.informe = [_report_line(fila, made.get(fila.clave)) for fila in seen]
        _finish(copy, list(made.values()), actor, now)


def _prepare(
    draft: Listado,
    filas: Sequence[FilaPaso],
    now: datetime,
    *,
    periodo: tuple[date, date] | None = None,
) -> None:
    """Let nobody else store sightings for the oficio, and say which time the list covers.

    ``periodo`` are the days that its paper tells; without it, from its first crossing to its last.

    Raises:
        Refused: ``periodo`` does not hold its rows or has not passed.
    """
    lock_oficio(draft.oficio_id)
    draft.cubre_desde, draft.cubre_hasta = _read_period(filas, periodo, now)


def _store(
    draft: Listado, filas: Sequence[FilaPaso], actor: Usuario, now: datetime
) -> dict[str, Avistamiento]:
    new = {
        row.clave: Avistamiento(
            oficio_id=draft.oficio_id,
            fuente=Fuente.PORTICO,
            clave=row.clave,
            listado_id=draft.id,
            usuario_id=actor.id,
            created_at=now,
            **row.sighting.values(),
            **gantry_values(row.match),
        )
        for row in filas
        if row.resultado is ResultadoPaso.NUEVO and row.match is not None and row.sighting
    }
    db.session.add_all(new.values())
    return new


def _close(
    draft: Listado,
    lectura: Lectura[FilaPaso],
    made: Collection[Avistamiento],
    actor: Usuario,
    now: datetime,
) -> None:
    _finish(draft, made, actor, now)
    _pass_on(draft, lectura.filas, actor, now)


def _finish(draft: Listado, made: Collection[Avistamiento], actor: Usuario, now: datetime) -> None:
    """Mark it, and tell the bitácora and whoever has the case.

    The file stays as evidence under its hash, which the bitácora tells.
    """
    draft.estado = EstadoListado.IMPORTADO
    draft.importado_at = now
    db.session.flush()
    oficio = db.session.get_one(Oficio, draft.oficio_id)
    record(
        oficio,
        Actividad.SISTEMA,
        _sentence(draft, draft.resultado),
        actor=actor,
        now=now,
        detalle={
            "listado_id": draft.id,
            "archivo": draft.nombre_archivo,
            "sha256": draft.sha256,
            "cubre_desde": draft.cubre_desde.isoformat() if draft.cubre_desde else None,
            "cubre_hasta": draft.cubre_hasta.isoformat() if draft.cubre_hasta else None,
            **draft.resultado,
        },
        is_real=bool(made),
    )
    announce_sightings(oficio, list(made), clave=f"listado:{draft.id}", actor=actor, now=now)
    _audit("avistamientos.listado_importado", draft, actor, now, **draft.resultado)


def _discard(draft: Listado, actor: Usuario, now: datetime) -> None:
    draft.estado = EstadoListado.DESCARTADO
    _audit("avistamientos.listado_descartado", draft, actor, now)


def note_file_download(listado: Listado, *, actor: Usuario, now: datetime) -> None:
    """Write down who takes a concessionaire's file, which tells where somebody drove."""
    _audit("avistamientos.listado_descargado", listado, actor, now)


def _audit(what: str, draft: Listado, actor: Usuario, now: datetime, **counts: Any) -> None:
    audit(
        what,
        actor=actor,
        now=now,
        entidad="oficio",
        entidad_id=draft.oficio_id,
        listado_id=draft.id,
        sha256=draft.sha256,
        **counts,
    )


def _report_line(fila: FilaPaso, _made: Avistamiento | None) -> dict[str, Any]:
    """What becomes of a row, in its own words where it could not be read."""
    item, texts = fila.sighting, fila.valores
    when = ""
    if item is not None:
        zone = zone_of(text=item.ubicacion)
        moment = item.fecha_hora
        when = format_fecha_hora(moment, zone) if moment else format_fecha(item.fecha)
    resultado = fila.resultado or ResultadoPaso.ILEGIBLE
    return {
        "fila": fila.numero_fila,
        "cuando": when or texts.get("fecha_hora") or texts.get("fecha", ""),
        "donde": (item.ubicacion if item else texts.get("ubicacion", "")) or "",
        "empresa": (item.empresa if item else texts.get("empresa", "")) or "",
        "monto": item.monto if item else None,
        "resultado": resultado.value,
        "portico": fila.match.motivo if fila.match else "",
        "detalle": fila.motivo,
    }


def _shown(_draft: Listado, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the rows about another vehicle whose cases are kept and not worked with.

    A list of such a case itself is not found, as the case is not.
    """
    plates = {plate for line in lines if (plate := named_plate(line["detalle"]))}
    hidden = list_hidden_plates(plates)
    return [line for line in lines if named_plate(line["detalle"]) not in hidden]


#: Crossings that a concessionaire hands over for the vehicle of one oficio.
PASOS = DirectKind(
    model=Listado,
    layout=LAYOUT,
    outcomes=ResultadoPaso,
    draft=EstadoListado.BORRADOR,
    imported=EstadoListado.IMPORTADO,
    discarded=EstadoListado.DESCARTADO,
    dated="created_at",
    stale=(
        "No se importó: alguien corrigió este listado mientras usted lo veía. Se muestra como "
        "quedó; revíselo y presione Importar otra vez."
    ),
    closed="Este listado ya se importó. Suba otro para agregar filas.",
    review_of=_review_of,
    keep_review=_keep_review,
    read=_read,
    classify=_classify,
    prepare=_prepare,
    store=_store,
    close=_close,
    discard=_discard,
    report_line=_report_line,
    shown=_shown,
)


def create_listado(
    oficio: Oficio, *, nombre: str, contenido: bytes, actor: Usuario, now: datetime
) -> Listado:
    """Keep a concessionaire's list of a case until it is imported."""
    return keep_draft(
        PASOS, nombre=nombre, contenido=contenido, actor=actor, now=now, oficio_id=oficio.id
    )


def classify_pasos(oficio_id: int, filas: Iterable[FilaPaso], now: datetime) -> list[FilaPaso]:
    """Tell what becomes of each row, in the same order.

    A crossing is known when the case has it, also where the provider told it to the second and
    the list to the minute; a row that repeats an earlier one with its hour is known as well.
    """
    filas = list(filas)
    told = [fila.sighting for fila in filas if fila.sighting]
    matches = identify((item.ubicacion, item.empresa) for item in told)
    read = iter(read_in_place(told, matches))
    known = keys_of(oficio_id)
    near = Crossings(oficio_id)
    alike: Counter[str] = Counter()
    first_with: dict[str, int] = {}
    seen = []
    for fila in filas:
        if fila.sighting is None:
            outcome = ResultadoPaso.OTRA_PATENTE if fila.es_otra_patente else ResultadoPaso.ILEGIBLE
            seen.append(replace(fila, resultado=outcome, motivo=fila.problema))
            continue
        item = next(read)
        match = matches[item.ubicacion, item.empresa]
        fila = replace(fila, sighting=item, match=match)
        if is_ahead(item, now):
            why = "Su fecha y hora todavía no llegan. Revise el día y el mes."
            seen.append(replace(fila, resultado=ResultadoPaso.ILEGIBLE, motivo=why))
            continue
        facts = (Fuente.PORTICO, item.fecha, item.fecha_hora, item.ubicacion)
        plain = sighting_key(*facts, item.empresa, item.monto)
        alike[plain] += 1
        key = sighting_key(*facts, item.empresa, item.monto, ordinal=alike[plain])
        outcome = ResultadoPaso.CONOCIDO
        if key in known:
            why = "El caso ya tiene este avistamiento."
        elif key in first_with:
            why = f"Repite la fila {first_with[key]}."
        elif near.has(item, match):
            why = "El caso ya tiene este paso, contado por otra fuente."
        else:
            first_with[key] = fila.numero_fila
            outcome, why = ResultadoPaso.NUEVO, " ".join(item.advertencias_ingreso.values())
        seen.append(replace(fila, resultado=outcome, motivo=why, clave=key))
    return seen


def _read_period(
    filas: Sequence[FilaPaso], periodo: tuple[date, date] | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The moments between which a list tells every crossing; None in both without any row.

    Raises:
        Refused: the stated days are no period, lie ahead, or leave out a row.
    """
    items = [
        fila.sighting
        for fila in filas
        if fila.sighting is not None and not is_ahead(fila.sighting, now)
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


def _sentence(listado: Listado, counts: Mapping[str, int]) -> str:
    """What came of a list: «Listado «pasos.csv» importado: 12 nuevos, 3 ya conocidos»."""
    parts = [f"{counts['nuevo']} nuevos" if counts["nuevo"] != 1 else "1 nuevo"]
    for name, one, many in (
        ("conocido", "1 ya conocido", "{} ya conocidos"),
        ("ilegible", "1 ilegible", "{} ilegibles"),
        ("otra_patente", "1 de otra patente", "{} de otra patente"),
        ("otro_caso", "1 de otro caso abierto", "{} de otros casos abiertos"),
    ):
        if counts.get(name):
            parts.append(one if counts[name] == 1 else many.format(counts[name]))
    return (
        f"Listado «{listado.nombre_archivo}» importado: {', '.join(parts)}. "
        f"SHA-256 {listado.sha256}."
    )
