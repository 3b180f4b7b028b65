"""Which column holds which field, told from its cells: what they cannot be, and what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise, product
from statistics import median

from app.core.comunas import find_comuna
from app.core.dates import parse_fecha, split_fecha_hora
from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.marcas import is_marca, split_marca_modelo
from app.core.patente import parse_patente
from app.core.phone_numbers import parse_telefono
from app.core.process_memory import forgettable
from app.core.rol import parse_rol_causa
from app.core.rut import parse_rut
from app.core.text import clean_text, fold
from app.core.tribunales import find_tribunal
from app.planillas.rules.header_guess import header_key
from app.planillas.rules.oficio_headers import field_of_header
from app.planillas.rules.row_parts import (
    A_ROL,
    PARTES_DE_PATENTE,
    SHORT_ROL,
    digit_fits,
    holds_name_and_rut,
    is_bare_rut,
    names_plate,
    plate_digit_fits,
)

#: Cells of a column that are looked at.
_SAMPLE = 120
#: A column of a field holds at least this share of cells that can be it, and one that no header
#: names at least that share.
_VETO, _SURE = 0.3, 0.8
#: Share of plates in a column that a header calls so, where it is the only one with a header.
_HALF = 0.5
#: Fewest cells by which a column is judged.
_FEWEST = 3
#: Deadlines and entries are of these years; a column of earlier ones tells births or purchases.
_FIRST_YEAR = 2010
_SEPARATED = re.compile(r"\s*(?:[/;,|\n]|\sy\s)\s*")
_LIKE_RUT = re.compile(r"\s*[\d.]{5,12}\s*-\s*[\dkK]\b")
#: The halves of a plate, and what may stand over each.
_LETTERS, _DIGITS = (
    re.compile(r"[A-Za-z]{2,5}|[A-Za-z]{2}[-.· ][A-Za-z]{2}"),
    re.compile(r"\d{1,4}"),
)
_HALVES = frozenset(
    {
        "letras",
        "letra",
        "serie",
        "numeros",
        "numero",
        "digitos",
        "n",
        "nro",
        "num",
        "patente",
        "ppu",
        "placa",
        "de",
        "la",
    }
)
_COUNTERS = frozenset({"n", "nro", "numero", "no", "id", "item", "num", "orden", "n orden"})

Cells = Sequence[str]


def _reads(parse: Callable[[str], object]) -> Callable[[str], bool]:
    @forgettable(4_000)
    def test(text: str) -> bool:
        try:
            parse(text)
        except (InvalidValue, ValueError):
            return False
        return True

    return test


def _date_of(text: str) -> date:
    try:
        return parse_fecha(text)
    except InvalidValue:
        return split_fecha_hora(text).date()


def _year(text: str) -> int:
    if not re.fullmatch(r"(?:19|20)\d{2}(?:[.,]0+)?", text):
        raise ValueError(text)
    return int(text[:4])


def _vin(text: str) -> str:
    if not re.fullmatch(
        r"(?=.*\d)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{17}", re.sub(r"[\s-]", "", text.upper())
    ):
        raise ValueError(text)
    return text


def _is_rut(text: str) -> bool:
    """Whether a text looks like a RUT, right or wrong."""
    return _rut_reads(text) or is_bare_rut(text) or bool(_LIKE_RUT.match(text))


_rut_reads = _reads(parse_rut)
_is_date = _reads(_date_of)
#: Not the bare number of a day, which a number of an order may look like.
_is_written_date = _reads(lambda text: _date_of(text if re.search(r"\D", text) else ""))
_is_plate = _reads(parse_patente)
_is_rol = _reads(parse_rol_causa)
_is_mail = _reads(parse_email)
_is_phone = _reads(parse_telefono)
_is_year = _reads(_year)
_is_vin = _reads(_vin)

#: What the cells of a field look like, one of several in a cell included.
_TESTS: dict[str, Callable[[str], bool]] = {
    "patente": _is_plate,
    "rol": lambda text: _is_rol(text) or bool(SHORT_ROL.fullmatch(text)),
    "propietario_rut": _is_rut,
    "otro_rut": _is_rut,
    "propietario_email": _is_mail,
    "propietario_telefono": lambda text: _is_phone(text) or bool(re.search(r"\d{6}", text)),
    "fecha_oficio": _is_date,
    "fecha_ingreso": _is_date,
    "fecha_limite": _is_date,
    "rol_anio": lambda text: bool(re.fullmatch(r"(?:(?:19|20)\d{2}|\d{2})(?:[.,]0+)?", text)),
    "anio": lambda text: bool(re.fullmatch(r"\d{2,4}(?:[.,/-]\d+)?", text)),
    "vin": lambda text: bool(re.search(r"\d", text)) and len(text) > 4,
}
#: What a column is although its header says nothing, the surest first.
_SURE_TESTS: dict[str, Callable[[str], bool]] = {
    "patente": _is_plate,
    "rol": _is_rol,
    "propietario_email": _is_mail,
    "vin": _is_vin,
    "propietario_rut": lambda text: (
        bool(re.search(r"-\s*[\dkK]$", text)) and _rut_reads(text) and parse_rut(text).valido
    ),
    "tribunal": lambda text: find_tribunal(text) is not None,
    "comuna": lambda text: find_comuna(text) is not None,
    "marca": is_marca,
    "marca_modelo": lambda text: (
        (split_marca_modelo(text) or ("", ""))[1] != "" or names_plate(text)
    ),
}


def refine_columns(
    encabezados: Sequence[str], rows: Sequence[Sequence[str]], guess: Mapping[int, str]
) -> dict[int, str]:
    """Return which column holds which field, by the guess from its headers and by its cells.

    What a header says counts unless the cells contradict it; what no header says counts where the
    cells leave no doubt. Check digits in columns of their own are told by reckoning them. A list
    that Rastro wrote itself is what its headers say.
    """
    if "un_dato" in guess.values():
        return dict(guess)
    columns = _columns(rows)
    guess = _with_parts_of_rol(guess, columns, encabezados)
    in_parts = {"rol"} if {"rol_anio", "rol_letra"} & set(guess.values()) else set()
    found = {
        index: campo
        for index, campo in guess.items()
        if campo in in_parts or not _is_vetoed(campo, index, columns, encabezados)
    }
    _give_to_next(found, guess, columns, encabezados)
    for index, campo in guess.items():
        # «C-1234-2026, 3° JC Stgo., BANCO con SOTO»: more than the rol.
        if campo == "rol" and index not in found and "rol_tribunal" not in found.values():
            cells = columns.get(index, ())
            if sum(bool(A_ROL.search(text)) for text in cells) >= _SURE * len(cells):
                found[index] = "rol_tribunal"
        # «Ejecutado (RUT)»: who, and their RUT.
        is_free = index not in found and "nombre_rut" not in found.values()
        cells = columns.get(index, ())
        if campo == "propietario_rut" and is_free and _share(cells, holds_name_and_rut) >= _SURE:
            found[index] = "nombre_rut"
    _move_misplaced(found, columns, guess)
    _find_halves_of_plates(found, columns, encabezados, rows)
    _find_house_number(found, encabezados)
    _find_digits(found, columns, encabezados)
    _find_bare_ruts(found, columns)
    taken = set(found.values())
    for campo, test in _SURE_TESTS.items():
        is_told = campo == "propietario_rut" and "rut_sin_dv" in taken
        if campo in taken or is_told or (campo == "marca_modelo" and "marca" in taken):
            continue
        for index, cells in columns.items():
            header = encabezados[index] if index < len(encabezados) else ""
            if index in found or len(cells) < _FEWEST or field_of_header(header) == "":
                continue
            if _share(cells, test) >= _SURE:
                found[index] = campo
                taken.add(campo)
                break
    return dict(sorted(found.items()))


def tell_columns(
    encabezados: Sequence[str], rows: Sequence[Sequence[str]], guess: Mapping[int, str]
) -> dict[int, str]:
    """What the columns of a list are whose headers name too few of them, or that has none: empty
    where no column is surely that of the plates.
    """
    named = {index for index, campo in guess.items() if campo == "patente"}
    found = refine_columns(encabezados, rows, guess)
    plates = next((index for index, campo in found.items() if campo == "patente"), None)
    cells = _columns(rows).get(plates, ()) if plates is not None else ()
    if "patente_letras" in found.values():
        return found
    is_sure = _share(cells, _is_plate) >= (_HALF if plates in named else _SURE)
    return found if is_sure and len(cells) >= (1 if plates in named else _FEWEST) else {}


def _with_parts_of_rol(
    guess: Mapping[int, str], columns: Mapping[int, Cells], headers: Sequence[str]
) -> dict[int, str]:
    """The guess with the columns beside a rol of bare numbers that hold its letter and its year.

    «Año» beside it is the rol's and no vehicle's; another column of that name may be.
    """
    found = dict(guess)
    rol = next((index for index, campo in found.items() if campo == "rol"), None)
    numbers = columns.get(rol, ()) if rol is not None else ()
    is_bare = bool(numbers) and all(re.fullmatch(r"[\d.]{1,7}", text) for text in numbers)
    if rol is None or not is_bare:
        return found
    for index in (rol - 1, rol - 2, rol + 1):
        if "rol_letra" in found.values():
            break
        cells = columns.get(index, ())
        if index not in found and cells and all(re.fullmatch("[A-Za-z]", text) for text in cells):
            found[index] = "rol_letra"
            break
    for index in (rol + 1, rol + 2):
        if "rol_anio" in found.values():
            break
        cells = columns.get(index, ())
        is_year = bool(cells) and all(re.fullmatch(r"20[0-3]\d", text) for text in cells)
        if is_year and found.get(index) in {None, "anio"}:
            found[index] = "rol_anio"
            other = (i for i in columns if i not in found and i < len(headers))
            is_lost = "anio" not in found.values()
            year = next((i for i in other if field_of_header(headers[i]) == "anio"), None)
            if is_lost and year is not None:
                found[year] = "anio"
            break
    return found


def _columns(rows: Sequence[Sequence[str]]) -> dict[int, Cells]:
    columns: dict[int, list[str]] = {}
    for row in rows[: _SAMPLE * 3]:
        for index, cell in enumerate(row):
            text = clean_text(cell, multiline=True)
            if text and len(columns.setdefault(index, [])) < _SAMPLE:
                columns[index].append(text)
    return dict(columns)


def _share(cells: Cells, test: Callable[[str], bool]) -> float:
    """Which share of the cells passes, whole or in its first part."""
    if not cells:
        return 0.0
    return sum(test(text) or test(_SEPARATED.split(text)[0]) for text in cells) / len(cells)


def _is_vetoed(
    campo: str, index: int, columns: Mapping[int, Cells], headers: Sequence[str]
) -> bool:
    cells = columns.get(index, ())
    if len(cells) < _FEWEST:
        return False
    if campo == "numero_oficio":
        header = header_key(headers[index]) if index < len(headers) else ""
        is_other = max(_share(cells, _is_rol), _share(cells, _is_written_date)) >= _SURE
        return (header in _COUNTERS and _counts_up(cells)) or is_other
    if campo == "direccion_comuna":
        return _share(cells, _SURE_TESTS["comuna"]) >= _SURE
    test = _TESTS.get(campo)
    if campo == "patente":
        # The one field without which there is no list: only for a column that has the plates.
        better = any(
            other != index and _share(texts, _is_plate) >= _SURE for other, texts in columns.items()
        )
        return better and _share(cells, _is_plate) < _VETO
    if test is not None and _share(cells, test) < _VETO:
        return True
    is_day = campo in {"fecha_ingreso", "fecha_limite", "fecha_oficio"}
    return is_day and (_is_past(cells) or _are_amounts(cells))


def _are_amounts(cells: Cells) -> bool:
    """Whether bare numbers that are days of a spreadsheet's calendar stand among others that are
    none: then they are sums or counts.
    """
    bare = [text for text in cells if re.fullmatch(r"[\d.,]+", text)]
    return any(not _is_date(text) for text in bare) and any(map(_is_serial, bare))


def _is_serial(text: str) -> bool:
    return bool(re.fullmatch(r"\d{5}(?:[.,]\d+)?", text))


def _is_past(cells: Cells) -> bool:
    years = [_date_of(text).year for text in cells if _is_date(text)]
    return bool(years) and median(years) < _FIRST_YEAR


def _counts_up(cells: Cells) -> bool:
    """Whether a column only numbers its rows: 1, 2, 3, with gaps for cells that are merged."""
    numbers = [int(text) for text in cells if re.fullmatch(r"\d{1,5}", text)]
    steps = [after - before for before, after in pairwise(numbers)]
    return (
        len(numbers) >= 0.7 * len(cells)
        and len(numbers) >= _FEWEST
        and numbers[0] <= 1
        and all(step == 1 for step in steps)
    )


def _give_to_next(
    found: dict[int, str],
    guess: Mapping[int, str],
    columns: Mapping[int, Cells],
    headers: Sequence[str],
) -> None:
    """A field whose column is none of it goes to another one that its header names: «Oficio N°»
    after a «Nro.» that only counts.
    """
    for campo in {guess[index] for index in guess if index not in found} - set(found.values()):
        for index, header in enumerate(headers):
            is_free = index not in guess and field_of_header(header) == campo
            if is_free and not _is_vetoed(campo, index, columns, headers):
                found[index] = campo
                break


def _move_misplaced(
    found: dict[int, str], columns: Mapping[int, Cells], guess: Mapping[int, str]
) -> None:
    """A column under the number's header that holds roles is the rol's, where that has none."""
    if "rol" in found.values():
        return
    for index, campo in guess.items():
        is_free = campo == "numero_oficio" and index not in found
        if is_free and _share(columns.get(index, ()), _is_rol) >= _SURE:
            found[index] = "rol"
            return


def _find_halves_of_plates(
    found: dict[int, str],
    columns: Mapping[int, Cells],
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> None:
    """The letters and the digits of plates in two or three columns side by side, under no header,
    under «Letras» and «Números», or under one of a plate.
    """
    if any(_share(cells, _is_plate) >= _SURE for cells in columns.values()):
        return
    for left, width in product(sorted(columns), (2, 3)):
        places = range(left, left + width)
        if not all(_may_be_half(one, found, headers) for one in places):
            continue
        parts = [
            [clean_text(row[one]) for one in places]
            for row in rows[: _SAMPLE * 3]
            if len(row) > places[-1] and all(clean_text(row[one]) for one in places)
        ]
        fit = sum(
            all(_LETTERS.fullmatch(one) for one in letters)
            and bool(_DIGITS.fullmatch(digits))
            and _is_plate("".join((*letters, digits)))
            for *letters, digits in parts
        )
        if len(parts) >= _FEWEST and fit >= _SURE * len(parts):
            for index in [i for i, campo in found.items() if campo == "patente"]:
                del found[index]
            first, *middle, last = PARTES_DE_PATENTE
            found.update(zip(places, (first, *middle[: width - 2], last), strict=True))
            return


def _may_be_half(index: int, found: Mapping[int, str], headers: Sequence[str]) -> bool:
    header = headers[index] if index < len(headers) else ""
    words = set(header_key(header).split())
    is_named = found.get(index) == "patente" or field_of_header(header) == "patente"
    is_bare = bool(words) and words <= _HALVES
    return is_named or is_bare or (not words and index not in found)


def _find_house_number(found: dict[int, str], headers: Sequence[str]) -> None:
    """A «Número» on the right of the street is the house's."""
    street = next((index for index, campo in found.items() if campo == "direccion"), None)
    if street is None or street + 1 >= len(headers):
        return
    if header_key(headers[street + 1]) in _COUNTERS and found.get(street + 1) in {
        None,
        "numero_oficio",
    }:
        found[street + 1] = "direccion_numero"


def _find_digits(
    found: dict[int, str], columns: Mapping[int, Cells], headers: Sequence[str]
) -> None:
    """Give each column of single check digits to the number on its left that they fit."""
    for index in [i for i, campo in found.items() if campo in {"rut_dv", "patente_dv"}]:
        del found[index]
    for index, cells in columns.items():
        if index in found or not cells:
            continue
        if sum(bool(re.fullmatch("[0-9kK]", text)) for text in cells) < 0.9 * len(cells):
            continue
        for left in range(index - 1, max(-1, index - 3), -1):
            campo, dv = found.get(left), ""
            if (
                (campo is None and _may_be_rut(left, headers))
                or (campo == "numero_oficio" and len(columns.get(left, ())) >= _FEWEST)
            ) and (
                "propietario_rut" not in found.values()
                and _fit(columns, left, index, digit_fits)
                and all(map(is_bare_rut, columns[left]))
            ):
                campo = found[left] = "propietario_rut"
            if campo == "propietario_rut" and _fit(columns, left, index, digit_fits):
                dv = "rut_dv"
            elif campo == "patente" and _fit(columns, left, index, plate_digit_fits):
                dv = "patente_dv"
            if dv and dv not in found.values():
                found[index] = dv
                break


def _find_bare_ruts(found: dict[int, str], columns: Mapping[int, Cells]) -> None:
    """A column of RUTs whose last figures are no check digits has none: they are all numbers."""
    if "rut_dv" in found.values():
        return
    for index, campo in found.items():
        cells = columns.get(index, ())
        if campo != "propietario_rut" or len(cells) < _FEWEST or not all(map(is_bare_rut, cells)):
            continue
        if sum(digit_fits(text[:-1], text[-1]) for text in cells) < _VETO * len(cells):
            found[index] = "rut_sin_dv"


def _may_be_rut(index: int, headers: Sequence[str]) -> bool:
    return field_of_header(headers[index] if index < len(headers) else "") is None


def _fit(
    columns: Mapping[int, Cells], left: int, right: int, test: Callable[[str, str], bool]
) -> bool:
    pairs = list(zip(columns.get(left, ()), columns[right], strict=False))
    return bool(pairs) and sum(test(fold(a), b) for a, b in pairs) >= _SURE * len(pairs)
