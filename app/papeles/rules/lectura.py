"""Everything that a paper says, put together."""

from __future__ import annotations

from dataclasses import replace

from app.papeles.rules import ClasePapel, DatoHallado, LecturaDePapel
from app.papeles.rules.causa import (
    find_court,
    find_date,
    find_number,
    find_parties,
    find_rol,
    find_term,
    tell_class,
)
from app.papeles.rules.contacto import find_contact
from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.partes import choose_person, find_address, find_people, name_of, rut_of
from app.papeles.rules.poderes import find_powers
from app.papeles.rules.vehiculos import find_vehicles


def read_document(doc: TextoDePapel) -> LecturaDePapel:
    """Read a paper: what it is, the case, its person, its vehicles, and who is nobody of these."""
    clase = tell_class(doc)
    people = find_people(doc)
    person = choose_person(people)
    caso: dict[str, DatoHallado | None] = {"fecha_oficio": find_date(doc, clase)}
    if clase is not ClasePapel.CAV:
        direccion, comuna = find_address(doc, people, person)
        caso |= {
            "numero_oficio": find_number(doc),
            "rol": find_rol(doc),
            "tribunal": find_court(doc),
            "caratulado": find_parties(doc),
            "plazo": find_term(doc),
            "direccion": direccion,
            "comuna": comuna,
            **find_powers(doc),
        }
        caso |= find_contact(doc, people, person)
    if person is not None:
        caso["propietario_nombre"] = name_of(doc, person)
        caso["propietario_rut"] = rut_of(doc, person, people)
    others = [
        (one.rol.label.lower(), replace(name, duda=""))
        for one in people
        if not one.rol.is_sought and (name := name_of(doc, one))
    ]
    return LecturaDePapel(
        clase,
        _kept(doc, caso),
        [_kept(doc, vehicle) for vehicle in find_vehicles(doc)],
        others[:12],
    )


def _kept(
    doc: TextoDePapel, found: dict[str, DatoHallado | None] | dict[str, DatoHallado]
) -> dict[str, DatoHallado]:
    """What was found, without what the recognition of a scan is not sure of."""
    return {name: one for name, one in found.items() if one is not None and _is_sure(doc, one)}


def _is_sure(doc: TextoDePapel, one: DatoHallado) -> bool:
    for caja in one.cajas[:1]:
        for word in doc.palabras:
            inside = (
                word.caja.pagina == caja.pagina
                and word.caja.x0 >= caja.x0 - 0.5
                and word.caja.x1 <= caja.x1 + 0.5
                and word.caja.y0 >= caja.y0 - 0.5
                and word.caja.y1 <= caja.y1 + 0.5
            )
            if inside and word.sure < 70:
                return False
    return True
