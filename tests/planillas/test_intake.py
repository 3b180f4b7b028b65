"""The lists of tests/data/intake, with the figures of how they come in."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from app.planillas.forms.review import read_oficios_review
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.oficio_fields import LAYOUT
from app.planillas.rules.oficio_outcomes import classify_oficios
from app.planillas.rules.rows import Review
from app.planillas.service.new_oficios import case_of
from tests.planillas.intake import FURTHER, INTAKE, load, measure, read


def _names(folder, pattern):
    return sorted(path.name.removesuffix(".expected.json") for path in folder.glob(pattern))


@pytest.mark.parametrize(("folder", "pattern"), [(INTAKE, "s*.json"), (FURTHER, "l*.json")])
def test_at_least_95_of_100_rows_come_in_wholly_right_with_two_clicks(folder, pattern):
    found = [measure(*load(name, folder)) for name in _names(folder, pattern)]

    print(
        "\nLista                            filas  al subir  con clics  (clics)  erradas  perdidas"
    )
    for one in found:
        print(
            f"{one.nombre:33}{one.filas:5}{one.bien_al_subir:10}{one.bien:11}{one.clics:9}"
            f"{len(one.erradas):9}{len(one.perdidas):10}"
        )
    rows = sum(one.filas for one in found)
    print(f"Total: {rows} filas, {sum(one.bien for one in found)} enteramente bien")
    assert [text for one in found for text in one.erradas] == []
    assert [text for one in found for text in one.perdidas] == []
    assert max(one.clics for one in found) <= 2
    assert sum(one.bien for one in found) >= 0.95 * rows


def _rows(name):
    expected, content = load(name)
    return classify_oficios(read(expected["file"], content, Review()).filas, ())


def test_the_second_person_address_and_telephone_of_a_cell_hang_on_the_case():
    first = _rows("s06_varios_en_celda")[0]

    assert (first.clave, first.partes) == ("2", 2)
    assert first.otros == (
        {
            "propietario_nombre": "JUAN PÉREZ SOTO",
            "propietario_tipo": "aval",
            "propietario_rut": "17492741-3",
            "propietario_telefono": "+56974972496",
            "propietario_email": "persona80@correo.cl",
        },
        {
            "direccion": "Av. Grecia 1587",
            "comuna": "San Bernardo",
            "region": "Metropolitana de Santiago",
        },
    )


def test_the_cars_of_one_order_make_linked_cases():
    filas = _rows("s05_varios_vehiculos_combinadas")

    assert filas[1].motivo == "Otro vehículo del oficio de la fila 2: los casos quedan enlazados."
    assert filas[2].motivo == ""


def test_a_plate_that_is_none_and_one_of_a_trailer_are_refused():
    rows = {f.texto("patente"): f for f in _rows("s10_patentes")}
    refused = {text: fila for text, fila in rows.items() if fila.errores}

    assert set(refused) == {"HJKL2O", "HJK128", "S/PATENTE"}
    assert rows["HJKLI8"].propuestas["patente"].texto == "HJKL18"
    assert "no usan I" in rows["HJKLI8"].advertencias["patente"]
    assert refused["HJKL2O"].propuestas["patente"].texto == "HJKL20"
    assert "remolque" in refused["HJK128"].errores["patente"]


def test_without_a_number_an_order_is_named_by_rol_and_plate():
    fila = _rows("s04_sin_numero")[0]

    assert fila.datos["numero_oficio"] == "C-15291-2025 YYLY11"
    assert "no trae número" in fila.advertencias["numero_oficio"]


def test_a_formula_that_nobody_computed_and_a_form_are_told_of():
    formulas, forms, months = (
        read(expected["file"], content, Review())
        for expected, content in (
            load(name, FURTHER) for name in ("l17_formulas", "l08_fichas", "l21_gringa")
        )
    )

    assert "6 celdas tienen fórmulas sin su resultado" in formulas.warnings[0]
    assert "escrita como fichas" in forms.warnings[0]
    marks = months.filas[0].advertencias
    assert "el mes antes que el día («10/05/2026»)" in marks["fecha_oficio"]


def test_a_list_opens_whatever_its_name():
    content = (INTAKE / "s02_cp1252.csv").read_bytes()

    assert open_planilla(content, "listado", LAYOUT.guess).tipo == "csv"


def test_makes_that_are_not_as_many_as_the_plates_are_told_of_and_taken_by_none():
    filas = rows_of('7;"BBCL12 / LGCR75";KIA / FORD / FIAT', header="N° Oficio;PPU;Marca")

    assert ["marca" in fila.datos for fila in filas] == [False, False]
    assert "trae 2 patentes y «KIA / FORD / FIAT»" in filas[0].advertencias["marca"]


def test_an_address_that_ends_in_another_comuna_marks_it():
    header = "N° Oficio;PPU;Dirección;Comuna"
    first, second = rows_of(
        "7;BBCL12;Calle Uno 12 (Cerrillos);Maipú", "8;LGCR75;Lira 4, Santiago;Macul", header=header
    )

    assert "«Cerrillos»" in first.advertencias["comuna"]
    assert "comuna" not in second.advertencias


CSV = "N° Oficio;Rol;Tribunal;Deudor;RUT;PPU;Domicilio;Comuna;Fono"


def rows_of(*lines, header=CSV):
    content = "\n".join([header, *lines]).encode()
    return classify_oficios(read("lista.csv", content, Review()).filas, ())


ONE = "7;C-1-2026;1° JC STGO;ANA SOTO;12.345.678-5;BBCL12;Los Leones 1;Ñuñoa;912345678"


def test_a_further_person_of_the_same_case_hangs_on_it():
    first, second = rows_of(ONE, "7;C-1-2026;;LUIS PEÑA;7.654.321-6;BBCL12;;;")

    assert second.resultado.value == "unida"
    assert second.unida_a == 2
    assert first.otros == (
        {
            "propietario_nombre": "LUIS PEÑA",
            "propietario_rut": "7654321-6",
            "propietario_tipo": "codeudor",
        },
    )


def test_a_row_that_repeats_nothing_goes_on_with_the_order_above():
    first, second, third = rows_of(ONE, ";;;;;LGCR75;;;", ";;;;;;Av. Grecia 12;Maipú;")

    assert second.datos["numero_oficio"] == "7"
    assert second.datos["propietario_nombre"] == "ANA SOTO"
    assert "no repite el número" in second.advertencias["numero_oficio"]
    assert third.resultado.value == "unida"
    assert [o["comuna"] for o in (*first.otros, *second.otros) if "comuna" in o] == ["Maipú"]


SPLIT = """
PPU;Vehículo > BBCL12;TOYOTA YARIS 2015 > marca=Toyota|modelo=Yaris|anio=2015
PPU;Rol - Tribunal > BBCL12;C-1-2026, 3° JC Stgo. > rol=C-1-2026|tribunal=3º Juzgado Civil de Santiago
PPU;Nombre y RUT > BBCL12;ANA SOTO RUT 12.345.678-5 > propietario_nombre=ANA SOTO|propietario_rut=12345678-5
PPU;Domicilio > BBCL12;Los Leones 12, Comuna de Ñuñoa > direccion=Los Leones 12|comuna=Ñuñoa
PPU;Calle;Número;Depto > BBCL12;Los Leones;12;34 > direccion=Los Leones 12, depto. 34
PPU;Comuna > BBCL12;Pte. Alto > comuna=Puente Alto
PPU;Rut;Dv > BBCL12;12345678;5 > propietario_rut=12345678-5
PPU;Nombres;Ap. Paterno;Ap. Materno > BBCL12;ANA;SOTO;PAZ > propietario_nombre=ANA SOTO PAZ
PPU;F. Ingreso > BBCL12;24-10-2026 18:42 > fecha_ingreso=2026-10-24|notas=Fecha de ingreso: 24-10-2026 18:42
PPU;Fono 1;Fono 2 > BBCL12;912345678;222345678 > propietario_telefono=+56912345678|propietario_notas=Otro teléfono: 222345678
PPU;Letra Rol;Rol;Año Causa > BBCL12;C;1234;2026 > rol=C-1234-2026
PPU;Marca;Modelo > BBCL12;LAND ROVER;DISCOVERY SPORT > marca=Land Rover|modelo=Discovery Sport
"""  # noqa: E501 - a table


@pytest.mark.parametrize("case", SPLIT.strip().splitlines())
def test_what_stands_in_one_cell_or_two_is_split_and_joined(case):
    header, line, wanted = case.split(" > ")
    right = dict(pair.split("=") for pair in wanted.split("|"))
    content = "\n".join([f"N° Oficio;{header}", *[f"{n};{line}" for n in (7, 8, 9)]]).encode()
    fila = read("lista.csv", content, Review()).filas[0]

    assert {name: str(fila.datos.get(name)) for name in right} == right


@pytest.mark.parametrize("text", ["1O-11-2026", "10 11 2026", "10, noviembre, 2026"])
def test_a_date_with_a_slip_is_proposed_and_never_taken_unasked(text):
    fila = rows_of(f'7;BBCL12;"{text}"', header="N° Oficio;PPU;Fecha Oficio")[0]

    assert "fecha_oficio" not in fila.datos
    assert fila.propuestas["fecha_oficio"].texto == "10-11-2026"


def test_births_are_no_deadline_and_a_counter_is_no_number():
    lines = [f"{n};BBCL{n + 10};0{n}-05-1975;C-{n}-2026" for n in range(1, 6)]
    filas = rows_of(*lines, header="N°;PPU;Vencimiento;Rol")

    assert "fecha_limite" not in filas[0].datos
    assert filas[0].datos["numero_oficio"] == "C-1-2026 BBCL11"


def test_ruts_without_their_digits_get_them_marked_and_never_lose_one():
    lines = [f"7{n};BBCL1{n};1234567{n}" for n in range(5)]
    filas = rows_of(*lines, header="N° Oficio;PPU;RUT")

    assert [f.datos["propietario_rut"][:-2] for f in filas] == [f"1234567{n}" for n in range(5)]
    assert all("sin su dígito" in f.advertencias["propietario_rut"] for f in filas)
    assert "sin su dígito" in case_of(filas[0]).oficio.advertencias_ingreso["rut_sin_dv"]


def test_sheets_are_read_together_under_the_headers_of_the_first():
    book = Workbook()
    first = book.active
    first.title = "Santiago"
    for row in (["N° Oficio", "PPU", "Comuna"], ["1", "BBCL12", "Macul"]):
        first.append(row)
    for name, plate in (("Sur", "BBCL13"), ("Antiguas", "BBCL14")):
        sheet = book.create_sheet(name)
        for row in (["Patente", "Color", "Nro. Oficio"], [plate, "Rojo", name]):
            sheet.append(row)
    book["Antiguas"].sheet_state = "hidden"
    book.create_sheet("Notas").append(["Sin encabezados"])
    stream = BytesIO()
    book.save(stream)
    alone = read("lista.xlsx", stream.getvalue(), Review())
    assert [other.nombre for other in alone.otras_hojas] == ["Sur", "Notas", "Antiguas"]

    review = read_oficios_review({"hoja": "*"}, Review(), alone)
    lectura = read("lista.xlsx", stream.getvalue(), review)

    rows = [(f.numero_fila, f.datos["patente"], f.datos["numero_oficio"]) for f in lectura.filas]
    assert rows == [(2, "BBCL12", "1"), (3, "BBCL13", "Sur"), (4, "BBCL14", "Antiguas")]
    assert [fila.oculta for fila in lectura.filas] == [False, False, True]
    assert lectura.filas[1].datos["color"] == "Rojo"
    assert "De la hoja «Sur» son las filas 3 a 3." in lectura.warnings
