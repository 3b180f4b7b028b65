import pytest

from app.informes.outside.printable_text import coverage, printable
from app.informes.rules import ALPHABET, new_code, parse_code, photo_side
from app.informes.rules.drawn_map import HEIGHT, WIDTH, Punto, draw_map, letter


def test_a_code_is_read_as_people_copy_it():
    assert parse_code("7KQM-2R9P-XD3T") == "7KQM-2R9P-XD3T"
    assert parse_code("  7kqm 2r9p xd3t ") == "7KQM-2R9P-XD3T"
    assert parse_code("okqm2r9pxdlt") == "0KQM-2R9P-XD1T"


@pytest.mark.parametrize("text", ["", "7KQM", "7KQM-2R9P-XD3", "<script>alert", "7KQM-2R9P-XD3T-9"])
def test_what_is_no_code_is_not_taken_for_one(text):
    assert parse_code(text) is None
    assert parse_code("7KQM-2R9P-XD3T") is not None


def test_new_codes_are_codes_and_differ():
    codes = {new_code() for _ in range(500)}

    assert len(codes) == 500
    assert all(parse_code(code) == code for code in codes)
    assert not set("OILU") & set(ALPHABET)


def test_many_photos_are_printed_smaller():
    assert photo_side(1) > photo_side(50) > photo_side(150) > photo_side(5000)


def test_text_that_the_faces_can_draw_passes_as_it_is():
    text = "Ñuñoa, 19º Juzgado · «Ω» → ✓ עברית العربية Русский"

    assert printable(text) == text


def test_a_character_without_a_face_is_named_with_its_code():
    assert printable("a 汉 🚗") == "a [1 signo en chino: U+6C49] 🚗"
    assert printable({"x": ["汉", 3, None]}) == {"x": ["[1 signo en chino: U+6C49]", 3, None]}


def test_marks_that_nobody_sees_and_controls_are_not_printed():
    assert printable("a\u202eb\x07c\u200d\ufe0f\u00add\te") == "abcd e"


def test_nothing_is_added_to_a_long_word():
    word = "x" * 300

    assert printable(f"corta {word}") == f"corta {word}"


def test_only_latin_letters_stay_when_nothing_else_can_be_set():
    assert printable("ñ Ω", only_latin=True) == "ñ [1 signo sin imprimir: U+03A9]"


def test_the_faces_cover_what_chileans_write():
    assert {ord(char) for char in "áéíóúüñÑ¿¡ºª«»–—…$€°′″½"} <= coverage()


def test_places_are_lettered_like_columns_of_a_spreadsheet():
    assert [letter(index) for index in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def test_without_positions_there_is_no_map():
    assert draw_map([], []) is None
    assert draw_map([Punto(-33.40, -70.60, "A"), Punto(-33.55, -70.75, "B")], []) is not None


def test_a_map_keeps_every_point_on_paper_north_up_and_says_its_scale():
    north, south = Punto(-33.40, -70.60, "A"), Punto(-33.55, -70.75, "B")

    drawing = draw_map([north, south], [Punto(-33.45, -70.66, "D1")])

    assert drawing is not None
    points = [*drawing["puntos"], *drawing["direcciones"]]
    assert all(0 < point["x"] < WIDTH and 0 < point["y"] < HEIGHT for point in points)
    a, b = drawing["puntos"]
    assert a["y"] < b["y"]
    assert a["x"] > b["x"]
    # 16.7 km from north to south, by the scale of the drawing.
    km = float(drawing["escala"]["texto"].removesuffix(" km").replace(",", "."))
    measured = (b["y"] - a["y"]) / drawing["escala"]["largo"] * km
    assert measured == pytest.approx(16.7, abs=0.1)
    assert "Las Condes" in {comuna["nombre"] for comuna in drawing["comunas"]}


@pytest.mark.parametrize("lat", [-18.47, -33.45, -53.16])
def test_a_single_point_is_shown_with_its_surroundings(lat):
    drawing = draw_map([Punto(lat, -70.65, "A")], [])

    assert drawing is not None
    assert (drawing["puntos"][0]["x"], drawing["puntos"][0]["y"]) == (WIDTH / 2, HEIGHT / 2)
    assert drawing["escala"]["largo"] > 5


def test_names_of_comunas_do_not_lie_on_each_other():
    drawing = draw_map([Punto(-33.3, -70.5, "A"), Punto(-33.7, -70.9, "B")], [])

    assert drawing is not None
    rows = sorted((round(comuna["y"], 1), comuna["x"]) for comuna in drawing["comunas"])
    assert len(rows) > 5
    assert len({(x, y) for y, x in rows}) == len(rows)
