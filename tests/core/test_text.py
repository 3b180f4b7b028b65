import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import clean_text, escape_formula, fold, looks_like_formula, safe_filename


def test_folding_forgets_case_accents_and_spaces():
    assert fold("  ÑUÑOA\t Núñez ") == "nunoa nunez"
    assert fold("Camión") == fold("CAMION")


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.booleans())
def test_clean_text_is_stable_and_holds_nothing_that_a_database_refuses(text, multiline):
    clean = clean_text(text, multiline=multiline)

    assert clean_text(clean, multiline=multiline) == clean
    assert "\x00" not in clean
    clean.encode("utf-8")


def test_clean_text_drops_what_turns_the_reading_direction():
    assert clean_text("factura\u202efdp.exe\x00") == "facturafdp.exe"


def test_notes_keep_their_paragraphs_and_fields_do_not():
    assert clean_text("uno\r\n\r\n\r\n\r\ndos", multiline=True) == "uno\n\ndos"
    assert clean_text("uno\r\nBcc: x") == "uno Bcc: x"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("foto.jpg", "foto.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\autos\\Ñandú 1.JPG", "Nandu 1.JPG"),
        ('a"\r\nBcc: x@y.cl.pdf', "a- Bcc- x-y.cl.pdf"),
        ("", "archivo"),
        ("...", "archivo"),
        ("con.txt", "archivo-con.txt"),
        ("<script>", "script"),
    ],
)
def test_a_file_name_is_fit_for_disk_and_header(name, safe):
    assert safe_filename(name) == safe


@given(st.text())
def test_any_file_name_comes_out_short_and_plain(name):
    safe = safe_filename(name)

    assert 0 < len(safe) <= 100
    assert safe.isascii()
    assert not set(safe) & set('/\\"\r\n<>:;')
    assert not safe.startswith(".")


def test_a_long_file_name_keeps_its_extension():
    assert safe_filename("a" * 300 + ".jpeg").endswith("a.jpeg")


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|'/c calc'!A0",
        "=1+1",
        "@SUM(A1)",
        "+SUM(A1:A9)",
        "-2+3+cmd|'/c calc'!A0",
        '\t=HYPERLINK("x")',
        " =A1",
        "＝1+1",
        "+Hoja1!A1",
    ],
)
def test_what_a_spreadsheet_would_compute_looks_like_a_formula(text):
    assert looks_like_formula(text)


@pytest.mark.parametrize(
    "text",
    [
        "+56 9 1234 5678",
        "+56 (2) 2123-4567",
        "-",
        "- sin numeración",
        "-33.4",
        "- Los Leones 12 (depto. 4)",
        "a=b",
        "BANCO/CEA",
        "",
    ],
)
def test_signs_dashes_and_telephones_do_not(text):
    assert not looks_like_formula(text)
    assert looks_like_formula("=SUM(A1)")


def test_an_exported_cell_never_begins_like_a_formula():
    for start in "=+-@\t\r":
        assert escape_formula(f"{start}x") == f"'{start}x"
    assert escape_formula("Av. Grecia 1") == "Av. Grecia 1"
    assert escape_formula(7) == 7
