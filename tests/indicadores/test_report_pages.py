"""The page *Informes*: what each person is shown, charts with their tables and files."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

from app.ajustes.service import set_setting
from app.db import transaction
from app.indicadores.rules import SMALL_SAMPLE, Informe
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from tests.indicadores.history import DESDE, HASTA

DAYS = f"desde={DESDE}&hasta={HASTA}"


class Ids(HTMLParser):
    """Ids of a page, and what its charts name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        assert "style" not in values, "the content security policy forbids it"
        self.ids += [values["id"]] if "id" in values else []
        if tag == "svg" and "chart" in values.get("class", ""):
            self.labelled += values["aria-labelledby"].split()


def test_every_chart_has_its_words_its_table_and_its_files(history, admin):
    page = admin.get(f"/informes?{DAYS}")

    assert page.status_code == 200
    found = Ids(page.text)
    assert len(found.ids) == len(set(found.ids))
    # Title and description of each drawing are there; two drawings for each report with cases.
    assert set(found.labelled) <= set(found.ids)
    without = {Informe.PROMESAS_SEMANA, Informe.PROMESAS, Informe.RECEPTORES, Informe.CONSULTAS}
    assert len(found.labelled) == 2 * 2 * (len(Informe) - len(without))
    for informe in Informe:
        assert informe.definicion in page.text.replace("&#34;", '"')
        # How a drawing is read, where there is one.
        if informe.trazo:
            is_told = f"{informe.definicion} {informe.trazo}" in page.text
            assert is_told is (informe not in without)
        assert f"/informes/{informe.value}?" in page.text
        assert f"/informes/{informe.value}.csv?" in page.text
    assert "12 cerrados" in page.text
    assert SMALL_SAMPLE in page.text
    # One case is a point that leads to it.
    assert f'href="/oficios/{history["A6"].id}"' in page.text


def test_each_report_stands_alone_with_its_table(history, investigador):
    for informe in Informe:
        page = investigador.get(f"/informes/{informe.value}?{DAYS}&por=comuna")
        assert page.status_code == 200
        assert informe.definicion in page.text
    table = investigador.get(f"/informes/exito?{DAYS}&por=comuna").text.partition("<table")[2]
    assert "Ñuñoa" in table
    assert "75 %" in table


def test_a_file_has_the_rows_of_the_table_and_says_what_it_counts(history, admin):
    answer = admin.get(f"/informes/exito.csv?{DAYS}")

    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert rows[0] == [
        "Buffet",
        "Encontrados",
        "Cerrados",
        "Éxito",
        "Margen desde",
        "Margen hasta",
    ]
    assert rows[1] == ["González y Asociados", "9", "11", "82", "57", "94"]
    assert rows[2] == ["Estudio Araya", "0", "1", "", "", ""]
    assert rows[3][0].startswith("Éxito por buffet, del 05-10-2026 al 29-11-2026: 12 cerrados.")
    # A file has no drawing.
    assert Informe.EXITO.trazo not in rows[3][0]
    with admin.get("/informes/exito.xlsx") as workbook:
        assert workbook.data[:2] == b"PK"
    assert admin.get("/informes/exito.pdf").status_code == 404
    assert admin.get("/informes/nada").status_code == 404


def test_what_cannot_be_read_is_said_and_the_usual_weeks_are_shown(history, admin):
    turned = admin.get(f"/informes?desde={HASTA}&hasta={DESDE}").text
    assert "«Hasta» no puede ser anterior a «Desde»." in turned
    assert "field-error" in admin.get("/informes?desde=31-02-2026").text
    long = admin.get("/informes?desde=1990-01-01&hasta=2026-01-01").text
    assert "Elija a lo más 10 años" in long


def test_who_sees_only_their_cases_gets_the_figures_of_those(app, history, investigador, admin):
    with app.app_context(), transaction():
        set_setting(ACCESS_MODE.clave, ASSIGNED)
    page = investigador.get(f"/informes?{DAYS}").text
    assert "las ve quien ve todos" in page
    assert "13 oficios" in page
    assert "18 oficios" in admin.get(f"/informes?{DAYS}").text


def test_a_buffet_and_a_stranger_see_nothing_of_it(history, cliente, stranger):
    for path in ("/informes", "/informes/exito", "/informes/exito.csv"):
        assert cliente.get(path).status_code == 404
        assert stranger.get(path).status_code == 303
