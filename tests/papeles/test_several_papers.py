"""A file of several papers: each page goes to its own, and nobody gets what another one says."""

from __future__ import annotations

import io

import pikepdf

from app.papeles.rules import ClasePapel, LecturaDePapel
from app.papeles.rules.propuesta import propose, vehicles_of
from tests.papeles.making import make_paper, sources
from tests.papeles.measuring import read
from tests.papeles.rows import CAV, ORDER

PAPERS = {source.stem: source for source in sources("tuned")}


def joined(*names):
    target = io.BytesIO()
    with pikepdf.new() as file:
        for name in names:
            with pikepdf.open(io.BytesIO(make_paper(name))) as paper:
                file.pages.extend(paper.pages)
        file.save(target)
    return target.getvalue()


def test_each_of_two_orders_in_one_file_keeps_its_own_case_and_person():
    reading = read(joined(ORDER, PAPERS["t15_oficio_corrido"]))

    first, second = vehicles_of([reading])
    one, other = propose([reading], first).campos, propose([reading], second).campos
    assert (one["numero_oficio"].valor, other["numero_oficio"].valor) == ("3021-2026", "312-2026")
    assert (one["rol"].valor, other["rol"].valor) == ("C-8841-2025", "C-4500-2024")
    assert (one["persona_rut"].valor, other["persona_rut"].valor) == (
        "13.237.657-3",
        "16.122.793-5",
    )
    # Each value leads to its own page.
    assert one["rol"].lugares[0].caja.pagina == 1
    assert other["rol"].lugares[0].caja.pagina == 2
    # What only the first one says is not told of the second.
    assert set(reading.caso) & {"numero_oficio", "rol", "propietario_rut", "direccion"} == set()


def test_a_certificate_of_another_vehicle_in_the_file_brings_its_own_owner():
    reading = read(joined(ORDER, CAV))

    assert reading.clase is ClasePapel.OFICIO
    first, second = vehicles_of([reading])
    assert propose([reading], first).campos["persona_rut"].valor == "13.237.657-3"
    assert propose([reading], second).campos["persona_rut"].valor == "9.631.528-7"
    told = LecturaDePapel.of_json(reading.to_json())
    assert told.hojas == {1: ClasePapel.OFICIO, 2: ClasePapel.CAV}


def test_what_order_and_certificate_in_one_file_tell_differently_is_marked(tmp_path):
    source = PAPERS["t26_oficio_y_cav"]
    text = source.read_text(encoding="utf-8")
    changed = text.replace("Nombre : NATALIA ANDREA POBLETE ROZAS", "Nombre : OTRA PERSONA ROJAS")
    assert changed != text
    path = tmp_path / "differs.typ"
    path.write_text(changed, encoding="utf-8")
    reading = read(make_paper(path))

    name = propose([reading], "PJKT62").campos["persona_nombre"]
    assert name.valor == "NATALIA ANDREA POBLETE ROZAS"
    [(other, place)] = name.otros
    assert other == "OTRA PERSONA ROJAS"
    assert place is not None
    assert place.caja.pagina == 2
    assert (
        propose([LecturaDePapel.of_json(reading.to_json())], "PJKT62").campos["persona_nombre"]
        == name
    )


def test_the_pages_of_one_order_that_repeat_its_heading_stay_one_paper():
    reading = read(joined(ORDER, ORDER))

    assert vehicles_of([reading]) == ["HJFK69"]
    assert reading.caso["rol"].valor == "C-8841-2025"
