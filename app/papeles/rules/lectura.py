"""Everything that a paper says, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.papeles.rules import ClasePapel, DatoHallado, DatosHallados, LecturaDePapel
from app.papeles.rules.causa import (
    find_court,
    find_date,
    find_number,
    find_parties,
    find_rol,
    find_term,
    split_papers,
    tell_class,
)
from app.papeles.rules.contacto import find_contact
from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.partes import choose_person, find_address, find_people, name_of, rut_of
from app.papeles.rules.poderes import find_powers
from app.papeles.rules.propuesta import is_same
from app.papeles.rules.vehiculos import find_vehicles

#: What a certificate may fill in where the order beside it does not say it.
_OWNER = ("propietario_nombre", "propietario_rut")


def read_document(doc: TextoDePapel) -> LecturaDePapel:
    """Read a file: one paper, or an order with certificates, or several orders, page by page."""
    parts = split_papers(doc)
    if len(parts) < 2:
        return read_paper_alone(doc)
    orders = [read_paper_alone(doc.part(pages)) for is_cav, pages in parts if not is_cav]
    if len(orders) > 1 and not all(_has_plate(order) for order in orders):
        # A letter that goes with an order is no order.
        together = sorted(page for is_cav, pages in parts if not is_cav for page in pages)
        orders = [read_paper_alone(doc.part(together))]
    certificates = [read_paper_alone(doc.part(pages)) for is_cav, pages in parts if is_cav]
    if not orders:
        return _side_by_side(certificates)
    reading = orders[0] if len(orders) == 1 else _side_by_side(orders)
    for certificate in certificates:
        reading = _with_certificate(reading, certificate)
    hojas = {
        page: ClasePapel.CAV if is_cav else reading.clase
        for is_cav, pages in parts
        for page in pages
    }
    return replace(reading, hojas=hojas)


def _has_plate(reading: LecturaDePapel) -> bool:
    return any("patente" in car for car in reading.vehiculos)


def _side_by_side(papers: Sequence[LecturaDePapel]) -> LecturaDePapel:
    """Several papers of one kind: what all of them say, and with each vehicle what its own says."""
    first = papers[0]
    common = {
        name: one
        for name, one in first.caso.items()
        if all(
            name in other.caso and is_same(one.valor, other.caso[name].valor) for other in papers
        )
    }
    vehiculos = [
        {**{name: one for name, one in paper.caso.items() if name not in common}, **car}
        for paper in papers
        for car in paper.vehiculos
    ]
    others = list(
        {(rol, one.valor): (rol, one) for paper in papers for rol, one in paper.ajenos}.values()
    )
    return replace(first, caso=common, vehiculos=vehiculos, ajenos=others[:12])


def _with_certificate(order: LecturaDePapel, certificate: LecturaDePapel) -> LecturaDePapel:
    """The order with what a certificate in the same file adds; where they differ, that is said."""
    owner = {name: one for name, one in certificate.caso.items() if name in _OWNER}
    cars = {car["patente"].valor: car for car in certificate.vehiculos if "patente" in car}
    vehiculos: list[dict[str, DatoHallado]] = []
    caso = dict(order.caso)
    for car in order.vehiculos:
        plate = car["patente"].valor if "patente" in car else ""
        beside = cars.pop(plate, None)
        if beside is None:
            vehiculos.append(dict(car))
            continue
        told = dict(_compared(car, beside))
        if len(order.vehiculos) == 1:
            caso = _compared(caso, owner)
        elif not any(name in caso for name in _OWNER):
            told = {**owner, **told}
        vehiculos.append(told)
    vehiculos += [{**owner, **car} for car in cars.values()]
    return replace(order, caso=caso, vehiculos=vehiculos)


def _compared(told: DatosHallados, certified: DatosHallados) -> dict[str, DatoHallado]:
    compared = dict(told)
    for name, one in certified.items():
        known = compared.get(name)
        if known is None:
            compared[name] = one
        elif not known.duda and not is_same(known.valor, one.valor):
            compared[name] = replace(known, duda=f"El certificado dice «{one.valor}».")
    return compared


def read_paper_alone(doc: TextoDePapel) -> LecturaDePapel:
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
