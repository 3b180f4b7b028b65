"""A concessionaire's list from its rows to crossings of the vehicle that an oficio looks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from app.avistamientos.providers import Leniency, Sighting
from app.avistamientos.service.listados import Paso
from app.core.clock import local_today
from app.core.errors import InvalidValue
from app.core.fechas import parse_fecha, parse_fecha_hora, parse_hora, split_fecha_hora
from app.core.patente import parse_patente
from app.core.texto import clean_text, fold
from app.core.zonas import zone_of
from app.importador.archivo import MAX_FILAS, Fila, Hoja, Planilla
from app.importador.campos import header_key
from app.importador.lectura import Columna
from app.importador.pasos.campos import ETIQUETAS, guess_crossing_columns

#: A title, an address, a date and some air may stand above the header.
_HEADER_WITHIN = 20
#: A crossing before this year is a mistake: the first gantries with TAG are of 2004.
_FIRST_YEAR = 2000
_NO_HEADER = (
    "No se encontró la fila de encabezados. La planilla debe tener, entre sus primeras 20 filas, "
    "una con los nombres de las columnas, como «Fecha», «Hora» y «Pórtico»."
)


@dataclass(frozen=True)
class LecturaPasos:
    """A whole list, read but not yet compared with the case."""

    hoja: str
    fila_encabezado: int
    columnas: tuple[Columna, ...]
    pasos: tuple[Paso, ...]
    #: Sentences about what a person should know before importing.
    avisos: tuple[str, ...]

    @property
    def mapeo(self) -> dict[int, str]:
        """Which column holds which field."""
        return {c.indice: c.campo for c in self.columnas if c.campo}


def read_crossings(
    planilla: Planilla,
    patente: str,
    *,
    mapeo: Mapping[int, str] | None = None,
    empresa: str | None = None,
) -> LecturaPasos:
    """Tell what the rows of an opened list mean for the vehicle with that plate.

    ``mapeo`` (column index from 0 to field) replaces the guess from the headers as a whole;
    ``empresa`` is that of the rows which name none. The same bytes with the same arguments always
    give the same rows, so that the import may read again what the preview showed.

    Raises:
        InvalidValue: the header cannot be found, the mapping makes no sense, or there are no rows
            or too many. Problems of a row stay with the row.
    """
    hoja, position, guess = max(
        (_find_header(hoja) for hoja in planilla.hojas if hoja.filas),
        key=lambda found: len(found[2]),
    )
    if mapeo is not None:
        check_mapping(mapeo)
        guess = dict(mapeo)
    elif not {"fecha", "fecha_hora"} & set(guess.values()):
        raise InvalidValue(_NO_HEADER)
    header = hoja.filas[position]
    rows = [row for row in hoja.filas[position + 1 :] if not _is_left_out(row, header, guess)]
    if not rows:
        raise InvalidValue("La planilla tiene encabezados, pero ninguna fila debajo de ellos.")
    if len(rows) > MAX_FILAS:
        raise InvalidValue(
            "La planilla tiene más de 5.000 filas. Divídala en varias y súbalas una por una."
        )
    avisos = [
        f"La hoja «{other.nombre}» no se leyó; se usó «{hoja.nombre}»."
        for other in planilla.hojas
        if other is not hoja and other.filas
    ]
    if "patente" not in guess.values():
        avisos.append(
            f"La planilla no dice la patente: todas sus filas se toman como de {patente}. Confirme "
            "que el archivo es de este vehículo."
        )
    if hidden := sum(row.oculta for row in rows):
        avisos.append(
            "La planilla tiene 1 fila oculta, que también se lee."
            if hidden == 1
            else f"La planilla tiene {hidden} filas ocultas, que también se leen."
        )
    has_hours = _has_hours(rows, guess)
    pasos = tuple(
        _read_row(row.numero, _values(row, guess), patente, empresa, has_hours=has_hours)
        for row in rows
    )
    return LecturaPasos(
        hoja.nombre, header.numero, _columns(header, rows, guess), pasos, tuple(avisos)
    )


def check_mapping(mapeo: Mapping[int, str]) -> None:
    """Refuse columns that make no list of crossings.

    Raises:
        InvalidValue: with what to choose.
    """
    campos = list(mapeo.values())
    if unknown := set(campos) - set(ETIQUETAS):
        raise InvalidValue(f"El campo «{min(unknown)[:40]}» no existe. Elija uno de la lista.")
    for campo, label in ETIQUETAS.items():
        if campos.count(campo) > 1:
            raise InvalidValue(f"«{label}» está elegido en más de una columna. Deje una sola.")
    if not {"fecha", "fecha_hora"} & set(campos):
        raise InvalidValue("Elija qué columna tiene la fecha, o la fecha y hora.")


def _find_header(hoja: Hoja) -> tuple[Hoja, int, dict[int, str]]:
    """The position of the row that names most fields, the first of equals."""
    position, guess = 0, dict[int, str]()
    for candidate, row in enumerate(hoja.filas[:_HEADER_WITHIN]):
        found = guess_crossing_columns(row.celdas)
        if len(found) > len(guess):
            position, guess = candidate, found
    return hoja, position, guess


def _is_left_out(row: Fila, header: Fila, guess: Mapping[int, str]) -> bool:
    """Whether a row is no crossing: the header again on a new page, or a line of totals."""
    if [header_key(cell) for cell in row.celdas] == [header_key(cell) for cell in header.celdas]:
        return True
    filled = [clean_text(cell) for cell in row.celdas if clean_text(cell)]
    if not filled:
        return True
    values = _values(row, guess)
    return fold(filled[0]).startswith(("total", "subtotal")) and not (
        values.get("hora") or re.search(r"\d[-/]\d", values.get("fecha", ""))
    )


def _values(row: Fila, guess: Mapping[int, str]) -> dict[str, str]:
    """Field to text of a row, without its empty cells."""
    return {
        campo: text
        for index, campo in guess.items()
        if 0 <= index < len(row.celdas) and (text := clean_text(row.celdas[index]))
    }


def _read_row(
    fila: int, values: dict[str, str], patente: str, empresa: str | None, *, has_hours: bool
) -> Paso:
    try:
        other = _other_plate(values.get("patente"), patente)
        if other:
            return Paso(fila, values, problema=other, es_otra_patente=True)
        kept = Leniency()
        day, written = _read_clock(values, kept, has_hours=has_hours)
        place = kept.text("ubicacion", "Lugar", _place(values), 200)
        zone = zone_of(text=place)
        moment = parse_fecha_hora(written).moment if written and written.tzinfo else None
        sighting = Sighting(
            fecha=local_today(moment, zone) if moment else day,
            fecha_hora=moment,
            ubicacion=place,
            empresa=kept.text("empresa", "Empresa", values.get("empresa") or empresa, 120),
            monto=kept.pesos("monto", values.get("monto")),
            advertencias_ingreso=kept.advertencias,
            escrita=None if moment else written,
        )
        return Paso(fila, values, sighting.read_in(zone))
    except InvalidValue as error:
        return Paso(fila, values, problema=str(error))


def _other_plate(text: str | None, patente: str) -> str:
    """Whose plate a row tells of, when it is not the oficio's."""
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
    return f"La fila es de {read.valor}, no de {patente}: no se guarda."


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


def _has_hours(rows: list[Fila], guess: Mapping[int, str]) -> bool:
    """Whether a column of dates tells hours: programs print 00:00 after days that have none."""
    moments = (_moment(_values(row, guess).get("fecha", "")) for row in rows)
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


def _columns(header: Fila, rows: list[Fila], guess: Mapping[int, str]) -> tuple[Columna, ...]:
    width = max(len(row.celdas) for row in (header, *rows))
    names = [clean_text(cell)[:80] for cell in header.celdas] + [""] * width
    return tuple(
        Columna(index, names[index], guess.get(index), _example(rows, index))
        for index in range(width)
        if names[index] or index in guess or _example(rows, index)
    )


def _example(rows: list[Fila], index: int) -> str:
    texts = (clean_text("".join(row.celdas[index : index + 1])) for row in rows)
    return next((text[:40] for text in texts if text), "")
