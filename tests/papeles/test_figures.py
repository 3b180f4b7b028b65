"""How well papers are read; ``pytest -s tests/papeles/test_figures.py`` prints the figures."""

from __future__ import annotations

import io
import json

import pikepdf
import pytest

from tests.papeles.making import INTAKE, expected, make_paper, sources
from tests.papeles.measuring import CASO, OTROS, VEHICULO, Tally, read, score

#: Fields that somebody needs together.
FIELD_SETS = (
    ("numero", "rol", "tribunal", "caratulado", "fecha"),
    ("prop_nombre", "prop_rut"),
    ("direccion", "comuna"),
    ("plazo", "fuerza_publica", "descerrajamiento"),
    tuple(OTROS),
    VEHICULO,
)


def measure(folder: str) -> Tally:
    tally = Tally()
    for source in sources(folder):
        score(tally, source.stem, expected(source), read(make_paper(source)))
    print(f"\n{folder}\n{tally.table()}")
    return tally


def test_papers_that_no_rule_was_fitted_to_are_read_as_they_say():
    tally = measure("kept")

    assert tally.precision() >= 0.99, tally.notes
    assert tally.recall() >= 0.90, tally.notes
    for fields in FIELD_SETS:
        assert tally.recall_of(fields) >= 0.90, (fields, tally.notes)
    # What would make it another vehicle, person or case.
    assert [tally.wrong[field] for field in ("patente", "prop_rut", "rol")] == [0, 0, 0]


def test_papers_that_the_rules_were_made_with_are_read_whole():
    tally = measure("tuned")

    assert tally.notes == []


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_as_it_is_when_upright(angle):
    for source in sources("tuned")[::12]:
        upright, turned = io.BytesIO(make_paper(source)), io.BytesIO()
        with pikepdf.open(upright) as paper:
            for page in paper.pages:
                page.rotate(angle, relative=True)
            paper.save(turned)

        one, other = read(upright.getvalue()), read(turned.getvalue())

        assert values(other.caso) == values(one.caso)
        assert [values(car) for car in other.vehiculos] == [values(car) for car in one.vehiculos]


def values(datos):
    return {name: one.valor for name, one in datos.items()}


def test_papers_of_the_buffets_and_banks_are_read_as_they_say():
    tally = Tally()
    for file in sorted(INTAKE.glob("*.json")):
        right = json.loads(file.read_text(encoding="utf-8"))["expected"]
        name = file.name.removesuffix(".expected.json")
        got = read((INTAKE / f"{name}.pdf").read_bytes())
        if name == "p05_escaneado":
            # A scan without a text: nothing is filled in.
            assert (got.caso, list(got.vehiculos)) == ({}, [])
            continue
        car = got.vehiculos[0]
        for field, campo in CASO.items():
            if field in right:
                found = got.caso.get(campo)
                tally.add(name, field, right[field], found.valor if found else None)
        for field in VEHICULO:
            if field in right:
                tally.add(name, field, right[field], car[field].valor if field in car else None)
        plates = [one["patente"].valor for one in got.vehiculos]
        assert plates == right.get("patentes", [right["patente"]])
    print(f"\nintake\n{tally.table()}")

    # p04 says nothing of a descerrajamiento, which its list of values takes for a refusal.
    assert tally.notes == ["p04_tabla_dos_vehiculos: descerrajamiento: False → None"]
