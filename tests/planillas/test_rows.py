from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidValue
from app.planillas.rules.oficio_fields import ETIQUETAS, LAYOUT
from app.planillas.rules.oficio_outcomes import (
    FilaOficio,
    Resultado,
    classify_oficios,
    number_key,
)
from app.planillas.rules.oficio_rows import read_row
from app.planillas.rules.rows import count_outcomes
from app.planillas.rules.sheets import tell_headers
from tests.planillas.listados import read_list

HOY = date(2026, 11, 24)


def fila(number=2, corregidos=None, **valores):
    return read_row(
        number,
        {"numero_oficio": "OF-1", "patente": "BBCL12", **valores},
        today=HOY,
        corregidos=corregidos,
    )


def outcome(*filas, existentes=()):
    return [f.resultado.value for f in classify_oficios(filas, existentes)]


@pytest.mark.parametrize(
    ("headers", "guess"),
    [
        (["Nº", "RIT", "Juzgado", "PPU"], ["numero_oficio", "rol", "tribunal", "patente"]),
        (["NRO. OFICIO", "Color", "Rol"], ["numero_oficio", "color", "rol"]),
        (["Número de Oficio", "Placa Patente Única"], ["numero_oficio", "patente"]),
        (["Oficio", "Fecha", "Vencimiento"], ["numero_oficio", "fecha_ingreso", "fecha_limite"]),
        (["RUT Deudor", "RUT Abogado"], ["propietario_rut", None]),
        (
            ["Fono", "E-Mail", "Obs.", "N° Chasis"],
            ["propietario_telefono", "propietario_email", "notas", "vin"],
        ),
        (["Fecha Ingresso", "Caratulada", "Pattente"], ["fecha_ingreso", "caratulado", "patente"]),
        (
            ["Fecha Oficio", "Fecha", "Fecha límite"],
            ["fecha_oficio", "fecha_ingreso", "fecha_limite"],
        ),
        (["Fecha del oficio", "Fecha de nacimiento"], ["fecha_oficio", None]),
        (["Abogado", "Monto", "", "2015"], [None, None, None, None]),
    ],
)
def test_columns_are_told_from_their_headers(headers, guess):
    found = LAYOUT.guess(headers)

    assert [found.get(index) for index in range(len(headers))] == guess


@pytest.mark.parametrize("campo", ETIQUETAS)
def test_every_field_is_found_under_its_own_name_on_screen(campo):
    assert LAYOUT.guess([ETIQUETAS[campo]]) == {0: campo}


def test_a_row_that_adds_up_is_created():
    assert outcome(fila()) == ["crea"]


@pytest.mark.parametrize(
    ("campo", "text", "sentence"),
    [
        ("patente", " ", "Falta la patente"),
        ("patente", "por confirmar", "no es una patente"),
        ("patente", "=1+1", "parece una fórmula"),
    ],
)
def test_what_makes_an_order_keeps_the_row_out_where_it_cannot_be_read(campo, text, sentence):
    read = fila(**{campo: text})

    assert list(read.errores) == [campo]
    assert sentence in read.errores[campo]
    assert campo not in read.datos
    assert outcome(read) == ["error"]


@pytest.mark.parametrize(
    ("campo", "text", "sentence"),
    [
        ("rol", "3030-2017", "no es un rol"),
        ("anio", "15", "no es un año"),
        ("vin", "¿?", "no es un VIN"),
        ("propietario_rut", "pendiente", "no es un RUT"),
        ("propietario_email", "ana@x.cl, eva", "una sola dirección"),
        ("propietario_telefono", "123", "no es un teléfono"),
        ("fecha_ingreso", "31/02/2026", "no existe"),
        ("fecha_limite", "pronto", "no es una fecha"),
        ("prioridad", "urgentísima", "no es una prioridad"),
        ("marca", "x" * 61, "más de 60"),
        ("notas", "x" * 5_001, "más de 5000"),
        ("color", "#REF!", "error de planilla"),
        ("modelo", "#¿NOMBRE?", "error de planilla"),
        ("caratulado", "=cmd|'/c calc'!A0", "parece una fórmula"),
        ("propietario_nombre", "@SUM(A1:A9)", "parece una fórmula"),
        ("notas", '\t=HYPERLINK("http://x")', "parece una fórmula"),
    ],
)
def test_what_any_other_field_cannot_take_is_kept_as_a_warning(campo, text, sentence):
    read = fila(**{campo: text})

    assert read.errores == {}
    assert list(read.advertencias) == [campo]
    assert sentence in read.advertencias[campo]
    assert text.strip()[:500] in read.advertencias[campo]
    assert campo not in read.datos
    assert outcome(read) == ["advertencia"]


@pytest.mark.parametrize(
    ("campo", "text", "value", "sentence"),
    [
        ("propietario_rut", "12.345.678-9", "12345678-9", "debería ser 5"),
        ("patente", "LGCR.75-3", "LGCR75", "debería ser 1"),
        ("patente", "BANM12", "BANM12", "no usan"),
        ("comuna", "Huechurava", "Huechurava", "¿Será «Huechuraba»?"),
        ("comuna", "Springfield", "Springfield", "Revise el nombre"),
        ("tribunal", "19º Juzgado Civl de Santiago", "19º Juzgado Civl de Santiago", "¿Será «19º"),
        ("tribunal", "Corte Suprema", "Corte Suprema", "no está en la lista"),
        ("anio", "1850", 1850, "no es creíble"),
        ("anio", "2031", 2031, "no es creíble"),
        ("vin", "8AP 1234", "8AP1234", "tienen 17"),
        ("vin", "8APO2345678901234", "8APO2345678901234", "I, O ni Q"),
        ("region", "Marte", "Marte", "no existe"),
    ],
)
def test_what_only_does_not_add_up_is_kept_and_flagged(campo, text, value, sentence):
    read = fila(**{campo: text})

    assert read.errores == {}
    assert list(read.advertencias) == [campo]
    assert sentence in read.advertencias[campo]
    assert read.datos[campo] == value
    assert outcome(read) == ["advertencia"]


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        ("Sí", True),
        ("x", True),
        ("Concedida", True),
        ("con facultades", True),
        ("No", False),
        ("NO HA LUGAR", False),
        ("sin fuerza pública", False),
        ("denegado", False),
    ],
)
def test_a_power_is_granted_or_refused_in_the_words_of_lists(text, granted):
    assert fila(fuerza_publica=text).datos["fuerza_publica"] is granted


def test_a_power_that_is_neither_is_kept_as_a_warning():
    read = fila(descerrajamiento="pendiente de resolver")

    assert "descerrajamiento" not in read.datos
    assert "pendiente de resolver" in read.advertencias["descerrajamiento"]


def test_a_limit_before_the_entry_is_flagged():
    read = fila(fecha_ingreso="24-10-2026", fecha_limite="08-10-2026")

    assert "anterior a la de ingreso (24-10-2026)" in read.advertencias["fecha_limite"]


def test_an_order_that_came_in_before_it_was_written_is_flagged():
    read = fila(fecha_oficio="24-10-2026", fecha_ingreso="08-10-2026", fecha_limite="20-10-2026")

    assert read.datos["fecha_oficio"] == date(2026, 10, 24)
    assert "posterior a la de ingreso (08-10-2026)" in read.advertencias["fecha_oficio"]
    assert "anterior a la del oficio (24-10-2026)" in read.advertencias["fecha_limite"]


def test_a_region_that_is_not_the_comunas_is_flagged_and_the_comunas_kept():
    read = fila(comuna="Viña del Mar", region="RM")

    assert read.datos["region"] == "Valparaíso"
    assert "no de Metropolitana de Santiago" in read.advertencias["region"]
    assert fila(comuna="Viña del Mar", region="V. Alemana").datos["region"] == "Valparaíso"
    assert fila(comuna="Maipu", region="Metropolitana").advertencias == {}


def test_every_field_is_read_into_its_own_kind_of_value():
    read = fila(
        comuna="NUNOA",
        prioridad="Normal",
        propietario_telefono="+56 9 1234 5678",
        propietario_email="Ana@X.cl",
        vin="8AP12345678901234",
        notas="uno\ndos",
        color="S/I",
        direccion="- Los Leones 12 (depto. 4)",
        anio="2015",
        region="",
    )

    assert read.errores == read.advertencias == {}
    assert read.datos == {
        "numero_oficio": "OF-1",
        "patente": "BBCL12",
        "comuna": "Ñuñoa",
        "region": "Metropolitana de Santiago",
        "prioridad": "media",
        "propietario_telefono": "+56912345678",
        "propietario_email": "Ana@x.cl",
        "vin": "8AP12345678901234",
        "notas": "uno\ndos",
        "anio": 2015,
        "direccion": "- Los Leones 12 (depto. 4)",
    }


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(ETIQUETAS, st.text(max_size=30))))
def test_any_row_is_read_without_an_accident(valores):
    read = read_row(7, valores, today=HOY)

    assert not set(read.errores) & set(read.datos)
    assert all(
        s.endswith((".", "?")) for s in (*read.errores.values(), *read.advertencias.values())
    )


def test_the_same_row_twice_makes_one_oficio():
    filas = classify_oficios([fila(2, color="Rojo"), fila(3, color="ROJO")], ())

    assert [f.resultado for f in filas] == [Resultado.CREA, Resultado.EXISTE]
    assert filas[1].motivo == "Repite la fila 2: el oficio se crea una sola vez."


def test_a_repeated_row_stays_repeated_when_its_twin_is_corrected():
    twin = fila(2, corregidos={"color": "Azul"}, color="Rojo")

    assert outcome(twin, fila(3, color="Rojo")) == ["crea", "existe"]


def test_one_number_for_two_cases_is_an_error_that_names_the_other_row():
    filas = classify_oficios([fila(2), fila(3, color="Rojo"), fila(4, color="Azul")], ())

    assert [f.resultado.value for f in filas] == ["crea", "error", "error"]
    assert "ya está en la fila 2 con otros datos" in filas[2].errores["numero_oficio"]


def test_a_number_of_the_database_exists_however_it_is_spelled():
    known = {("OF-1", "BBCL12")}
    assert outcome(fila(numero_oficio=" of-1 "), existentes=known) == ["existe"]
    assert outcome(fila(patente="x"), existentes=known) == ["existe"]
    assert outcome(fila(), existentes={("OF-2", "BBCL12")}) == ["crea"]
    assert number_key("ÓF 2026 - 1") == "of2026-1"


def test_another_vehicle_of_an_order_that_is_here_is_linked_and_flagged():
    [linked] = classify_oficios([fila()], {("OF-1", "LGCR75")})

    assert linked.resultado is Resultado.ADVERTENCIA
    assert "otra patente: los casos quedan enlazados" in linked.advertencias["numero_oficio"]


@pytest.mark.parametrize("text", ["", "-", "S/N"])
def test_without_a_number_a_row_is_named_by_its_rol_and_plate(text):
    rows = [
        fila(2, numero_oficio=text, rol="C-1-2026"),
        fila(3, numero_oficio=text, patente="LGCR75"),
    ]

    assert [row.datos["numero_oficio"] for row in rows] == ["C-1-2026 BBCL12", "S/N LGCR75"]
    assert outcome(*rows) == ["advertencia", "advertencia"]


def test_a_deadline_that_has_passed_is_told_and_years_far_off_are_flagged():
    assert "ya pasó" in fila(fecha_limite="23-11-2026").reparos["fecha_limite"]
    assert "está lejos" in fila(fecha_limite="23-11-2075").advertencias["fecha_limite"]
    assert "todavía no llega" in fila(fecha_ingreso="23-12-2026").advertencias["fecha_ingreso"]


def test_rows_that_were_not_classified_are_not_counted():
    assert count_outcomes([FilaOficio(2, {})], Resultado) == dict.fromkeys(Resultado, 0)


def test_every_outcome_has_words_and_only_two_make_an_oficio():
    assert len({r.label for r in Resultado}) == len(Resultado) == 9
    assert [r for r in Resultado if r.is_imported] == [Resultado.CREA, Resultado.ADVERTENCIA]


LIST = b"Oficio;Placa;Otra\nOF-1;BBCL12;LGCR75\nOficio;Placa;Otra\n;;\nSubtotal;1;\n"


def test_a_mapping_replaces_the_guess():
    lectura = read_list(LIST, "a.csv", today=HOY, mapeo={0: "numero_oficio", 2: "patente"})

    assert lectura.filas[0].datos["patente"] == "LGCR75"
    assert [c.campo for c in lectura.columnas] == ["numero_oficio", None, "patente"]


def test_a_mapping_makes_a_list_readable_whose_headers_say_nothing():
    lectura = read_list(
        b"A;B\nOF-1;BBCL12\n", "a.csv", today=HOY, mapeo={0: "numero_oficio", 1: "patente"}
    )

    assert lectura.filas[0].datos == {"numero_oficio": "OF-1", "patente": "BBCL12"}


def test_a_header_that_comes_again_and_a_subtotal_are_no_orders():
    lectura = read_list(LIST, "a.csv", today=HOY)

    assert [f.numero_fila for f in lectura.filas] == [2]
    assert lectura.warnings == (
        "La fila 5 («Subtotal 1») es un total y no se importa.",
        "La fila 3 trae otra vez los encabezados y no se importa.",
    )


def test_each_header_between_the_rows_is_counted_and_named():
    """Those of a new page, and those of a further table under the first."""
    pages = LIST + b"Oficio;Placa;Otra\nOF-2;BBCL13;x\nOficio;Placa;Otra\nOF-3;BBCL14;x\n"
    lectura = read_list(pages, "a.csv", today=HOY)
    assert [f.numero_fila for f in lectura.filas] == [2, 7, 9]
    assert (
        "3 filas traen otra vez los encabezados y no se importan: las 3, 6 y 8." in lectura.warnings
    )

    tables = (
        b"Oficio;Placa;Marca\nOF-1;BBCL12;Kia\n"
        b"Placa;Marca;Oficio\nBBCL13;Fiat;OF-2\n"
        b"N Oficio;Patente;Marca\nOF-3;BBCL14;Seat\n"
    )
    lectura = read_list(tables, "a.csv", today=HOY)
    assert [f.datos["marca"] for f in lectura.filas] == ["Kia", "Fiat", "Seat"]
    assert lectura.warnings == (
        "2 filas traen otra vez los encabezados y no se importan: las 3 y 5.",
    )
    assert tell_headers(range(2, 64), "Mayo").endswith(", 60, 61 y 2 más.")


@pytest.mark.parametrize(
    ("mapeo", "sentence"),
    [
        ({0: "numero_oficio", 1: "clave"}, "El campo «clave» no existe"),
        ({0: "patente", 1: "patente", 2: "numero_oficio"}, "en más de una columna"),
        ({0: "numero_oficio"}, "Elija qué columna tiene el campo «Patente»"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(mapeo, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        read_list(LIST, "a.csv", today=HOY, mapeo=mapeo)


def test_a_column_that_was_mapped_but_is_not_there_reads_as_empty():
    lectura = read_list(
        LIST, "a.csv", today=HOY, mapeo={0: "numero_oficio", 1: "patente", 50: "color"}
    )

    assert {"numero_oficio", "patente"} <= set(lectura.filas[0].datos)
    assert "color" not in lectura.filas[0].datos


def test_a_correction_may_fill_a_field_that_the_list_lacks():
    lectura = read_list(LIST, "a.csv", today=HOY, correcciones={(2, "color"): "Rojo"})

    assert lectura.filas[0].datos["color"] == "Rojo"


def test_a_row_of_blanks_that_look_like_text_is_no_order():
    lectura = read_list(b"Oficio;Placa\n\xc2\xad;\xe2\x80\x8b\nOF-1;BBCL12\n", "a.csv", today=HOY)

    assert [f.numero_fila for f in lectura.filas] == [3]
