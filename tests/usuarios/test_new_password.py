"""Which passwords may be chosen, and what is said of the others."""

from __future__ import annotations

import pytest

from app.usuarios.rules.new_password import WeakPassword, check_new_password
from tests.factories import PASSWORD

PERSON = (
    "julia.pacheco@estudioaraya.example",
    "Julia Pacheco Núñez",
    "+56 9 8123 4567",
    "Sabuesos",
)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("corta1234", "entre 10 y 200"),
        ("x" * 201, "entre 10 y 200"),
        ("aaaaaaaaaaaa", "serie"),
        ("abababababab", "serie"),
        ("12345678901", "serie"),
        ("zyxwvutsrqpo", "serie"),
        ("basketball", "más usadas"),
        ("BasketBall", "más usadas"),
        ("basketball1!", "más usadas"),
        ("2026.Football", "más usadas"),
        ("b4sk3tb4ll", "más usadas"),
        ("1qaz2wsx3edc4rfv", "más usadas"),
        ("lamborghini", "más usadas"),
        ("Environment2026", "más usadas"),
        ("footballfootball", "más usadas"),
        ("mi amiga Julia canta", "datos suyos"),
        ("PACHECO-en-el-cerro", "datos suyos"),
        ("p4checo en el cerro", "datos suyos"),
        ("la casa de los nuñez", "datos suyos"),
        ("llame al 81234567 hoy", "datos suyos"),
        ("sabuesos del puerto", "datos suyos"),
        ("Rastro-del-puerto-9", "datos suyos"),
    ],
)
def test_a_password_that_others_try_first_is_refused_with_its_reason(password, why):
    with pytest.raises(WeakPassword, match=why) as refused:
        check_new_password(password, about=PERSON)

    assert password not in str(refused.value)


@pytest.mark.parametrize(
    "password",
    [
        "once mate marea cordillera",
        "Tr3n-a-Chillán-de-noche",
        "contando ovejas azules",
        "ñandú y cóndor, en ese orden",
        "🦙🌋 la llama y el volcán",
        "j9#Kq2!vLx",
        "x" * 60 + "caballo verde 7",
    ],
)
def test_phrases_and_random_words_may_be_chosen_without_rules_of_composition(password):
    check_new_password(password, about=PERSON)


def test_page_and_command_refuse_the_same(app, investigador):
    weak = "basketball1!"
    data = {"current": PASSWORD, "password": weak, "repeated": weak}

    by_page = investigador.post("/cuenta", data=data)
    by_command = app.test_cli_runner().invoke(
        args=["usuarios", "crear-admin", "n@oficina.example", "Nora", "--password", weak]
    )

    assert (by_page.status_code, by_command.exit_code) == (422, 1)
    assert "de las más usadas" in by_page.get_data(as_text=True)
    assert "de las más usadas" in by_command.output
