"""Windows, leave of the court and what was not seen: the same on page, in the API and on paper."""

from __future__ import annotations

import html
import random
import re
from datetime import timedelta

import pytest

from app.avistamientos.rules.crossings import Crossing
from app.core.clock import local_today, utcnow
from app.core.dates import format_fecha
from app.informes.rules import Variante
from tests.avistamientos.rows import an_answer, store
from tests.patrones.weeks import habit
from tests.plugins.application import HTMX

#: A holiday ahead is named between the two.
LEAVE = r"Antes de las 8:00 .*?el receptor necesita habilitación del tribunal"


@pytest.fixture
def commuter(app, oficio):
    """A vehicle that passes from 7:30 to 8:30, last told of twenty days ago; asked just now."""
    now = utcnow()
    today = local_today(now)
    monday = today - timedelta(days=today.weekday() + 70)
    until = now - timedelta(days=20)
    pasos = habit(random.Random(1), monday, 10, range(5), (7, 30))
    seen = [paso for paso in pasos if paso.momento and paso.momento < until]
    store(
        app,
        oficio,
        an_answer(Crossing(paso.fecha, paso.momento, "COSTANERA NORTE P5") for paso in seen),
        now=now,
    )
    return oficio, seen[-1].fecha


def silence(last) -> str:
    """What is said of the days from the last crossing to what the source can tell."""
    since, until = last + timedelta(days=1), local_today(utcnow()) - timedelta(days=12)
    return f"Sin pasadas sin TAG entre el {format_fecha(since)} y el {format_fecha(until)}"


def page(client, oficio) -> str:
    text = client.get(f"/oficios/{oficio.id}/avistamientos/panorama", headers=HTMX).text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(text)))


def test_the_page_says_the_window_its_leave_and_what_was_not_seen(commuter, investigador):
    oficio, last = commuter

    text = page(investigador, oficio)

    assert "Lunes a viernes, 7:30 a 8:30" in text
    assert re.search(LEAVE, text)
    assert silence(last) in text
    assert "con TAG esta fuente no ve" in text
    assert "la fuente cuenta una pasada desde el día 11" in text
    assert "no se ha repetido" not in text


def test_the_expediente_says_the_same(commuter, printed):
    oficio, last = commuter

    _, text = printed(case=oficio)

    assert "Cuándo y dónde suele pasar" in text
    assert "Lunes a viernes, 7:30 a 8:30" in text
    assert re.search(LEAVE, text)
    assert silence(last) in text


def test_a_buffet_is_not_told_where_the_vehicle_passes(commuter, printed):
    oficio, _ = commuter
    _, whole = printed(case=oficio)
    assert "suele pasar" in whole

    _, text = printed(Variante.BUFFET, oficio)

    assert "suele pasar" not in text
    assert "Sin pasadas" not in text


def test_a_case_without_a_sighting_says_what_was_not_seen(app, oficio, investigador, printed):
    store(app, oficio, an_answer())
    said = "Sin pasadas sin TAG entre el"

    section = investigador.get(f"/oficios/{oficio.id}/avistamientos").text

    assert f"/oficios/{oficio.id}/avistamientos/panorama" in section
    assert said in page(investigador, oficio)
    assert said in printed(case=oficio)[1]
