"""A PDF that is broken, locked or meant to harm gets a sentence, and makes nothing by itself."""

from __future__ import annotations

import io

import pikepdf
import pytest

from app.bandeja.models import Ingreso
from app.bandeja.rules import EstadoIngreso
from app.core.errors import InvalidValue
from app.oficios.models import Oficio
from app.papeles.outside import papers
from app.papeles.outside.paper_reader import read_pdf
from app.papeles.rules import MAX_PAGES, MAX_WORDS
from tests.papeles.making import make_paper
from tests.papeles.rows import ORDER, make_paper_item


def changed(change=None, **how):
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_paper(ORDER))) as paper:
        if change:
            change(paper)
        paper.save(target, **how)
    return target.getvalue()


def without_pages():
    target = io.BytesIO()
    with pikepdf.new() as paper:
        paper.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: changed(encryption=pikepdf.Encryption(user="x", owner="y")), "contraseña"),
        (lambda: make_paper(ORDER)[:9000], "dañado"),
        (lambda: b"%PDF-1.7", "dañado"),
        (without_pages, "dañado"),
    ],
    ids=["locked", "cut-off", "head-alone", "no-pages"],
)
def test_a_pdf_that_cannot_be_read_says_why(monkeypatch, make, sentence):
    monkeypatch.setattr(papers, "find_tesseract", lambda: "")
    with pytest.raises(InvalidValue, match=sentence):
        papers.read_words(make(), papers.PDF)


def test_a_script_in_a_pdf_is_words_at_most():
    def add_script(paper):
        paper.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("while(true){}")
        )

    assert len(papers.read_words(changed(add_script), papers.PDF).palabras) > 100


def test_of_a_very_long_file_it_is_said_how_much_was_read(app, investigador, buffet, rows):
    def repeat(paper):
        for _ in range(MAX_PAGES + 1):
            paper.pages.append(paper.pages[0])

    item = make_paper_item(app, buffet, changed(repeat), "largo.pdf")

    [ingreso] = rows(Ingreso)
    assert (ingreso.resumen["paginas"], ingreso.resumen["sin_leer"]) == (MAX_PAGES + 2, 2)
    page = investigador.get(f"/papeles/{item}").text
    assert f"de sus {MAX_PAGES + 2} páginas se leyeron enteras {MAX_PAGES}." in page
    assert (ingreso.estado, rows(Oficio)) == (EstadoIngreso.POR_REVISAR, [])


def test_a_page_of_a_million_letters_is_read_in_part():
    def multiply(paper):
        page = paper.pages[0]
        page.contents_coalesce()
        content = page.Contents.read_bytes()
        page.Contents = pikepdf.Stream(paper, (content + b"\n") * 150)

    told = read_pdf(changed(multiply), MAX_PAGES, MAX_WORDS, "")

    [page] = told["paginas"]
    assert page["cortada"]
    assert 0 < len(page["palabras"]) <= MAX_WORDS
