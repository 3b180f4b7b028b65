"""Texts that no separator divides, and rows whose cells stand under each other's headers."""

import pytest

from app.planillas.forms.review import read_oficios_review
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.misplaced import put_back
from app.planillas.rules.oficio_fields import LAYOUT
from app.planillas.rules.rows import Review
from tests.planillas.intake import read

PRINTED = """\
BANCO DEL SUR                                 PAG: 1
OFICIO   PPU     DEUDOR                RUT
------------------------------------------------------
12-2026  BBCL12  ANA MARÍA SOTO PEÑA   12.345.678-5
BANCO DEL SUR                                 PAG: 2
OFICIO   PPU     DEUDOR                RUT
13-2026  LGCR75  LUIS ROJAS            7.654.321-6
14-2026  HJKL20
TOTAL: 3
"""


def rows_of(text):
    found = read("lista.txt", text.encode(), Review())
    return found, [(f.texto("numero_oficio"), f.datos.get("patente")) for f in found.filas]


def test_a_print_out_is_divided_by_the_width_of_its_columns():
    found, rows = rows_of(PRINTED)

    assert rows == [("12-2026", "BBCL12"), ("13-2026", "LGCR75"), ("14-2026", "HJKL20")]
    assert found.filas[0].datos["propietario_nombre"] == "ANA MARÍA SOTO PEÑA"
    assert found.filas[0].datos["propietario_rut"] == "12345678-5"
    assert "propietario_nombre" not in found.filas[2].datos
    told = " ".join(found.warnings)
    assert "La fila 5 («BANCO DEL SUR PAG: 2») no es un caso" in told
    assert "La fila 6 trae otra vez los encabezados" in told
    assert "La fila 9 («TOTAL: 3») es un total" in told


def test_numbers_on_the_right_of_their_columns_stay_whole():
    text = """\
OFICIO  PATENTE        AÑO MARCA
   9     BBCL12       2015 KIA
 810     LGCR75       2016 TOYOTA
1812     HJKL20       2017 FORD
"""
    found, rows = rows_of(text)

    assert rows == [("9", "BBCL12"), ("810", "LGCR75"), ("1812", "HJKL20")]
    assert [(f.datos["anio"], f.datos["marca"]) for f in found.filas] == [
        (2015, "Kia"),
        (2016, "Toyota"),
        (2017, "Ford"),
    ]


def test_lines_of_labels_are_one_form_for_each_case():
    text = """\
Encargo de noviembre
1) Oficio N°: 12-2026   Patente: BBCL12
   Deudor: ANA SOTO; RUT: 12.345.678-5
   Hora de la citación: 10:30
2) Oficio N°: 13-2026   Patente: LGCR75
   Deudor: LUIS ROJAS; RUT: 7.654.321-6
"""
    found, rows = rows_of(text)

    assert rows == [("12-2026", "BBCL12"), ("13-2026", "LGCR75")]
    assert found.filas[1].datos["propietario_rut"] == "7654321-6"
    assert any(one.muestras == ("10:30",) and one.campo is None for one in found.columnas)


@pytest.mark.parametrize(
    "text",
    [
        "Estimados, adjunto lo conversado: saludos.\n\nAna\n",
        "PATENTE: \nROL: \nTRIBUNAL: \nRUT: \n",
        "Oficio  Patente\n",
    ],
)
def test_a_text_without_cases_is_refused_with_a_sentence(text):
    with pytest.raises(Exception, match="encabezados"):
        read("carta.txt", text.encode(), Review())


def test_two_cells_that_can_only_be_each_others_are_changed_and_marked():
    content = b"Oficio;PPU;Rol\n7;C-1-2026;BBCL12\n8;LGCR75;C-2-2026\n"
    first, second = read("lista.csv", content, Review()).filas

    assert (first.datos["patente"], first.datos["rol"]) == ("BBCL12", "C-1-2026")
    assert "«C-1-2026» en la columna de «Patente»" in first.advertencias["patente"]
    assert second.advertencias.keys().isdisjoint({"patente", "rol"})


def test_cells_that_may_be_either_stay_where_they_are():
    texts = {"patente": "", "rol": "BBCL12", "propietario_rut": "123"}

    assert put_back(texts) == (texts, {})


def test_a_rol_without_letter_or_with_a_short_year_is_offered_and_never_taken_unasked():
    content = b"Oficio;PPU;Rol\n7;BBCL12;1234-2025\n8;LGCR75;E-77-25\n9;HJKL20;12-34-56\n"
    lectura = read("lista.csv", content, Review())

    assert ["rol" in fila.datos for fila in lectura.filas] == [False, False, False]
    texts = [f.propuestas["rol"].texto for f in lectura.filas if "rol" in f.propuestas]
    assert texts == ["C-1234-2025", "E-77-2025"]

    review = read_oficios_review({"propuesta": "todas"}, Review(), lectura)
    again = read("lista.csv", content, review)
    assert [f.datos.get("rol") for f in again.filas] == ["C-1234-2025", "E-77-2025", None]


def test_the_halves_of_plates_are_no_makes_and_years():
    content = "Oficio;Tipo;Año;Patente\n7;SW;2015;BBCL12\n8;SW;2016;LGCR75\n9;SW;2017;HJKL20\n"
    lectura = read("lista.csv", content.encode(), Review())

    assert lectura.mapeo[3] == "patente"
    assert "patente_letras" not in lectura.mapeo.values()
    bare = open_planilla(
        b"Oficio;Tipo;A\xc3\xb1o\n7;SW;2015\n8;SW;2016\n9;SW;2017\n", "x", LAYOUT.guess
    )
    assert LAYOUT.refine is not None
    found = LAYOUT.refine(
        bare.hojas[0].filas[0].celdas, [row.celdas for row in bare.hojas[0].filas[1:]], {}
    )
    assert "patente_letras" not in found.values()


def test_greetings_under_the_plates_are_no_cases_and_misread_plates_are():
    lines = ["PPU;Oficio", "BBCL12;7", "HJKL2O;", "PPU: LGCR75 (camioneta);", "Saludos cordiales;"]
    lines += ["Santiago, 24 de noviembre de 2026;", "S/PATENTE;8"]

    found = read("lista.csv", "\n".join(lines).encode(), Review())

    assert [f.texto("patente")[:6] for f in found.filas] == ["BBCL12", "HJKL2O", "LGCR75", "S/PATE"]
    told = " ".join(found.warnings)
    assert "(«Saludos cordiales») no es un caso" in told
    assert "(«Santiago, 24 de noviembre de 2026») no es un caso" in told
