"""How a person is recognised in what people and programs wrote."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest

from app.core.errors import InvalidValue
from app.titulares.rules.identidad import Clave, Identificador, read_buscado

RUT = Identificador(Clave.RUT, "5126663-3")
LONG_RUT = Identificador(Clave.RUT, "12345678-5")
NAME = Identificador(Clave.NOMBRE, "José Núñez Peña")
PLATE = Identificador(Clave.PATENTE, "BBCL12")
MOTO = Identificador(Clave.PATENTE, "AB123")
MOBILE = Identificador(Clave.TELEFONO, "+56912345678")
FIXED = Identificador(Clave.TELEFONO, "+56322123456")
MAIL = Identificador(Clave.CORREO, "j.nunez_p@correo.example")


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (RUT, "5126663-3"),
        (RUT, "don José, RUT 5.126.663-3."),
        (RUT, "rut 05.126.663-3"),
        (RUT, "5 126 663 - 3"),
        (RUT, "51266633 sin guion"),
        (RUT, "5126663-4, mal escrito"),
        (LONG_RUT, "12.345.678"),
        (NAME, "NUÑEZ PEÑA, JOSE"),
        (NAME, "habló con jose nunez pena ayer"),
        (NAME, "Jose\u0301 Nu\u0301n\u0303ez Pen\u0303a"),
        (PLATE, "vio el bbcl12 en la calle"),
        (PLATE, "BB·CL·12 y BBCL.12-K"),
        (PLATE, "BBCL-12"),
        (MOTO, "AB-123"),
        (MOBILE, "+56 9 1234 5678"),
        (MOBILE, "llamar al 912345678"),
        (MOBILE, "56912345678"),
        (MOBILE, "(9) 1234-5678"),
        (MOBILE, "9 12 34 56 78"),
        (FIXED, "32 212 3456"),
        (FIXED, "+56 32 2123456"),
        (MAIL, "escribe a J.NUNEZ_P@correo.example."),
    ],
)
def test_is_found_however_it_is_written(what, text):
    assert what.is_in(text)
    written = unicodedata.normalize("NFC", text)
    assert any(all(fits(written, like) for like in together) for together in what.patterns()), (
        "the database would have left it out"
    )


def fits(text: str, pattern: str) -> bool:
    """Whether a database calls a text like a pattern."""
    query = r"SELECT ? LIKE ? ESCAPE '\'"
    return bool(sqlite3.connect(":memory:").execute(query, (text, pattern)).fetchone()[0])


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (RUT, "15126663-3"),
        (RUT, "51266634"),
        (RUT, "5.126.663.400 pesos"),
        (NAME, "José Núñez"),
        (NAME, "Josefina Núñez Peña"),
        (PLATE, "XBBCL12"),
        (PLATE, "BBCL123"),
        (MOBILE, "9123456789"),
        (MOBILE, "8912345678"),
        (MAIL, "xj.nunez_p@correo.example"),
        (MAIL, "j.nunez_p@correo.example.org"),
    ],
)
def test_is_not_taken_for_somebody_else(what, text):
    assert not what.is_in(text)


def test_a_search_for_nobody_or_for_one_word_is_refused():
    with pytest.raises(InvalidValue, match="al menos un dato"):
        read_buscado(rut="  ")
    with pytest.raises(InvalidValue, match="nombre y apellido"):
        read_buscado(nombre="Pérez")
    assert read_buscado(rut="12.345.678-5", telefono="9 1234 5678").claves == ["rut", "telefono"]
