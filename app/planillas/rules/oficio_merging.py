"""Rows that belong together: several vehicles of one order, several persons of one case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from app.core.text import clean_text, fold
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos
from app.oficios.rules.field_readers import Dato
from app.planillas.rules.layout import FilaTexto
from app.planillas.rules.oficio_headers import JUNTO
from app.planillas.rules.oficio_outcomes import FilaOficio, order_key
from app.planillas.rules.row_parts import is_whole

_ORDER = ("numero_oficio", "rol", "tribunal", "caratulado")
_PERSON = tuple(name for name, campo in CAMPOS.items() if campo.grupo is GrupoDeCampos.PERSONA)
_PLACE = tuple(name for name, campo in CAMPOS.items() if campo.grupo is GrupoDeCampos.DIRECCION)
_DATES = ("fecha_oficio", "fecha_ingreso", "fecha_limite")
_HANGING = frozenset((*_PERSON, *_PLACE, *JUNTO))


def follow_on(
    rows: Sequence[FilaTexto], separadas: Collection[int] = frozenset()
) -> list[FilaTexto]:
    """Give a row that leaves the order empty, as under a merged cell, what the row above it says.

    Only where nothing of the order is written, a vehicle is, and the row above says its number and
    another fact of the order: a row that merely lacks its number keeps lacking it. A person and an
    address that are not written are those above, too. ``separadas`` are rows that a person wants to
    stand for themselves.
    """
    found: list[FilaTexto] = []
    above: FilaTexto | None = None
    for row in rows:
        values = row.valores
        is_blank = not any(clean_text(values.get(name, "")) for name in _ORDER)
        if not is_blank and above is not None and _is_of_case(values, above.valores):
            # A further person of the case above: the rows that follow go on with its first row.
            found.append(row)
            continue
        if not is_blank or above is None or row.oculta != above.oculta:
            above = row if values.get("numero_oficio") and len(_said(values, _ORDER)) > 1 else None
            found.append(row)
            continue
        if not clean_text(values.get("patente", "")) or row.numero_fila in separadas:
            found.append(row)
            continue
        given = _said(above.valores, _ORDER)
        for group in (_PERSON, _PLACE, _DATES):
            if not _said(values, group):
                given |= _said(above.valores, group)
        found.append(replace(row, valores={**given, **values}, sigue_a=above.numero_fila))
    return found


def _is_of_case(values: Mapping[str, str], above: Mapping[str, str]) -> bool:
    """Whether a row repeats the number, the rol and the plate of the one above it."""
    names = ("numero_oficio", "rol", "patente")
    return all(
        clean_text(values.get(name, "")) == clean_text(above.get(name, "")) for name in names
    )


def _said(values: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: values[name] for name in names if clean_text(values.get(name, ""))}


def merge_rows(filas: Sequence[FilaOficio]) -> list[FilaOficio]:
    """Put what several rows say of one case with the first of them, and mark the others.

    Rows of one number, rol and plate merge: further persons, addresses and telephones hang on the
    case, empty fields are filled. Rows that contradict each other stay apart, for one of them is a
    slip. A row without a plate and a number of its own hangs on the case above it.

    What a person separated stays apart, and what they joined belongs together whatever it says.
    """
    result = list(filas)
    first_at: dict[tuple[str, str], int] = {}
    last = -1
    for index, fila in enumerate(result):
        if _is_out(fila) or fila.separada or fila.unir_con:
            continue
        key = (order_key(fila), str(fila.datos.get("patente", "")))
        target = first_at.get(key) if all(key) else None
        if target is None and _hangs(fila, result[last] if last >= 0 else None):
            target = last
        if target is None:
            if "patente" in fila.datos:
                first_at.setdefault(key, index)
                last = index
            continue
        merged = _merge(result[target], fila)
        if merged is None:
            continue
        result[target] = merged
        result[index] = replace(fila, unida_a=merged.numero_fila, errores={}, advertencias={})
    return _join_asked(result)


def _is_out(fila: FilaOficio) -> bool:
    return fila.saltada or (fila.oculta and not fila.incluida)


def _join_asked(filas: list[FilaOficio]) -> list[FilaOficio]:
    """Join the rows that a person wants together: of one vehicle as one case, of several as the
    linked cases of one order. What they contradict each other in goes to the notes.
    """
    places = {fila.clave: index for index, fila in enumerate(filas)}
    for index, fila in enumerate(filas):
        if not fila.unir_con or _is_out(fila):
            continue
        root = _root(filas, places, fila.unir_con)
        if root is None or root == index:
            sentence = (
                f"No se unió: «{fila.unir_con}» no es otra fila de este listado que haga un caso."
            )
            filas[index] = replace(
                fila, unir_con="", advertencias={**fila.advertencias, "union": sentence}
            )
            continue
        first = filas[root]
        plate = str(fila.datos.get("patente", ""))
        if plate and plate != first.datos["patente"]:
            filas[index] = _of_order(fila, first)
        else:
            filas[root] = _merge_asked(first, fila)
            filas[index] = replace(fila, unida_a=first.numero_fila, errores={}, advertencias={})
    return filas


def _root(filas: Sequence[FilaOficio], places: Mapping[str, int], clave: str) -> int | None:
    """Where the case stands to which a row belongs; None where it makes none."""
    seen: set[int] = set()
    place = places.get(clave)
    while place is not None and place not in seen:
        seen.add(place)
        unida_a = filas[place].unida_a
        if unida_a is None:
            fila = filas[place]
            return None if _is_out(fila) or "patente" not in fila.datos else place
        place = places.get(str(unida_a))
    return None


def _of_order(fila: FilaOficio, first: FilaOficio) -> FilaOficio:
    """A row as another vehicle of an order: it takes the facts of the order, and its own ones that
    differ go to its notes.
    """
    given = {name: first.datos[name] for name in _ORDER if name in first.datos}
    dates = {name: first.datos[name] for name in _DATES if name in first.datos}
    written = [name for name in given if fila.datos.get(name) != given[name]]
    datos = {**dates, **fila.datos, **given}
    if lines := _as_lines(fila, [name for name in written if fila.texto(name).strip()]):
        datos["notas"] = "\n".join(filter(None, (str(datos.get("notas", "")), *lines)))
    told = {name: text for name, text in fila.advertencias.items() if name not in given}
    told["union"] = f"Usted la unió al oficio de la fila {first.numero_fila}."
    return replace(
        fila, datos=datos, advertencias=told, del_oficio_de=first.del_oficio_de or first.numero_fila
    )


def _merge_asked(first: FilaOficio, later: FilaOficio) -> FilaOficio:
    """The first row with what the later one says; what is not the same goes to the notes."""
    facts = set(later.datos) - _HANGING - {"notas", "patente", "patente_dv"}
    apart = [
        name
        for name in sorted(facts)
        if name in first.datos and first.datos[name] != later.datos[name]
    ]
    told = {
        name: sentence
        for name, sentence in {**later.errores, **later.advertencias}.items()
        if later.texto(name).strip()
    }
    plain = replace(
        later,
        datos={name: value for name, value in later.datos.items() if name not in apart},
        advertencias={},
        errores={},
    )
    merged = _merge(first, plain) or first
    lines = _as_lines(later, [name for name in apart if later.texto(name).strip()])
    datos = dict(merged.datos)
    if lines:
        datos["notas"] = "\n".join(filter(None, (str(datos.get("notas", "")), *lines)))
    dudas = {
        f"{name}_{later.numero_fila}": f"Fila {later.numero_fila}: {sentence}"
        for name, sentence in told.items()
    }
    return replace(merged, datos=datos, advertencias={**merged.advertencias, **dudas})


def _as_lines(fila: FilaOficio, names: Sequence[str]) -> list[str]:
    return [
        f"Fila {fila.numero_fila}, {CAMPOS[name].label}: {clean_text(fila.texto(name))}"
        for name in names
        if name in CAMPOS
    ]


def _hangs(fila: FilaOficio, above: FilaOficio | None) -> bool:
    """Whether a row names no vehicle and no order of its own, but a person or a place."""
    if above is None or fila.texto("patente").strip() or fila.partes > 1:
        return False
    own = {name for name in _ORDER if fila.texto(name).strip()}
    if any(
        fold(clean_text(fila.texto(name))) != fold(clean_text(above.texto(name))) for name in own
    ):
        return False
    said = {name for name in fila.datos if name not in own}
    return (
        bool(said & _HANGING)
        and said <= _HANGING | {"notas"}
        and not fila.corregidos.get("patente")
    )


def _merge(first: FilaOficio, later: FilaOficio) -> FilaOficio | None:
    """The first row with what the later one adds; None where they say the same or contradict."""
    facts = {k: v for k, v in later.datos.items() if k not in _HANGING}
    notes = facts.pop("notas", None)
    facts = {k: v for k, v in facts.items() if k not in {"patente", "patente_dv", "numero_oficio"}}
    if any(first.datos.get(name, value) != value for name, value in facts.items()):
        return None
    if any(later.advertencias.get(n) for n in facts):
        return None
    added = [_hanging(later.datos), *later.otros]
    known = [_hanging(first.datos), *first.otros]
    exact = is_whole(later.valores)
    if exact:
        known = [part for one in known for part in _person_and_place(one)]
    new: list[Mapping[str, Dato]] = []
    for other in added:
        for part in _person_and_place(other):
            is_known = (
                part in (*known, *new) if exact else any(_is_in(part, o) for o in (*known, *new))
            )
            if part and not is_known:
                new.append(part)
    datos = {**facts, **first.datos}
    if notes and notes != first.datos.get("notas"):
        datos["notas"] = "\n".join(filter(None, (str(first.datos.get("notas", "")), str(notes))))
    if not new and datos == dict(first.datos):
        return None
    dudas = {
        f"{name}_{later.numero_fila}": f"Fila {later.numero_fila}: {sentence}"
        for name, sentence in later.advertencias.items()
        if name in _HANGING or name.startswith("otro_") or name == "tachada"
    }
    return replace(
        first,
        datos=datos,
        otros=(*first.otros, *new),
        advertencias={**first.advertencias, **dudas},
    )


def _hanging(datos: Mapping[str, Dato]) -> dict[str, Dato]:
    return {name: value for name, value in datos.items() if name in _HANGING}


def _person_and_place(other: Mapping[str, Dato]) -> list[dict[str, Dato]]:
    """The person and the address of a row apart, so that a new one brings no known one with it."""
    person = {name: value for name, value in other.items() if name.startswith("propietario")}
    place = {name: value for name, value in other.items() if not name.startswith("propietario")}
    if person and set(person) <= {"propietario_tipo"}:
        person = {}
    if person:
        person.setdefault("propietario_tipo", "codeudor")
    return [person, place]


def _is_in(part: Mapping[str, Dato], known: Mapping[str, Dato]) -> bool:
    return all(
        known.get(name) == value for name, value in part.items() if name != "propietario_tipo"
    )
