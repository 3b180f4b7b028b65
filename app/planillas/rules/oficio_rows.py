"""The rows of a buffet's list, each read as any paper is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time

from app.core.comunas import find_comuna
from app.core.dates import format_fecha, split_fecha_hora
from app.core.errors import InvalidValue
from app.core.patente import FormatoPatente, parse_patente
from app.core.text import clean_text, fold, shortened, unescape_formula
from app.direcciones.rules import TipoDireccion
from app.oficios.rules import TipoPropietario
from app.oficios.rules.campos import CAMPOS
from app.oficios.rules.field_readers import Dato
from app.oficios.rules.papel import LIST, judge, read_papel
from app.planillas.rules.layout import FilaTexto, Lectura, read_texts
from app.planillas.rules.many_in_cell import share_out
from app.planillas.rules.map_points import read_map_facts
from app.planillas.rules.misplaced import put_back
from app.planillas.rules.month_first import turn_dates
from app.planillas.rules.oficio_fields import LAYOUT, OBLIGATORIOS
from app.planillas.rules.oficio_headers import JUNTO, PARTES
from app.planillas.rules.oficio_merging import follow_on, merge_rows
from app.planillas.rules.oficio_outcomes import INCLUIR, SALTAR, SEPARAR, UNIR, FilaOficio
from app.planillas.rules.proposals import propose
from app.planillas.rules.repeats import REPETIDA, read_choice
from app.planillas.rules.row_parts import is_whole
from app.planillas.rules.rows import Review
from app.planillas.rules.sheets import Planilla

_DATES = ("fecha_oficio", "fecha_ingreso", "fecha_limite")
#: A date further off than this is doubted, in years.
_FAR = 5
#: What stands in the number's cell of an order that has none.
_NO_NUMBER = frozenset(
    {"-", "--", "---", "s/n", "sn", "s/i", "n/a", "s/d", "sin numero", "no informa"}
)
_TRAILER = ("remolque", "semi", "rampla", "acoplado", "carro")


def read_oficios(planilla: Planilla, review: Review, *, today: date) -> Lectura[FilaOficio]:
    """Tell what the rows of an opened list mean, one for each case.

    Raises:
        InvalidValue: as ``layout.read_texts``. Problems of a row stay with the row.
    """
    texts = read_texts(planilla, LAYOUT, review.mapeo, review.hoja)
    typed: dict[int, dict[str, str]] = {}
    for (numero, campo), text in review.correcciones.items():
        typed.setdefault(numero, {})[campo] = text
    has_entry = "fecha_ingreso" in texts.mapeo.values()
    rows, turned = turn_dates(texts.filas, _DATES)
    filas = [
        _marked(fila, row, typed.get(row.numero_fila, {}), turned.get(row.numero_fila, {}))
        for row in follow_on(rows, _separated(typed))
        for fila in read_cases(
            row.numero_fila,
            row.valores,
            today=today,
            corregidos=_of_cells(typed.get(row.numero_fila, {})),
            has_entry=has_entry,
        )
    ]
    return texts.judged(merge_rows(filas), *texts.totales)


def read_as_written(planilla: Planilla, review: Review) -> Lectura[FilaOficio]:
    """The rows of an opened list as the file has them, judged by nobody: what it takes to tell
    whether a form corrects anything of it.

    Raises:
        InvalidValue: as ``layout.read_texts``.
    """
    texts = read_texts(planilla, LAYOUT, review.mapeo, review.hoja)
    separadas = {fila for fila, campo in review.correcciones if campo == f"{SEPARAR}1"}
    return texts.judged(
        [
            FilaOficio(row.numero_fila, row.valores, oculta=row.oculta)
            for row in follow_on(turn_dates(texts.filas, _DATES)[0], separadas)
        ],
        *texts.totales,
    )


def _of_cells(typed: Mapping[str, str]) -> dict[str, str]:
    return {
        campo: text
        for campo, text in typed.items()
        if campo not in (INCLUIR, SALTAR) and not campo.startswith((REPETIDA, SEPARAR, UNIR))
    }


def _separated(typed: Mapping[int, Mapping[str, str]]) -> set[int]:
    return {numero for numero, campos in typed.items() if f"{SEPARAR}1" in campos}


def _marked(
    fila: FilaOficio, row: FilaTexto, typed: Mapping[str, str], turned: Mapping[str, str]
) -> FilaOficio:
    marks = {
        campo: sentence
        for campo, sentence in turned.items()
        if campo in fila.datos and campo not in typed
    }
    if row.sigue_a is not None and "numero_oficio" in fila.datos:
        sentence = (
            f"La fila no repite el número: se leyó como otra fila del oficio de la {row.sigue_a}."
        )
        marks["numero_oficio"] = sentence
    if row.tachada:
        marks["tachada"] = (
            "La fila está tachada en la planilla: quizás ya no corre. Sáltela si es así."
        )
    is_separated = f"{SEPARAR}{fila.parte}" in typed
    if is_separated:
        fila = _with_own_number(fila, typed)
    return replace(
        fila,
        separada=is_separated,
        unir_con=typed.get(f"{UNIR}{fila.parte}", ""),
        del_oficio_de=row.sigue_a,
        oculta=row.oculta,
        incluida=INCLUIR in typed,
        saltada=SALTAR in typed,
        elegido=read_choice(typed.get(f"{REPETIDA}{fila.parte}", "")),
        advertencias={**fila.advertencias, **marks},
    )


def _with_own_number(fila: FilaOficio, typed: Mapping[str, str]) -> FilaOficio:
    """A row that a person separated, as an order of its own: two orders of a buffet have not the
    same number, so it gets one that says where it stood until somebody writes it.
    """
    number = fila.datos.get("numero_oficio")
    if number is None or "numero_oficio" in typed:
        return fila
    own = f"{str(number)[:40]} (fila {fila.clave})"
    sentence = (
        f"Usted la separó: queda como «{own}», porque otra fila es el oficio {number}. Escriba su "
        "número si lo sabe."
    )
    return replace(
        fila,
        datos={**fila.datos, "numero_oficio": own},
        advertencias={**fila.advertencias, "numero_oficio": sentence},
    )


def read_row(
    numero_fila: int,
    valores: Mapping[str, str],
    *,
    today: date,
    corregidos: Mapping[str, str] | None = None,
) -> FilaOficio:
    """Read one row of one vehicle from its fields' text; see :func:`read_cases`."""
    return read_cases(numero_fila, valores, today=today, corregidos=corregidos)[0]


def read_cases(
    numero_fila: int,
    valores: Mapping[str, str],
    *,
    today: date,
    corregidos: Mapping[str, str] | None = None,
    has_entry: bool = True,
) -> list[FilaOficio]:
    """Read one row from its fields' text: a case for each of its vehicles.

    A plate that cannot be read is an error, for without it there is no case; of another field it
    becomes an advertencia that says what was written, for the order holds without it. What can be
    read but does not add up is kept with an advertencia. ``has_entry`` tells whether the list has a
    column with the day of entry; where it has none, the order's own date stands for it, marked.
    """
    typed = dict(corregidos or {})
    written = {**dict.fromkeys(OBLIGATORIOS, ""), **valores}
    changed: Mapping[str, str] = {}
    if not is_whole(written):
        written, changed = put_back(written)
    written |= typed
    hours = _without_hours(written)
    shared = share_out(written)
    otros, doubts = _read_others(shared.otros, today)
    filas = []
    for parte, texts in enumerate(shared.vehiculos, 1):
        texts = {**dict.fromkeys(OBLIGATORIOS, ""), **texts}
        whole = is_whole(texts)
        number = texts.get("numero_oficio", "") if whole else _number_of(texts)
        if hours:
            texts["notas"] = "\n".join(filter(None, (texts.get("notas"), *hours)))
        papel = read_papel({**texts, "numero_oficio": number}, today=today, policy=LIST)
        datos: dict[str, Dato] = dict(papel.valores)
        kept = {name: text for name, text in changed.items() if name not in typed}
        notes = {**kept, **papel.advertencias, **shared.dudas, **doubts}
        errores = dict(papel.errores)
        if number and number != texts.get("numero_oficio"):
            notes["numero_oficio"] = (
                f"La fila no trae número de oficio: queda como «{number}». Escríbalo si lo sabe."
            )
        if not number:
            errores.pop("numero_oficio", None)
        if valores.get("rut_sin_dv") and "propietario_rut" not in typed:
            notes.setdefault(
                "propietario_rut",
                f"El listado trae el RUT sin su dígito («{clean_text(valores['rut_sin_dv'])}»): "
                "se calculó.",
            )
        _read_beside(texts, datos, notes, today)
        if not whole:
            _doubt_trailer(texts, typed, datos, errores)
        _doubt_dates(datos, notes, today)
        _doubt_comuna(datos, notes)
        if not has_entry and "fecha_oficio" in datos and "fecha_ingreso" not in datos:
            datos["fecha_ingreso"] = datos["fecha_oficio"]
            notes["fecha_ingreso"] = (
                "El listado no trae la fecha de ingreso: se puso la del oficio. Revísela."
            )
        proposals = propose(texts)
        if "marca" in proposals and "marca" not in notes:
            notes["marca"] = (
                f"La marca «{texts['marca']}» no está en la lista. "
                f"¿Será «{proposals['marca'].texto}»?"
            )
        filas.append(
            FilaOficio(
                numero_fila,
                dict(valores),
                corregidos=typed,
                datos=datos,
                errores=errores,
                advertencias=notes,
                reparos=_past_deadline(datos, notes, today),
                parte=parte,
                partes=len(shared.vehiculos),
                otros=otros,
                propuestas=proposals,
            )
        )
    return filas


def _read_beside(
    texts: Mapping[str, str], datos: dict[str, Dato], notes: dict[str, str], today: date
) -> None:
    """Read what kind of person and of address a row names, where that is, and what it remarks on
    them; what cannot be read, or is said of nobody, is kept in a sentence.
    """
    has_place = bool({"direccion", "comuna", "region"} & set(datos))
    has_person = any(name.startswith("propietario_") for name in datos)
    said = {
        name: text
        for name in JUNTO
        if name in texts and (text := clean_text(unescape_formula(texts[name]), multiline=True))
    }
    facts, told, unused = read_map_facts(
        said, today=today, has_place=has_place, exact=is_whole(texts)
    )
    datos |= facts
    notes |= told
    for name, text in said.items():
        if name in facts:
            continue
        value: str | None = None if name in unused else text
        if name.endswith("_tipo"):
            kinds = TipoPropietario if name == "propietario_tipo" else TipoDireccion
            known = {fold(word): one.value for one in kinds for word in (one.value, one.label)}
            value = known.get(fold(text))
        if value is not None and (has_place if name.startswith("direccion") else has_person):
            datos[name] = value
        elif not (value is not None and name == "propietario_tipo"):
            what = PARTES[name]
            notes[name] = f"No se usó «{what}»: el listado dice «{shortened(text, 500)}»."


def _number_of(texts: Mapping[str, str]) -> str:
    """The number as written; of a row without one, its rol and its plate."""
    written = texts.get("numero_oficio", "")
    if clean_text(written) and fold(clean_text(written)) not in _NO_NUMBER:
        return written
    try:
        plate = parse_patente(texts.get("patente", "")).valor
    except InvalidValue:
        return ""
    rol = judge("rol", texts.get("rol", ""), today=date.min, cells=True).valores.get("rol")
    return f"{rol or 'S/N'} {plate}"


def _without_hours(written: dict[str, str]) -> list[str]:
    """Take the hour from cells that need a day alone; return lines for the notes that keep it."""
    kept = []
    for campo in _DATES:
        text = written.get(campo, "")
        if ":" not in text and not (campo in written and "." in text and text[:1].isdigit()):
            continue
        try:
            moment = split_fecha_hora(text)
        except InvalidValue:
            continue
        written[campo] = format_fecha(moment.date())
        if moment.time() != time(0):
            kept.append(f"{CAMPOS[campo].label}: {clean_text(text)}")
    return kept


def _read_others(
    others: Sequence[Mapping[str, str]], today: date
) -> tuple[tuple[dict[str, Dato], ...], dict[str, str]]:
    """Judge further persons and addresses; what cannot be is kept in a sentence."""
    read: list[dict[str, Dato]] = []
    doubts: dict[str, str] = {}
    for other in others:
        datos: dict[str, Dato] = {}
        for name, text in other.items():
            if name not in CAMPOS:
                datos[name] = text
                continue
            found = judge(name, text, today=today, cells=True)
            datos |= found.valores
            if sentence := found.refusal or found.doubt:
                key = name if name not in doubts else f"{name}_2"
                label = CAMPOS[name].label
                doubts[f"otro_{key}"] = (
                    f"{sentence} En «{label}» el listado dice «{clean_text(text)}»."
                )
        datos.pop("region_escrita", None)
        if set(datos) - {"propietario_tipo", "region"}:
            read.append(datos)
    return tuple(read), doubts


def _doubt_trailer(
    texts: Mapping[str, str],
    typed: Mapping[str, str],
    datos: dict[str, Dato],
    errores: dict[str, str],
) -> None:
    """Ask about a plate of a trailer: six signs of three letters are often a misread car's."""
    if "patente" not in datos or "patente_dv" in datos or "patente" in typed:
        return
    if parse_patente(str(datos["patente"])).formato is not FormatoPatente.REMOLQUE:
        return
    about = fold(
        " ".join(texts.get(name, "") for name in ("tipo_vehiculo", "modelo", "marca", "notas"))
    )
    if any(word in about for word in _TRAILER):
        return
    errores["patente"] = (
        f"«{datos.pop('patente')}» tiene la forma de la patente de un remolque y la fila no dice "
        "que lo sea. Compárela con el documento y confírmela."
    )


def _doubt_comuna(datos: Mapping[str, Dato], notes: dict[str, str]) -> None:
    """Mark a comuna beside an address that ends in another one. Santiago is a city, too."""
    street, comuna = str(datos.get("direccion", "")), datos.get("comuna")
    end = re.search(r"[(,]\s*([^(),]+)\)?\s*$", street)
    other = find_comuna(end[1]) if end and comuna else None
    if other and other.nombre not in {comuna, "Santiago"}:
        notes.setdefault(
            "comuna", f"La dirección dice también «{other.nombre}». Revise en qué comuna está."
        )


def _past_deadline(
    datos: Mapping[str, Dato], notes: Mapping[str, str], today: date
) -> dict[str, str]:
    day = datos.get("fecha_limite")
    if not isinstance(day, date) or day >= today or "fecha_limite" in notes:
        return {}
    return {"fecha_limite": f"La fecha límite ({format_fecha(day)}) ya pasó."}


def _doubt_dates(datos: Mapping[str, Dato], notes: dict[str, str], today: date) -> None:
    """Mark dates that are hardly meant: years far off, an order or its arrival in the future."""
    for campo in _DATES:
        day = datos.get(campo)
        if not isinstance(day, date) or campo in notes:
            continue
        if abs(day.year - today.year) > _FAR:
            notes[campo] = f"El año de la fecha {format_fecha(day)} está lejos. Revíselo."
        elif campo != "fecha_limite" and day > today:
            notes[campo] = f"La fecha {format_fecha(day)} todavía no llega. Revísela."
