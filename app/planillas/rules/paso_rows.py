"""The rows of a concessionaire's list: crossings of the vehicle that an oficio looks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from app.avistamientos.rules.crossings import Crossing
from app.consultas.outside import Leniency
from app.core.clock import local_today
from app.core.dates import parse_fecha, parse_fecha_hora, parse_hora, split_fecha_hora
from app.core.errors import InvalidValue
from app.core.labels import Labelled
from app.core.patente import parse_patente
from app.core.text import clean_text, fold
from app.core.time_zones import zone_of
from app.planillas.rules.layout import FilaTexto, Lectura, read_texts
from app.planillas.rules.paso_fields import LAYOUT
from app.planillas.rules.rows import FilaLeida, Review
from app.planillas.rules.sheets import Planilla
from app.porticos.rules.recognition import Match

#: A crossing before this year is a mistake: the first gantries with TAG are of 2004.
_FIRST_YEAR = 2000
#: How the sentence about a row of another vehicle begins (``_other_plate``).
_OF_ANOTHER = re.compile(r"La fila es de ([A-Z0-9]+),")


class ResultadoPaso(Labelled):
    """What becomes of a row of a concessionaire's list."""

    NUEVO = "nuevo", "Nuevo", "ok"
    CONOCIDO = "conocido", "Ya se conoce", "neutral"
    ILEGIBLE = "ilegible", "No se puede leer", "danger"
    OTRA_PATENTE = "otra_patente", "Es de otra patente", "warn"
    OTRO_CASO = "otro_caso", "Va a su propio caso", "ok"


@dataclass(frozen=True)
class FilaPaso(FilaLeida[ResultadoPaso]):
    """A row of a concessionaire's list: a crossing, or why it is none."""

    sighting: Crossing | None = None
    #: Why it is unreadable, in a sentence; or the other plate that it is about.
    problema: str = ""
    es_otra_patente: bool = False
    #: Of another vehicle's row: its plate and its crossing, for that vehicle's own open case.
    patente_ajena: str = ""
    ajeno: Crossing | None = None
    #: Deduplication key of its sighting; set when compared with the case.
    clave: str = ""
    match: Match | None = None


def read_pasos(planilla: Planilla, review: Review, *, patente: str) -> Lectura[FilaPaso]:
    """Tell what the rows of an opened list mean for the vehicle with that plate.

    Raises:
        InvalidValue: as ``layout.read_texts``. Problems of a row stay with the row.
    """
    texts = read_texts(planilla, LAYOUT, review.mapeo)
    warnings = []
    if "patente" not in texts.mapeo.values():
        warnings.append(
            f"La planilla no dice la patente: todas sus filas se toman como de {patente}. Confirme "
            "que el archivo es de este vehículo."
        )
    if hidden := sum(row.oculta for row in texts.filas):
        warnings.append(
            "La planilla tiene 1 fila oculta, que también se lee."
            if hidden == 1
            else f"La planilla tiene {hidden} filas ocultas, que también se leen."
        )
    has_hours = _has_hours(texts.filas)
    filas = [_read_row(row, patente, review.empresa, has_hours=has_hours) for row in texts.filas]
    return texts.judged(filas, *warnings, *texts.totales)


def _read_row(row: FilaTexto, patente: str, empresa: str | None, *, has_hours: bool) -> FilaPaso:
    values = {name: text for name, cell in row.valores.items() if (text := clean_text(cell))}
    try:
        other = _other_plate(values.get("patente"), patente)
        if other:
            fila = FilaPaso(
                row.numero_fila,
                values,
                problema=f"La fila es de {other}, no de {patente}: no se guarda en este caso.",
                es_otra_patente=True,
                patente_ajena=other,
            )
            try:
                return replace(fila, ajeno=_crossing(values, empresa, has_hours=has_hours))
            except InvalidValue:
                return fila
        return FilaPaso(
            row.numero_fila, values, sighting=_crossing(values, empresa, has_hours=has_hours)
        )
    except InvalidValue as error:
        return FilaPaso(row.numero_fila, values, problema=str(error))


def own_row(fila: FilaPaso) -> FilaPaso:
    """Another vehicle's row as the case of that vehicle reads it."""
    return replace(
        fila, sighting=fila.ajeno, ajeno=None, problema="", es_otra_patente=False, patente_ajena=""
    )


def _crossing(values: Mapping[str, str], empresa: str | None, *, has_hours: bool) -> Crossing:
    """The crossing that a row tells.

    Raises:
        InvalidValue: it tells no day.
    """
    kept = Leniency()
    day, written = _read_clock(values, kept, has_hours=has_hours)
    place = kept.text("ubicacion", "Lugar", _place(values), 200)
    zone = zone_of(text=place)
    moment = parse_fecha_hora(written).moment if written and written.tzinfo else None
    sighting = Crossing(
        fecha=local_today(moment, zone) if moment else day,
        fecha_hora=moment,
        ubicacion=place,
        empresa=kept.text("empresa", "Empresa", values.get("empresa") or empresa, 120),
        monto=kept.pesos("monto", values.get("monto")),
        advertencias_ingreso=kept.advertencias,
        escrita=None if moment else written,
    )
    return sighting.read_in(zone)


def named_plate(motivo: str) -> str:
    """The plate that a row is of, by the sentence that says why it is not stored; else empty."""
    found = _OF_ANOTHER.match(motivo)
    return found[1] if found else ""


def _other_plate(text: str | None, patente: str) -> str:
    """The plate that a row tells of, when it is not the oficio's; else empty."""
    if not text:
        return ""
    try:
        read = parse_patente(text)
    except InvalidValue:
        raise InvalidValue(
            f"«{text[:20]}» no es una patente, así que no se sabe de quién es."
        ) from (None)
    if read.valor in parse_patente(patente).equivalentes:
        return ""
    return read.valor


def _read_clock(
    values: Mapping[str, str], kept: Leniency, *, has_hours: bool
) -> tuple[date, datetime | None]:
    """The day, and what a clock showed where the row says the hour: with its offset, or naive.

    ``has_hours`` tells whether the midnights of a column of dates are hours.
    """
    whole = values.get("fecha_hora")
    text = values.get("fecha") or whole
    if not text:
        raise InvalidValue("La fila no dice la fecha.")
    hour = values.get("hora")
    if not hour:
        return _read_whole(whole or text, is_moment=bool(whole), has_hours=has_hours)
    moment = _moment(text)
    day = _believable(moment.date() if moment else parse_fecha(text))
    in_hour = _moment(hour) if re.search(r"\d[-/]\d", hour) else None
    try:
        return day, datetime.combine(day, in_hour.time() if in_hour else parse_hora(hour))
    except InvalidValue:
        kept.advertencias["hora"] = f"Hora que no se pudo leer: la fila dice «{hour[:20]}»."
        return day, None


def _read_whole(text: str, *, is_moment: bool, has_hours: bool) -> tuple[date, datetime | None]:
    """The day and the hour of one cell, whatever its column is called."""
    try:
        written = split_fecha_hora(text)
    except InvalidValue as error:
        try:
            return _believable(parse_fecha(text)), None
        except InvalidValue as no_day:
            # Of a column of dates the complaint is about the date, unless it holds an hour.
            raise (error if is_moment or ":" in text else no_day) from None
    day = _believable(written.date())
    is_hour = is_moment or has_hours or written.time() != time(0)
    return day, written if is_hour else None


def _moment(text: str) -> datetime | None:
    try:
        return split_fecha_hora(text)
    except InvalidValue:
        return None


def _has_hours(rows: Sequence[FilaTexto]) -> bool:
    """Whether a column of dates tells hours: programs print 00:00 after days that have none."""
    moments = (_moment(clean_text(row.valores.get("fecha", ""))) for row in rows)
    return any(moment is not None and moment.time() != time(0) for moment in moments)


def _believable(day: date) -> date:
    if day.year < _FIRST_YEAR:
        raise InvalidValue(f"El año {day.year} es anterior a los primeros pórticos.")
    return day


def _place(values: Mapping[str, str]) -> str | None:
    """Where it was, in the words of the list: code, place and direction as they stand there."""
    code, place, way = values.get("codigo"), values.get("ubicacion"), values.get("sentido")
    if code and place and fold(code) in fold(place):
        code = None
    parts = [
        f"Pórtico {code}" if code and code[0].isdigit() else code,
        place,
        f"sentido {way}" if way and not fold(way).startswith("sentido") else way,
    ]
    return ", ".join(part for part in parts if part) or None
