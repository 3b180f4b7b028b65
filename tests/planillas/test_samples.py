"""The two samples, with what must become of each row, worked out on paper.

Read by eye, row by row, before any of this was run; the check digits of all 59 RUTs and of the 13
plates that carry one were reckoned apart with modulo 11. Of 60 rows:

XLSX CSV  number          what is special
 14   12  OF-2026-00710   the first of two with this number: is created
 16   14  OF-2026-00712   ERROR: the plate is empty
 24   22  OF-2026-00710   ERROR: the number of row 14 (12) with other data (it should be 00720)
 29   27  OF-2026-00725   ERROR: the plate says «NO TIENE»
 37   35  OF-2026-00733   WARNING: RUT 12.345.678-9, whose digit should be 5
 41   39  OF-2026-00737   WARNING: entered on 31/02/2026, which no calendar has
 44   42  OF-2026-00740   the first of two equal rows: is created
 45   43  OF-2026-00740   EXISTS: equal to row 44 (42)
 56   54  (empty)         WARNING: no number, so it is named by its rol and plate

Nothing else is wrong: every plate has four letters of the new series and two digits, the 13 written
check digits add up, every comuna exists once accents and capitals are forgiven (MAIPU, NUNOA,
TILTIL, ALHUE, LA GRANJA; San Pedro is one of Melipilla), every court is in the list, every limit is
45 days after the entry. So 3 errors, 1 that exists, 3 warnings, and 60 - 7 = 53 that are created.
The XLSX has a title in row 1, the header in row 3 and «Total | 60» in row 65, which is no order.
"""

from datetime import date
from pathlib import Path

import pytest

from app.planillas.rules.oficio_outcomes import Resultado, classify_oficios
from app.planillas.rules.rows import count_outcomes
from tests.planillas.listados import read_list

DATA = Path(__file__).parents[1] / "data"
HOY = date(2026, 11, 24)
#: Rows of the CSV are two higher: it has no title above its header.
SHIFT = {"oficios_buffet.xlsx": 0, "oficios_buffet.csv": 2}
SAMPLES = list(SHIFT)


def read(name, **options):
    return read_list((DATA / name).read_bytes(), name, today=HOY, **options)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_outcome_has_the_count_worked_out_by_eye(name):
    filas = classify_oficios(read(name).filas, set())

    assert len(filas) == 60
    assert count_outcomes(filas, Resultado) == {
        Resultado.CREA: 53,
        Resultado.EXISTE: 1,
        Resultado.ADVERTENCIA: 3,
        Resultado.ERROR: 3,
        Resultado.OCULTA: 0,
        Resultado.UNIDA: 0,
        Resultado.SALTADA: 0,
        Resultado.DESHECHA: 0,
        Resultado.ACTUALIZA: 0,
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_each_special_row_is_the_one_seen_by_eye(name):
    filas = {
        fila.numero_fila + SHIFT[name]: fila for fila in classify_oficios(read(name).filas, set())
    }
    special = {number: f for number, f in filas.items() if f.resultado is not Resultado.CREA}

    assert sorted(special) == [16, 24, 29, 37, 41, 45, 56]
    assert list(special[16].errores) == ["patente"]
    assert f"fila {14 - SHIFT[name]} con otros datos" in special[24].errores["numero_oficio"]
    assert "«NO TIENE» no es una patente" in special[29].errores["patente"]
    assert "debería ser 5" in special[37].advertencias["propietario_rut"]
    assert special[37].datos["propietario_rut"] == "12345678-9"
    assert special[41].advertencias["fecha_ingreso"].startswith("La fecha 31/02/2026 no existe.")
    assert f"la fila {44 - SHIFT[name]}" in special[45].motivo
    assert special[56].datos["numero_oficio"] == "C-26969-2024 BPYD36"
    assert "no trae número de oficio" in special[56].advertencias["numero_oficio"]
    assert all(len(fila.errores) <= 1 for fila in filas.values())


def test_both_samples_say_the_same():
    xlsx = [fila.datos for fila in read("oficios_buffet.xlsx").filas]
    csv = [fila.datos for fila in read("oficios_buffet.csv").filas]

    assert xlsx == csv


def test_a_row_reads_as_it_stands_in_the_file():
    fila = read("oficios_buffet.xlsx").filas[1]

    assert fila.numero_fila == 5
    assert fila.valores["patente"] == "DZVC.82-7"
    assert fila.datos == {
        "numero_oficio": "OF-2026-00701",
        "rol": "C-19203-2024",
        "tribunal": "19º Juzgado Civil de Santiago",
        "caratulado": "BANCO DEL PACÍFICO/MORALES",
        "patente": "DZVC82",
        "patente_dv": "7",
        "marca": "Chevrolet",
        "modelo": "Sail",
        "anio": 2018,
        "color": "Blanco",
        "propietario_rut": "8077052-9",
        "propietario_nombre": "Matías Muñoz Sepúlveda",
        "direccion": "Pasaje Las Lilas 4754",
        "comuna": "Calera de Tango",
        "region": "Metropolitana de Santiago",
        "fecha_ingreso": date(2026, 11, 10),
        "fecha_limite": date(2026, 12, 25),
    }


def test_accents_come_back_to_comunas_without_them():
    comunas = {fila.datos["comuna"] for fila in read("oficios_buffet.csv").filas}

    assert {"Maipú", "Ñuñoa", "Tiltil", "Alhué", "La Granja", "San Pedro"} <= comunas


def test_the_title_and_the_total_are_no_orders():
    lectura = read("oficios_buffet.xlsx")

    assert (lectura.tipo, lectura.hoja, lectura.fila_encabezado) == ("xlsx", "Oficios noviembre", 3)
    assert lectura.warnings == ("La fila 65 («Total 60») es un total y no se importa.",)
    assert len(lectura.mapeo) == len(lectura.columnas) == 15


@pytest.mark.parametrize("name", SAMPLES)
def test_corrected_rows_go_in(name):
    shift = SHIFT[name]
    filas = classify_oficios(
        read(
            name,
            correcciones={
                (16 - shift, "patente"): "BBCL12",
                (24 - shift, "numero_oficio"): "OF-2026-00720",
                (29 - shift, "patente"): "sin",
                (37 - shift, "propietario_rut"): "12.345.678-5",
                (41 - shift, "fecha_ingreso"): "28/02/2026",
                (56 - shift, "numero_oficio"): "OF-2026-00752",
            },
        ).filas,
        set(),
    )

    assert count_outcomes(filas, Resultado) == {
        Resultado.CREA: 58,
        Resultado.EXISTE: 1,
        Resultado.ADVERTENCIA: 0,
        Resultado.ERROR: 1,
        Resultado.OCULTA: 0,
        Resultado.UNIDA: 0,
        Resultado.SALTADA: 0,
        Resultado.DESHECHA: 0,
        Resultado.ACTUALIZA: 0,
    }
    unreadable = next(f for f in filas if f.resultado is Resultado.ERROR)
    assert unreadable.texto("patente") == "sin"
    assert unreadable.valores["patente"] == "NO TIENE"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_list_again_creates_nothing_and_repeats_its_errors(name):
    filas = classify_oficios(read(name).filas, set())
    made = {
        (f.datos["numero_oficio"], f.datos["patente"]) for f in filas if f.resultado.is_imported
    }

    again = count_outcomes(classify_oficios(read(name).filas, made), Resultado)

    assert len(made) == 56
    assert again == {
        Resultado.CREA: 0,
        Resultado.EXISTE: 57,
        Resultado.ADVERTENCIA: 0,
        Resultado.ERROR: 3,
        Resultado.OCULTA: 0,
        Resultado.UNIDA: 0,
        Resultado.SALTADA: 0,
        Resultado.DESHECHA: 0,
        Resultado.ACTUALIZA: 0,
    }
