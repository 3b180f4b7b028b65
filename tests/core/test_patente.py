import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidValue
from app.core.patente import FormatoPatente, format_patente, parse_patente

F = FormatoPatente


@pytest.mark.parametrize(
    ("written", "valor", "dv", "formato"),
    [
        ("LGCR.75-1", "LGCR75", "1", F.AUTO_2007),
        ("dzvc.82-7", "DZVC82", "7", F.AUTO_2007),
        ("cjxz64", "CJXZ64", None, F.AUTO_2007),
        ("RGTC19", "RGTC19", None, F.AUTO_2007),
        ("LG·CR·75", "LGCR75", None, F.AUTO_2007),
        ("LG-CR-75", "LGCR75", None, F.AUTO_2007),
        ("lg cr 75 - 1", "LGCR75", "1", F.AUTO_2007),
        ("LGCR75–1", "LGCR75", "1", F.AUTO_2007),
        ("LGCR751", "LGCR75", "1", F.AUTO_2007),
        ("SPRT44k", "SPRT44", "K", F.AUTO_2007),
        ("AB1234", "AB1234", None, F.AUTO_1985),
        ("AB-1234", "AB1234", None, F.AUTO_1985),
        ("AB.12.34-5", "AB1234", "5", F.AUTO_1985),
        ("AB123", "AB123", None, F.MOTO_ANTIGUA),
        ("AB123-4", "AB123", "4", F.MOTO_ANTIGUA),
        ("BBC12", "BBC12", None, F.MOTO_NUEVA),
        ("BBC012", "BBC012", None, F.MOTO_NUEVA),
        ("ABC123", "ABC123", None, F.REMOLQUE),
        ("BCDF1", "BCDF1", None, F.MOTO_2027),
        ("BCDF-1", "BCDF1", None, F.MOTO_2027),
        ("BCDF1-5", "BCDF1", "5", F.MOTO_2027),
        ("BCDFG1", "BCDFG1", None, F.AUTO_2029),
        ("BCDFG-1", "BCDFG1", None, F.AUTO_2029),
    ],
)
def test_plates_are_read_however_they_are_written(written, valor, dv, formato):
    patente = parse_patente(written)

    assert (patente.valor, patente.dv, patente.formato) == (valor, dv, formato)


@pytest.mark.parametrize(
    ("valor", "dv"),
    [("SPRT44", "K"), ("GGZL12", "1"), ("PHZF55", "K"), ("GPDD74", "8"), ("CRFX57", "7")],
)
def test_the_published_plates_have_their_published_digit(valor, dv):
    assert parse_patente(valor).dv_esperado == dv
    assert parse_patente(f"{valor}-{dv}").advertencias == ()


def test_a_wrong_digit_is_kept_and_the_expected_one_named():
    patente = parse_patente("LGCR.75-3")

    assert (patente.valor, patente.dv) == ("LGCR75", "3")
    assert "debería ser 1" in patente.advertencias[0]


def test_for_the_old_series_the_expected_digit_is_only_advice():
    # AA is 001: 1·2 digits from the right, 0011234 -> 4·2 + 3·3 + 2·4 + 1·5 + 1·6 = 36; 11 - 3 = 8.
    assert parse_patente("AA1234-8").advertencias == ()
    assert "orientativa, sería 8" in parse_patente("AA1234-1").advertencias[0]


def test_letters_that_a_new_plate_does_not_use_are_kept_and_named():
    patente = parse_patente("BANM12-3")

    assert patente.valor == "BANM12"
    assert patente.dv_esperado is None
    assert patente.advertencias == (
        "Las patentes de esta serie no usan A, M, N. Compare BANM12 con el documento.",
    )
    assert "no usan A ni E" in parse_patente("BAEC12").advertencias[0]


def test_a_series_that_was_never_given_out_has_no_expected_digit():
    patente = parse_patente("QQ1234-5")

    assert (patente.valor, patente.dv_esperado) == ("QQ1234", None)
    assert patente.advertencias == ()


def test_a_motorcycle_is_listed_padded_or_not():
    assert parse_patente("BBC12").equivalentes == ("BBC12", "BBC012")
    assert parse_patente("BBC012").equivalentes == ("BBC012", "BBC12")
    assert parse_patente("BBC12").dv_esperado == parse_patente("BBC012").dv_esperado
    assert parse_patente("LGCR75").equivalentes == ("LGCR75",)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " - ",
        "NO TIENE",
        "s/i",
        "12345",
        "ABCDEF",
        "LGCRX75",
        "LGCR755-12",
        "ÑBCD12",
        "LGCR75 y LGCR76",
        "ＢＢＣＬ12",
        "BBCL١٢",
        "=cmd|x",
        "A" * 500,
    ],
)
def test_what_is_no_plate_is_refused_with_a_sentence(written):
    with pytest.raises(InvalidValue) as refusal:
        parse_patente(written)

    assert str(refusal.value).endswith("por ejemplo BBCL12 o AB1234.")


@given(st.text(max_size=12))
def test_any_text_is_a_plate_in_capitals_or_a_refusal(text):
    try:
        valor = parse_patente(text).valor
    except InvalidValue:
        return
    assert valor.isascii()
    assert valor.isalnum()
    assert valor == valor.upper()
    assert 5 <= len(valor) <= 6


@given(st.from_regex(r"[A-Z]{2,5}[0-9]{1,4}(-[0-9K])?", fullmatch=True))
def test_what_was_read_shows_in_a_form_that_reads_back(text):
    try:
        patente = parse_patente(text)
    except InvalidValue:
        return
    assert parse_patente(format_patente(patente.valor, patente.dv)) == patente


@pytest.mark.parametrize(
    ("valor", "dv", "shown"),
    [
        ("LGCR75", "1", "LG·CR·75-1"),
        ("LGCR75", None, "LG·CR·75"),
        ("AB1234", None, "AB·12·34"),
        ("BBC12", None, "BBC·12"),
        ("BCDFG1", None, "BCD·FG·1"),
        ("sin patente", None, "sin patente"),
    ],
)
def test_a_plate_shows_in_groups(valor, dv, shown):
    assert format_patente(valor, dv) == shown


def test_every_form_has_words_for_the_screen():
    assert len({formato.label for formato in F}) == len(F)
