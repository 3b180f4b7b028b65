import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidValue
from app.core.rut import format_rut, mask_rut, mask_ruts, parse_rut


def check_digit_by_hand(number: int) -> str:
    total = sum(
        int(d) * w for d, w in zip(reversed(str(number)), (2, 3, 4, 5, 6, 7) * 2, strict=False)
    )
    return {11: "0", 10: "K"}.get(11 - total % 11, str(11 - total % 11))


@pytest.mark.parametrize(
    "written",
    [
        "12.345.678-5",
        "12345678-5",
        "123456785",
        "012.345.678-5",
        " 12 345 678 - 5 ",
        "12,345,678-5",
        "12.345.678–5",
        "RUT: 12.345.678-5",
        "12.345.678/5",
    ],
)
def test_a_rut_is_read_with_and_without_dots_and_dash(written):
    rut = parse_rut(written)

    assert rut.valor == "12345678-5"
    assert rut.valido
    assert rut.advertencias == ()


def test_a_k_may_be_small():
    assert parse_rut("9059205k").valor == "9059205-K"
    assert parse_rut("9059205k").valido


def test_a_wrong_digit_is_kept_and_the_expected_one_named():
    rut = parse_rut("12.345.678-9")

    assert rut.valor == "12345678-9"
    assert not rut.valido
    assert rut.dv_esperado == "5"
    assert rut.advertencias == (
        "El dígito verificador del RUT 12.345.678-9 no cuadra: debería ser 5. "
        "Revíselo en el documento.",
    )


@pytest.mark.parametrize(
    "written",
    [
        "",
        "-",
        "no tiene",
        "1-9",
        "12.345.678-X",
        "123.456.789-0",
        "12.345.678-55",
        "١٢٣٤٥٦٧٨٥",
        "0000000-0",
        "12345",
    ],
)
def test_what_is_no_rut_is_refused_with_a_sentence(written):
    with pytest.raises(InvalidValue, match=r"por ejemplo 76\.123\.456-0\.$"):
        parse_rut(written)


@given(st.integers(100_000, 99_999_999))
def test_every_rut_with_its_digit_is_valid_and_shows_as_it_reads(number):
    valor = f"{number}-{check_digit_by_hand(number)}"

    assert parse_rut(valor).valido
    assert parse_rut(format_rut(valor)).valor == valor
    assert parse_rut(valor.replace("-", "")).valor == valor


def test_a_rut_shows_with_dots_or_masked():
    assert format_rut("76123456-0") == "76.123.456-0"
    assert format_rut("cualquier cosa") == "cualquier cosa"
    assert mask_rut("76123456-0") == "76.•••.•••-•"
    assert mask_rut("x") == "•••"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Persona con RUT 76.123.456-0 (aval)", "Persona con RUT 76.•••.•••-• (aval)"),
        ("12345678-k y 1.234.567-8.", "12.•••.•••-• y 1.•••.•••-•."),
        ("C-18342-2025 y OF-2026-00168", "C-18342-2025 y OF-2026-00168"),
        ("vence el 24-11-2026", "vence el 24-11-2026"),
        ("folio 123456789-1", "folio 123456789-1"),
    ],
)
def test_the_ruts_in_a_sentence_are_masked_and_nothing_else(text, masked):
    assert mask_ruts(text) == masked
