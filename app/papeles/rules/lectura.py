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
from app.papeles.rules.documento import SURE_ENOUGH, TextoDePapel
from app.papeles.rules.domicilios import DireccionHallada, find_addresses
from app.papeles.rules.partes import (
    PersonaHallada,
    choose_person,
    find_people,
    name_of,
    other_parties,
    rut_of,
)
from app.papeles.rules.poderes import find_powers
from app.papeles.rules.propuesta import is_same
from app.papeles.rules.vehiculos import find_vehicles

#: What a certificate may fill in where the order beside it does not say it.
_OWNER = ("propietario_nombre", "propietario_rut")
#: Words of a scan below this are marked, but in a value whose check digit adds up.
_QUITE_SURE, _CHECKED = 90, 0.98
_RECOGNISED = "Se reconoció en una imagen y no es del todo seguro: compárelo."
#: People of a paper that are proposed beside the first.
_MOST_PEOPLE = 8


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
    return replace(
        first,
        caso=common,
        vehiculos=vehiculos,
        personas=[row for paper in papers for row in _of_its_vehicles(paper, paper.personas)],
        direcciones=[row for paper in papers for row in _of_its_vehicles(paper, paper.direcciones)],
        ajenos=others[:12],
    )


def _of_its_vehicles(
    paper: LecturaDePapel, rows: Sequence[DatosHallados]
) -> list[dict[str, DatoHallado]]:
    """Rows of a paper among several: each is its own vehicles' alone."""
    plates = [car["patente"] for car in paper.vehiculos if "patente" in car]
    return [{**row, "patente": plate} for row in rows for plate in plates]


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
    personas = [*order.personas, *_of_its_vehicles(certificate, certificate.personas)]
    return replace(order, caso=caso, vehiculos=vehiculos, personas=personas)


def _compared(told: DatosHallados, certified: DatosHallados) -> dict[str, DatoHallado]:
    compared = dict(told)
    for name, one in certified.items():
        known = compared.get(name)
        if known is None:
            compared[name] = one
        elif not is_same(known.valor, one.valor):
            compared[name] = replace(known, otro=one.valor, otras_cajas=one.cajas)
        elif known.duda and not one.duda:
            # Both say it.
            compared[name] = replace(known, duda="")
    return compared


def read_paper_alone(doc: TextoDePapel) -> LecturaDePapel:
    """Read a paper: what it is, the case, its person, its vehicles, and who is nobody of these."""
    clase = tell_class(doc)
    people = find_people(doc)
    person = choose_person(people)
    parties = other_parties(doc, people, person)
    caso: dict[str, DatoHallado | None] = {"fecha_oficio": find_date(doc, clase)}
    others: list[DireccionHallada] = []
    if clase is not ClasePapel.CAV:
        home, comuna, others = find_addresses(doc, people)
        caso |= {
            "numero_oficio": find_number(doc),
            "rol": find_rol(doc),
            "tribunal": find_court(doc),
            "caratulado": find_parties(doc),
            "plazo": find_term(doc),
            "direccion": home.direccion if home else None,
            "comuna": home.comuna if home else comuna,
            **find_powers(doc),
        }
        caso |= find_contact(doc, people, person)
    if person is not None:
        caso["propietario_nombre"] = name_of(doc, person)
        caso["propietario_rut"] = rut_of(doc, person, people)
    strangers = [
        (one.rol.label.lower(), replace(name, duda=""))
        for one in people
        if not one.rol.is_party and (name := name_of(doc, one))
    ]
    personas = [_kept(doc, _row_of_person(doc, one)) for one in parties[:_MOST_PEOPLE]]
    direcciones = [_kept(doc, _row_of_address(doc, one)) for one in others]
    return LecturaDePapel(
        clase,
        _kept(doc, caso),
        [_kept(doc, vehicle) for vehicle in find_vehicles(doc)],
        [one for one in personas if one.keys() & {*_OWNER}],
        [one for one in direcciones if "direccion" in one],
        strangers[:12],
    )


def _row_of_person(doc: TextoDePapel, person: PersonaHallada) -> dict[str, DatoHallado | None]:
    tipo = "principal" if person.rol.is_sought else person.rol.value
    return {
        "propietario_nombre": name_of(doc, person),
        "propietario_rut": rut_of(doc, person, [person]),
        "tipo": DatoHallado(tipo, person.rol.label.lower()),
    }


def _row_of_address(doc: TextoDePapel, one: DireccionHallada) -> dict[str, DatoHallado | None]:
    theirs = one.persona if one.rol and not one.rol.is_sought else None
    return {
        "direccion": one.direccion,
        "comuna": one.comuna,
        "tipo": DatoHallado(one.tipo, "domicilio"),
        "de": name_of(doc, theirs) if theirs else None,
    }


def _kept(
    doc: TextoDePapel, found: dict[str, DatoHallado | None] | dict[str, DatoHallado]
) -> dict[str, DatoHallado]:
    """What was found, without what the recognition of a scan is not sure of.

    What it is fairly sure of is marked, but where a check digit adds up.
    """
    kept = {}
    for name, one in found.items():
        if one is None:
            continue
        sure = _sureness(doc, one)
        if sure < SURE_ENOUGH:
            continue
        is_fair = sure < _QUITE_SURE and not one.duda and one.confianza < _CHECKED
        kept[name] = replace(one, duda=_RECOGNISED) if is_fair else one
    return kept


def _sureness(doc: TextoDePapel, one: DatoHallado) -> int:
    """How sure the recognition is of the words in the first place of a value, at the least."""
    return min(
        (
            word.sure
            for caja in one.cajas[:1]
            for word in doc.palabras
            if word.caja.pagina == caja.pagina
            and word.caja.x0 >= caja.x0 - 0.5
            and word.caja.x1 <= caja.x1 + 0.5
            and word.caja.y0 >= caja.y0 - 0.5
            and word.caja.y1 <= caja.y1 + 0.5
        ),
        default=100,
    )
