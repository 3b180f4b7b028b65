"""Which gantry of the product's own list a provider's text means: a table of texts as they come."""

from __future__ import annotations

import pytest

from app.core.porticos import porticos
from app.porticos.rules import Metodo
from app.porticos.rules.recognition import Catalogo, CatalogoEntry, recognise, suggest

ROWS = [
    CatalogoEntry(
        pk,
        row.autopista,
        row.codigo,
        row.tramo or None,
        row.concesionaria or None,
        row.sentido or None,
        "\n".join(row.otros_nombres),
    )
    for pk, row in enumerate(porticos(), 1)
]
BY_ID = {row.id: row for row in ROWS}
CATALOGO = Catalogo(ROWS)
LV = "Ruta 5 Norte (Santiago – Los Vilos)"


def name_of(pk: int | None) -> str | None:
    return f"{BY_ID[pk].autopista} {BY_ID[pk].codigo}" if pk else None


@pytest.mark.parametrize(
    ("ubicacion", "empresa", "portico", "metodo"),
    [
        # Codes, with the road from the company or from the text itself.
        ("Costanera Norte, pórtico P5", "Costanera Norte", "Costanera Norte P5", "sin_sentido"),
        ("COSTANERA NORTE P5", None, "Costanera Norte P5", "sin_sentido"),
        ("Pórtico P5", "CN", "Costanera Norte P5", "sin_sentido"),
        (
            "Pórtico N° 5",
            "Concesionaria Costanera Norte",
            "Costanera Norte P5",
            "sin_sentido",
        ),
        ("P 6,2", "Costanera Norte", "Costanera Norte P6.2", "sin_sentido"),
        ("P2.2", "CN", "Costanera Norte P2.2", "sin_sentido"),
        ("P2.2", "AVS", "Vespucio Sur 2.2", "codigo"),
        ("pórtico 2.2", "Autopista Vespucio Sur", "Vespucio Sur 2.2", "codigo"),
        ("Vespucio Norte P-8", "", "Vespucio Norte P8", "codigo"),
        ("Av. Américo Vespucio Norte P8", None, "Vespucio Norte P8", "codigo"),
        ("AVN P8", None, "Vespucio Norte P8", "codigo"),
        ("Amé\u00adrico Vespucio Norte, P8", None, "Vespucio Norte P8", "codigo"),
        ("pa 31", "Autopista Central", "Autopista Central PA31", "codigo"),
        ("Pórtico 31", "AC", "Autopista Central PA31", "codigo"),
        ("PA2", None, "Autopista Central PA2", "codigo"),
        ("R78_TAL", None, "Ruta 78 Autopista del Sol R78_TAL", "sin_sentido"),
        ("R5N-LMA", "Autopista del Aconcagua", f"{LV} R5N_LMA", "sin_sentido"),
        ("P101", "AVO", "AVO I P101", "codigo"),
        ("P7 Eje Kennedy", "Costanera Norte", "Costanera Norte P7", "sin_sentido"),
        ("Peaje Lampa", "Autopista del Aconcagua", f"{LV} LAMPA", "codigo"),
        # Stretches: the order of their ends is the direction.
        ("Gral Velasquez - Ruta 5", "Vespucio Sur", "Vespucio Sur 2.2", "nombre"),
        ("RUTA 5 – GRAL. VELÁSQUEZ", "AVS", "Vespucio Sur 2.1", "nombre"),
        ("La Capilla – Colón", "Autopista Central", "Autopista Central PA3", "nombre"),
        ("de Colón a La Capilla", "Autopista Central", "Autopista Central PA4", "nombre"),
        ("A. Vespucio / Las Acacias", "Autopista Central", "Autopista Central PA8", "nombre"),
        ("Costanera Norte – Ruta 68", "AVN", "Vespucio Norte P4", "nombre"),
        ("Ruta 68-Costanera Norte", "Vespucio Norte Express", "Vespucio Norte P3", "nombre"),
        ("Torres Tajamar - Puente Lo Saldes", "CN", "Costanera Norte P3", "nombre"),
        ("Salida Bellavista", "Costanera Norte", "Costanera Norte SB", "nombre"),
        ("Puente Padre Arteaga", "Costanera Norte", "Costanera Norte P0", "sin_sentido"),
        ("Ruta 78, Talagante", None, "Ruta 78 Autopista del Sol R78_TAL", "sin_sentido"),
        ("Bilbao", "Vespucio Oriente", "AVO I P101", "nombre"),
        ("Plaza Las Vegas", "Ruta 5 Norte", f"{LV} LASVEGAS", "nombre"),
        # A code over both roadways with its direction, and other codes and former names.
        ("P5 (Vivaceta – Carrascal)", "Costanera Norte", "Costanera Norte P5", "codigo"),
        ("Pórtico P5, sentido oriente", "Costanera Norte", "Costanera Norte P5", "codigo"),
        ("PC 101", "Túnel San Cristóbal", "Túnel San Cristóbal TSC-SN", "codigo"),
        ("P6", "Autopista del Aconcagua", f"{LV} R5N_LMO", "codigo"),
        ("PA9 (14 de la Fama – Río Mapocho)", "AC", "Autopista Central PA9", "codigo"),
        ("14 de la Fama – Río Mapocho", "AC", "Autopista Central PA15", "nombre"),
        ("Presidente Kennedy", "AVO I", "AVO I P107", "nombre"),
        # Nearly.
        ("Carrascal - Vivazeta", "Costanera Norte", "Costanera Norte P5", "parecido"),
        ("Martín de Samora", "AVO I", "AVO I P102", "parecido"),
    ],
)
def test_a_text_means_its_gantry(ubicacion, empresa, portico, metodo):
    match = recognise(ubicacion, empresa, CATALOGO)

    assert name_of(match.portico_id) == portico, match.motivo
    assert match.metodo is Metodo(metodo)
    assert match.autopista == BY_ID[match.portico_id].autopista
    assert match.motivo


@pytest.mark.parametrize(
    ("ubicacion", "empresa", "autopista", "why"),
    [
        # Two gantries fit, or the parts of the text disagree: nobody guesses.
        ("P5", None, None, "no nombra una vía"),
        ("Los Guindos", "Autopista Central", "Autopista Central", "no nombra un pórtico"),
        ("Eje Kennedy", "Costanera Norte", "Costanera Norte", "no nombra un pórtico"),
        ("Petersen", "Costanera Norte", "Costanera Norte", "no nombra un pórtico"),
        ("Pórtico P5 (Ruta 68 – Los Mares)", "Vespucio Norte", "Vespucio Norte", "el tramo es"),
        ("Vespucio Norte, pórtico P5", "Costanera Norte", None, "el texto dice Vespucio Norte"),
        ("PA31", "Costanera Norte", None, "de otra vía"),
        ("Costanera Norte – Ruta 68", None, None, "dos vías"),
        ("Los Mares – Ruta 78", None, None, "dos vías"),
        # What only looks like a code or a place.
        ("km 2.2", "Vespucio Sur", "Vespucio Sur", "no nombra un pórtico"),
        ("P6", "Costanera Norte", "Costanera Norte", "no nombra un pórtico"),
        ("Vivaceta - T. Tajamar", "Costanera Norte", "Costanera Norte", "no nombra un pórtico"),
        ("Ruta 78 – Santa Elisa", "Vespucio Norte", "Vespucio Norte", "no nombra un pórtico"),
        ("Bilbao", None, None, "no nombra una vía"),
        ("Grecia 1180", "Municipalidad de Ñuñoa", None, "no nombra una vía"),
        ("Acceso Vial Aeropuerto AMB", "Aeropuerto", "Acceso Vial Aeropuerto AMB", "no nombra"),
        ("Vespucio, pórtico P5", "Vespucio", None, "no nombra una vía"),
        # A company alone: the road is known, the gantry is not.
        (None, "Costanera Norte", "Costanera Norte", "no dice el lugar"),
        (None, "Costanera Nrte", "Costanera Norte", "no dice el lugar"),
        (None, "Rutas del Pacífico S.A.", "Rutas del Pacífico (Ruta 68)", "no dice el lugar"),
        (None, "Ruta 5 Norte", None, "una de 4"),
        (None, "Ruta 5 Norte Los Vilos - La Serena", "Ruta 5 Norte (Los Vilos – La Serena)", "no"),
        (None, "Inventada Ltda.", None, "no dice el lugar"),
        (None, None, None, "no dice el lugar"),
    ],
)
def test_a_text_that_means_no_gantry_for_sure_is_left_alone(ubicacion, empresa, autopista, why):
    match = recognise(ubicacion, empresa, CATALOGO)

    assert match.portico_id is None, name_of(match.portico_id)
    assert match.autopista == autopista
    assert match.metodo is (Metodo.VIA if autopista and "tramo es" not in why else Metodo.NINGUNO)
    assert why in match.motivo


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.autopista} {row.codigo}")
def test_every_gantry_is_known_by_its_own_words_and_taken_for_no_other(row):
    place = f"{row.autopista}, pórtico {row.codigo}"
    texts = [place, f"{place} ({row.tramo})" if row.tramo else place, row.codigo, row.tramo]

    for text in texts:
        for empresa in (row.autopista, row.concesionaria, None):
            match = recognise(text, empresa, CATALOGO)
            found = BY_ID.get(match.portico_id or 0)
            assert found is None or found.group == row.group, (text, empresa, found)
    if row.codigo != "AMB":  # the road's own name
        assert name_of(recognise(place, row.autopista, CATALOGO).portico_id) == name_of(row.id)


@pytest.mark.parametrize(
    ("text", "tramo"),
    [
        ("P5 (Vivaceta – Carrascal)", "Vivaceta – Carrascal"),
        ("P5 (Carrascal – Vivaceta)", "Carrascal – Vivaceta"),
        ("Carrascal - Vivaceta", "Carrascal – Vivaceta"),
        ("P5 sentido oriente", "Carrascal – Vivaceta"),
        ("P5 oriente-poniente", "Vivaceta – Carrascal"),
        ("P5, hacia el poniente", "Vivaceta – Carrascal"),
    ],
)
def test_of_two_directions_with_one_code_the_text_tells_which(text, tramo):
    match = recognise(text, "Costanera Norte", CATALOGO)

    assert BY_ID[match.portico_id].tramo == tramo
    assert match.metodo is not Metodo.SIN_SENTIDO


@pytest.mark.parametrize(
    ("text", "empresa"),
    [
        ("P8", "Costanera Norte"),
        ("Eje Kennedy", "Costanera Norte"),
        ("ANO-PON", "Nororiente"),
        ("Sector poniente", "Nororiente"),
    ],
)
def test_what_several_gantries_replaced_is_taken_for_none_of_them(text, empresa):
    assert recognise(text, empresa, CATALOGO).portico_id is None


def test_the_same_text_gives_the_same_answer_in_whatever_order_the_catalogue_comes():
    backwards = Catalogo(reversed(ROWS))

    for text in ("Costanera Norte P5", "Los Guindos", "Carrascal - Vivazeta"):
        assert recognise(text, "Costanera Norte", backwards) == recognise(
            text, "Costanera Norte", CATALOGO
        )


def test_a_road_that_the_office_added_is_known_by_its_name_and_its_company():
    own = [
        *ROWS,
        CatalogoEntry(900, "Camino de la Fruta", "F1", "Rapel – Litueche", "Ruta G-60 S.A."),
    ]
    catalogo = Catalogo(own)

    assert recognise("F1", "Camino de la Fruta", catalogo).portico_id == 900
    assert recognise("Rapel - Litueche", "Ruta G-60", catalogo).portico_id == 900


def test_those_who_correct_a_text_are_offered_the_likeliest_gantries_of_its_road_first():
    offered = suggest("Vivaceta - T. Tajamar", "Costanera Norte", CATALOGO, limit=5)

    assert len(offered) == 5
    assert {BY_ID[pk].autopista for pk in offered} == {"Costanera Norte"}
    assert name_of(offered[0]) == "Costanera Norte P4"
    by_number = suggest("Pórtico 6.1", "Costanera Norte", CATALOGO, limit=1)
    assert name_of(by_number[0]) == "Costanera Norte P6.1"
    assert len(suggest("nada", None, CATALOGO, limit=6)) == 6
