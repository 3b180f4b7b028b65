import pytest

from app.core.comunas import comunas, find_comuna, find_region, suggest_comuna
from app.core.porticos import porticos, porticos_2025
from app.core.tribunales import find_tribunal, suggest_tribunal, tribunales


def test_the_lists_are_whole():
    assert len(comunas()) == 346
    assert len({comuna.region for comuna in comunas()}) == 16
    assert len(tribunales()) == 230
    assert len(porticos()) == 150 + 10  # the sheets of 2026, and what they do not cover
    assert len(porticos_2025()) == 117


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("NUNOA", "Ñuñoa"),
        ("maipu", "Maipú"),
        ("TIL TIL", "Tiltil"),
        ("TILTIL", "Tiltil"),
        ("Llay-Llay", "Llaillay"),
        (" Alhue ", "Alhué"),
        ("La Calera", "Calera"),
        ("Aisén", "Aysén"),
        ("Stgo.", "Santiago"),
        ("O’Higgins", "O'Higgins"),
    ],
)
def test_a_comuna_is_found_without_its_accents(written, name):
    found = find_comuna(written) or suggest_comuna(written)

    assert found is not None
    assert found.nombre == name


def test_a_misspelled_comuna_is_suggested_and_never_taken():
    assert find_comuna("Huechurava") is None
    assert suggest_comuna("Huechurava").nombre == "Huechuraba"
    assert suggest_comuna("Springfield") is None
    assert suggest_comuna("") is None


@pytest.mark.parametrize(
    "written", ["RM", "Metropolitana", "Región Metropolitana de Santiago", "cl-rm"]
)
def test_a_region_has_many_names(written):
    assert find_region(written) == "Metropolitana de Santiago"


def test_the_region_of_la_araucania_keeps_its_article():
    assert find_region("Araucanía") == find_region("Región de La Araucanía") == "La Araucanía"
    assert find_region("Región de Los Lagos") == "Los Lagos"
    assert find_region("Marte") is None


@pytest.mark.parametrize(
    "written",
    [
        "19º Juzgado Civil de Santiago",
        "19° JUZGADO CIVIL DE SANTIAGO",
        "19 juzgado civil de santiago",
        "19no. Juzgado Civil de Santiago",
    ],
)
def test_a_court_is_found_however_its_ordinal_is_written(written):
    assert find_tribunal(written).nombre == "19º Juzgado Civil de Santiago"


def test_a_misspelled_court_is_suggested_with_its_own_ordinal():
    assert find_tribunal("19º Juzgado Civl de Santiago") is None
    assert (
        suggest_tribunal("19º Juzgado Civl de Santiago").nombre == "19º Juzgado Civil de Santiago"
    )
    assert suggest_tribunal("99º Juzgado Civil de Santiago") is None
