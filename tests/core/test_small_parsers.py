import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.email_address import mask_email, parse_email
from app.core.errors import InvalidValue
from app.core.money import format_pesos, parse_pesos
from app.core.phone_numbers import format_telefono, mask_telefono, parse_telefono
from app.core.rol import parse_rol_causa


@pytest.mark.parametrize(
    "written",
    [
        "+56 9 1234 5678",
        "+56912345678",
        "56912345678",
        "912345678",
        "9 1234 5678",
        "09-1234-5678",
        "0056 9 12345678",
        "(9) 1234.5678",
    ],
)
def test_a_mobile_number_is_read_however_it_is_written(written):
    assert parse_telefono(written) == "+56912345678"
    assert format_telefono(parse_telefono(written)) == "+56 9 1234 5678"


def test_fixed_numbers_show_with_their_area():
    assert format_telefono(parse_telefono("(02) 2123 4567")) == "+56 2 2123 4567"
    assert format_telefono(parse_telefono("032 212 3456")) == "+56 32 212 3456"
    assert format_telefono("anexo 12") == "anexo 12"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "12345678",
        "+54 9 11 1234 5678",
        "no tiene",
        "912345678 / 987654321",
        "112345678",
        "9123456789",
        "٩١٢٣٤٥٦٧٨",
    ],
)
def test_what_is_no_chilean_number_is_refused(written):
    with pytest.raises(InvalidValue, match="nueve dígitos"):
        parse_telefono(written)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("$1.234.567", 1234567),
        ("1234567", 1234567),
        ("$ 990", 990),
        ("2.500 pesos", 2500),
        ("$1.000,-", 1000),
        ("1.000,00", 1000),
        ("0", 0),
        (1500.0, 1500),
        (3, 3),
    ],
)
def test_amounts_are_read_in_whole_pesos(written, amount):
    assert parse_pesos(written) == amount


@pytest.mark.parametrize(
    "written",
    ["", "-5", "1,5", "12.34", "mil", "1e9", "99999999999", 1.5, float("nan"), float("inf"), -1],
)
def test_what_is_no_amount_is_refused(written):
    with pytest.raises(InvalidValue):
        parse_pesos(written)


@given(st.integers(0, 2_000_000_000))
def test_a_shown_amount_reads_back(amount):
    assert parse_pesos(format_pesos(amount)) == amount


def test_amounts_show_with_dots():
    assert format_pesos(1234567) == "$1.234.567"
    assert format_pesos(-1234) == "-$1.234"


@pytest.mark.parametrize(
    "written",
    [
        "C-3030-2017",
        "c-3030-2017",
        " C 3030-2017",
        "C-3030/2017",
        "Rol N° C-3030-2017",
        "ROL: C-3.030-2017",
        "C-03030-2017",
        "RIT C–3030–2017",
    ],
)
def test_the_number_of_a_case_is_read_however_it_is_written(written):
    assert parse_rol_causa(written) == "C-3030-2017"


@pytest.mark.parametrize(
    "written", ["", "3030-2017", "C-3030", "C-3030-17", "C-3030-3017", "C-0-2017", "x"]
)
def test_a_case_without_type_number_or_year_is_refused(written):
    with pytest.raises(InvalidValue, match="C-3030-2017"):
        parse_rol_causa(written)


def test_an_address_is_read_with_its_domain_in_small_letters():
    assert parse_email(" Maria.Perez@Estudio.CL ") == "Maria.Perez@estudio.cl"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a@b",
        "a.cl",
        "a@x.cl,b@x.cl",
        "a@x.cl; b@x.cl",
        "a@x.cl b@x.cl",
        "a@x.cl\r\nBcc: b@x.cl",
        "Ana <a@x.cl>",
        "a@@x.cl",
        "a\x00@x.cl",
        "\na@x.cl",
        '"a,b"@x.cl',
    ],
)
def test_anything_but_one_address_is_refused(written):
    with pytest.raises(InvalidValue, match=r"correo"):
        parse_email(written)


def test_a_masked_contact_hints_at_whose_it_is_and_cannot_be_used():
    assert mask_telefono("+56912345678") == "+56 9 •••• ••78"
    assert mask_telefono("+56322123456") == "+56 32 ••• ••56"
    assert mask_telefono("anexo 12") == "•••"
    assert mask_email("rosa.soto@correo.example") == "r•••@correo.example"
    assert mask_email("rosa") == mask_email("@correo.example") == "•••"
