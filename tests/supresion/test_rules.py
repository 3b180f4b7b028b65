"""What is cut from a text, and what stays."""

from __future__ import annotations

import pytest

from app.supresion.rules import cut_text, cut_value
from app.supresion.rules.huellas import candidates, fingerprint
from app.supresion.rules.menciones import partly
from app.titulares.rules.identidad import Clave, Identificador, read_buscado

PERSON = read_buscado(
    rut="5.126.663-3",
    nombre="José Núñez Peña",
    patente="BBCL12",
    telefono="+56912345678",
    correo="jnunez@correo.example",
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Su RUT es 5.126.663-3.", "Su RUT es [borrado]."),
        ("RUT 5126663-3, ayer", "RUT [borrado], ayer"),
        ("15.126.663-3 es de otro", "15.126.663-3 es de otro"),
        ("Vive ahí NUÑEZ PEÑA, jose (69)", "Vive ahí [borrado] (69)"),
        ("José Soto vive ahí", "José Soto vive ahí"),
        ("Llamar al 9 1234 5678 hoy", "Llamar al [borrado] hoy"),
        ("a JNUNEZ@correo.example, luego", "a [borrado], luego"),
        ("el bb.cl-12 azul", "el [borrado] azul"),
        ("el BBCL123 azul", "el BBCL123 azul"),
        ("Jose\u0301 Nu\u0301n\u0303ez Pen\u0303a", "[borrado]"),
    ],
)
def test_only_the_person_is_cut(text, left):
    assert cut_text(text, PERSON) == left


def test_structures_keep_their_shape():
    value = {"a": ["5126663-3", 7, None, True], "jnunez@correo.example": {"b": 912345678}}
    assert cut_value(value, PERSON) == {
        "a": ["[borrado]", 7, None, True],
        "[borrado]": {"b": "[borrado]"},
    }


@pytest.mark.parametrize("text", ["Peña Núñez José", "5.126.663-3", "912345678", "BB-CL-12"])
def test_a_fingerprint_recognises_what_was_erased_and_nothing_without_the_secret(text):
    wanted = {fingerprint(each, "secret") for each in PERSON.identificadores}
    found = list(candidates(text, {3}))

    assert wanted & {fingerprint(each, "secret") for each in found}
    assert not wanted & {fingerprint(each, "another") for each in found}
    other = Identificador(Clave.NOMBRE, "Otra Persona")
    assert fingerprint(other, "secret") not in wanted


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"nombre": "José Núñez Peña"}, ["nunez", "pena"]),
        ({"nombre": "José Luis Núñez de la Peña"}, ["nunez", "pena"]),
        ({"nombre": "NÚÑEZ PEÑA, José Luis"}, ["nunez", "pena"]),
        ({"nombre": "Ana Li"}, []),
        ({"patente": "BBCL12"}, ["bbcl"]),
        ({"patente": "AB1234"}, ["1234"]),
        ({"rut": "5.126.663-3"}, []),
    ],
)
def test_a_probable_mention_is_one_surname_or_a_part_of_a_plate(known, words):
    assert [each.valor for each in partly(read_buscado(**known)).identificadores] == words
