"""Scans and photos that lie askew: straightened, words found in their place, nothing wrong told."""

from __future__ import annotations

import io
import shutil

import pypdfium2
import pytest
from PIL import Image, ImageFilter

from app.papeles.outside import paper_reader
from app.papeles.rules.documento import compose
from app.papeles.rules.lectura import read_document
from tests.papeles.making import PAPERS, expected, make_paper
from tests.papeles.measuring import Tally, score

EXHORT = PAPERS / "tuned" / "t64_exhorto_prosa_largo.typ"
FORM = PAPERS / "tuned" / "t69_tabla_celdas_altas.typ"


def scan(source, angle):
    """The first page of a paper as a scanner has it: askew, a little blurred, with noise."""
    page = pypdfium2.PdfDocument(make_paper(source))[0]
    image = page.render(scale=200 / 72, grayscale=True).to_pil().convert("L")
    image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    image = image.filter(ImageFilter.GaussianBlur(0.5))
    return Image.blend(image, Image.effect_noise(image.size, 18), 0.12)


@pytest.mark.parametrize("angle", [-2.5, -1.25, 0, 1.5, 3])
def test_a_page_that_lies_askew_is_turned_back(angle):
    image = scan(EXHORT, angle)

    straight, turned = paper_reader._straightened(image)

    assert abs(turned + angle) <= 0.25
    assert straight.size == image.size


def test_a_word_of_a_straightened_page_is_found_where_it_lies():
    image = Image.new("L", (1000, 1400), 255)
    image.paste(0, (700, 300, 740, 312))
    turned = image.rotate(2, fillcolor=255)
    x0, y0, x1, y1 = turned.point(lambda value: 255 - value).getbbox()

    # The page of the word was turned by two degrees to lie level.
    found = paper_reader._turned_back((700, 300, 740, 312), image.size, -2)

    assert [(found[0] + found[2]) / 2, (found[1] + found[3]) / 2] == pytest.approx(
        [(x0 + x1) / 2, (y0 + y1) / 2], abs=2
    )


@pytest.mark.skipif(not shutil.which("tesseract"), reason="no tesseract here")
@pytest.mark.parametrize(("source", "least"), [(EXHORT, 0.9), (FORM, 0.3)], ids=["prose", "form"])
def test_a_photo_of_a_paper_fills_in_no_wrong_plate_rut_or_rol(source, least):
    photo = io.BytesIO()
    scan(source, 1.5).convert("RGB").save(photo, "JPEG", quality=60)

    told = paper_reader._read_photo(photo.getvalue(), shutil.which("tesseract"))

    tally = Tally()
    score(tally, source.stem, expected(source), read_document(compose(told["paginas"])))
    assert [tally.wrong[field] for field in ("patente", "prop_rut", "rol")] == [0, 0, 0]
    assert tally.recall() >= least, tally.notes
