"""What holds for every kind of list, as the engine relies on it."""

from __future__ import annotations

from itertools import chain

import pytest

from app.planillas.rules.header_guess import header_key
from app.planillas.service.import_oficios import OFICIOS
from app.planillas.service.import_pasos import PASOS

KINDS = pytest.mark.parametrize("kind", [OFICIOS, PASOS], ids=["oficios", "pasos"])


@KINDS
def test_every_field_has_words_and_headers(kind):
    assert kind.layout.labels.keys() == kind.layout.synonyms.keys()


@KINDS
def test_a_known_header_is_written_as_headers_are_compared_and_means_one_field(kind):
    known = list(chain.from_iterable(names.split("|") for names in kind.layout.synonyms.values()))

    assert [name for name in known if header_key(name) != name] == []
    assert len(known) == len(set(known))


@KINDS
def test_a_known_header_is_told_from_its_words_alone(kind):
    for campo, names in kind.layout.synonyms.items():
        for name in names.split("|"):
            assert kind.layout.guess([name.upper()]) == {0: campo}, name


@KINDS
def test_all_fields_together_are_enough_and_none_is_not(kind):
    layout = kind.layout

    assert layout.is_header(layout.labels)
    assert layout.ask_missing(layout.labels) == ""
    assert not layout.is_header([])
    assert layout.ask_missing([]).startswith("Elija qué columna tiene")


def test_the_header_of_one_kind_of_list_is_none_of_the_other():
    order = OFICIOS.layout.guess(["N° Oficio", "Patente", "Tribunal", "Comuna"])
    crossing = PASOS.layout.guess(["Patente", "Fecha", "Hora", "Pórtico", "Tarifa"])

    assert OFICIOS.layout.is_header(order.values())
    assert PASOS.layout.is_header(crossing.values())
    assert not PASOS.layout.is_header(
        PASOS.layout.guess(["N° Oficio", "Patente", "Tribunal"]).values()
    )
