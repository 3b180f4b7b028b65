"""What a court granted and what it refused, in the words of resolutions."""

from __future__ import annotations

import pytest

from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.poderes import find_powers

ALL = {"fuerza_publica", "descerrajamiento", "allanamiento"}


@pytest.mark.parametrize(
    ("text", "granted", "refused"),
    [
        (
            "En cuanto al auxilio de la fuerza publica con facultades de allanamiento y "
            "descerrajamiento, no ha lugar por ahora.",
            set(),
            ALL,
        ),
        (
            "La fuerza publica con facultades de descerrajamiento se deniega.",
            set(),
            {"fuerza_publica", "descerrajamiento"},
        ),
        (
            "Procedase con auxilio de la fuerza publica, con facultades de descerrajamiento; no ha "
            "lugar a la habilitacion de dia inhabil.",
            {"fuerza_publica", "descerrajamiento"},
            {"habilitacion"},
        ),
        (
            "Con auxilio de la fuerza publica, no ha lugar a la habilitacion de dia inhabil.",
            {"fuerza_publica"},
            {"habilitacion"},
        ),
        (
            "Se concede la fuerza publica con facultad de allanamiento, sin descerrajamiento.",
            {"fuerza_publica", "allanamiento"},
            {"descerrajamiento"},
        ),
        (
            "Ha lugar, concediendose el auxilio de la fuerza publica, excepto la facultad de "
            "descerrajamiento.",
            {"fuerza_publica"},
            {"descerrajamiento"},
        ),
        (
            "Se rechaza la oposicion, manteniendose la fuerza publica con allanamiento.",
            {"fuerza_publica", "allanamiento"},
            set(),
        ),
        ("Ruego a US. conceder la fuerza publica, con facultad de allanamiento.", set(), set()),
        ("La fuerza publica se entiende concedida.", {"fuerza_publica"}, set()),
        ("Se solicitara la fuerza publica en su oportunidad.", set(), set()),
    ],
)
def test_a_refused_power_is_false_and_one_that_nobody_decides_is_absent(text, granted, refused):
    plain = text.upper()
    found = find_powers(TextoDePapel(plain, plain, plain, ()))
    assert {power for power, dato in found.items() if dato.valor == "sí"} == granted
    assert {power for power, dato in found.items() if dato.valor == "no"} == refused
