"""Rows that seem to belong together are separated, and others joined, in the review of a list."""

from __future__ import annotations

import pytest

from app.oficios.models import Oficio, Propietario
from app.planillas.forms.review import read_oficios_review
from app.planillas.rules.oficio_outcomes import Resultado, classify_oficios
from app.planillas.rules.rows import Review
from app.vehiculos.models import Vehiculo
from tests.planillas.intake import read
from tests.planillas.listados import make_importacion, press_import

HEADER = "N° Oficio;Rol;Deudor;RUT;PPU;Comuna;Marca"
ANA = "7;C-1-2026;ANA SOTO;12.345.678-5;BBCL12;Ñuñoa;Kia"


def pressed(*lines, **buttons):
    """The rows of a list once the buttons of its review were pressed, one after the other."""
    content = "\n".join([HEADER, *lines]).encode()
    review, lectura = Review(), read("lista.csv", content, Review())
    for name, value in buttons.items():
        values = value if isinstance(value, dict) else {name: value}
        review = read_oficios_review(values, review, lectura)
        lectura = read("lista.csv", content, review)
    return classify_oficios(lectura.filas, ())


def test_a_further_person_is_separated_and_joined_again():
    lines = ANA, "7;C-1-2026;LUIS PEÑA;7.654.321-6;BBCL12;;"

    first, second = pressed(*lines, separar="3")

    assert first.otros == ()
    assert second.resultado is Resultado.ADVERTENCIA
    assert second.datos["numero_oficio"] == "7 (fila 3)"
    assert "Usted la separó" in second.advertencias["numero_oficio"]
    assert pressed(*lines, separar="3", volver="3") == pressed(*lines)


def test_a_vehicle_of_an_order_becomes_an_order_of_its_own():
    both = "7;C-1-2026;ANA SOTO;12.345.678-5;BBCL12 / LGCR75;Ñuñoa;Kia"

    first, second = pressed(both, separar="2.2")

    assert first.datos["numero_oficio"] == "7"
    assert second.datos["numero_oficio"] == "7 (fila 2.2)"
    assert second.motivo == ""
    assert second.separada
    assert not first.separada


def test_a_row_that_went_on_with_the_one_above_stands_for_itself():
    lines = ANA, ";;;;LGCR75;;"
    assert pressed(*lines)[1].del_oficio_de == 2

    _, second = pressed(*lines, separar="3")

    assert "propietario_nombre" not in second.datos
    assert second.datos["numero_oficio"] == "S/N LGCR75 (fila 3)"


def test_a_car_below_a_further_person_goes_on_with_the_first_row_of_the_case():
    lines = ANA, "7;C-1-2026;LUIS PEÑA;7.654.321-6;BBCL12;;", ";;;;LGCR75;;"

    third = pressed(*lines)[2]

    assert third.datos["propietario_nombre"] == "ANA SOTO"
    assert third.del_oficio_de == 2


def test_rows_of_one_vehicle_are_joined_and_what_differs_goes_to_the_notes():
    other = "8;C-1-2026;LUIS PEÑA;7.654.321-6;BBCL12;Macul;Ford"

    first, second = pressed(ANA, other, unir={"unir": "3", "u-3": "2"})

    assert (second.resultado, second.unida_a) == (Resultado.UNIDA, 2)
    assert first.datos["numero_oficio"] == "7"
    assert first.otros[0]["propietario_nombre"] == "LUIS PEÑA"
    assert first.otros[1]["comuna"] == "Macul"
    assert first.datos["notas"] == "Fila 3, Marca: Ford\nFila 3, Número de oficio: 8"


def test_a_row_whose_plate_cannot_be_read_hangs_on_the_one_it_is_joined_with():
    first, second = pressed(ANA, "8;;;;NO TIENE;;Ford", unir={"unir": "3", "u-3": "2"})

    assert second.resultado is Resultado.UNIDA
    assert "«NO TIENE» no es una patente" in first.advertencias["patente_3"]
    assert "Marca: Ford" in first.datos["notas"]


@pytest.mark.parametrize("target", ["2", "4"])
def test_vehicles_are_joined_to_one_order_wherever_it_stands(target):
    lines = [ANA, "8;C-2-2026;LUIS PEÑA;7.654.321-6;LGCR75;Macul;Ford"]
    lines.append("9;C-3-2026;EVA PAZ;9.876.543-3;BBCL34;Macul;Ford")

    filas = pressed(*lines, unir={"unir": "3", "u-3": target})

    order = filas[int(target) - 2]
    joined = filas[1]
    assert joined.datos["numero_oficio"] == order.datos["numero_oficio"]
    assert joined.datos["rol"] == order.datos["rol"]
    assert joined.datos["propietario_nombre"] == "LUIS PEÑA"
    assert "Fila 3, Rol de la causa: C-2-2026" in joined.datos["notas"]
    assert "Usted la unió" in joined.advertencias["union"]
    assert all(fila.resultado.is_imported for fila in filas)
    separated = pressed(*lines, unir={"unir": "3", "u-3": target}, separar="3")
    assert separated == pressed(*lines)


@pytest.mark.parametrize("target", ["3", "99", "la de arriba"])
def test_a_row_that_is_none_is_said_and_changes_nothing(target):
    _, second = pressed(ANA, "8;;;;LGCR75;;", unir={"unir": "3", "u-3": target})

    assert second.datos["numero_oficio"] == "8"
    assert f"«{target[:12]}» no es otra fila" in second.advertencias["union"]


def test_the_page_separates_joins_and_imports_it_so(
    app, investigador, buffet, usuario_investigador, rows
):
    lines = (HEADER, ANA, "7;C-1-2026;LUIS PEÑA;7.654.321-6;BBCL12;;", "9;;EVA PAZ;;LGCR75;;")
    draft = make_importacion(app, buffet, usuario_investigador, contenido="\n".join(lines).encode())
    address = f"/importar/{draft}"
    page = investigador.get(address).text
    assert 'name="separar" value="3"' in page.replace("\n", " ").replace("  ", " ")
    investigador.post(address, data={"separar": "3"})
    page = investigador.get(f"{address}?editar=4").text
    assert "Volver a unir" in page
    assert "filas quedan fuera" not in page
    assert 'name="u-4"' in page
    investigador.post(address, data={"unir": "4", "u-4": "2"})

    press_import(investigador, address)

    cases = [(row.numero_oficio, row.vehiculo_n) for row in rows(Oficio)]
    assert cases == [("7", 1), ("7 (fila 3)", 1), ("7", 2)]
    assert [row.patente for row in rows(Vehiculo)] == ["BBCL12", "BBCL12", "LGCR75"]
    assert len(rows(Propietario)) == 3
