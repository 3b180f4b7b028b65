"""What a list covers: its own period is what is known, and no day of others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.avistamientos.models import Listado
from app.avistamientos.rules import EstadoListado
from app.consultas.queries.fuentes import read_fuentes
from app.core.clock import local_today, utcnow
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.patrones.rules.coverage import known_until
from tests.factories import make_oficio
from tests.planillas.pasos.rows import ROW
from tests.planillas.pasos.test_listados import draft, upload, version_on

#: Eighteen mornings of a made-up vehicle, as a concessionaire wrote them.
MORNINGS = Path(__file__).parents[2] / "data" / "pasos_18_dias_a_las_0740.csv"
EARLIER = (ROW[0], "02-11-2026", "07:40", *ROW[3:])


@pytest.fixture
def oficio(app, buffet, usuario_investigador):
    return make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)


def confirm(client, url: str, **days: str):
    version = version_on(client.get(url).text)
    return client.post(f"{url}/importar", data={"version": version, **days})


def known(app, oficio) -> datetime | None:
    with app.app_context():
        return known_until(read_fuentes(db.session.get_one(Oficio, oficio.id), now=utcnow()).tramos)


def test_without_a_word_it_covers_from_its_first_crossing_to_its_last(
    app, investigador, oficio, rows
):
    url = draft(investigador, oficio, EARLIER, ROW)
    confirm(investigador, url)

    (listado,) = rows(Listado)
    assert listado.cubre_desde == datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    assert known(app, oficio) == datetime(2026, 11, 20, 10, 51, 9, tzinfo=UTC)


def test_the_period_of_its_paper_is_known_to_its_last_minute(app, investigador, oficio):
    url = draft(investigador, oficio, EARLIER, ROW)
    confirm(investigador, url, cubre_desde="2026-10-01", cubre_hasta="2026-11-25")

    assert known(app, oficio) == datetime(2026, 11, 26, 2, 59, tzinfo=UTC)
    page = " ".join(investigador.get(url).text.split())
    assert "cubre desde el 01-10-2026 hasta el 25-11-2026" in page
    panorama = investigador.get(f"/oficios/{oficio.id}/avistamientos/panorama").text
    assert "sin pasadas entre el 21-11-2026 y el 25-11-2026" in panorama


@pytest.mark.parametrize(
    ("days", "says", "status"),
    [
        ({"cubre_desde": "2026-11-01"}, "Escriba los dos días", 422),
        ({"cubre_desde": "2026-11-30", "cubre_hasta": "2026-11-01"}, "termina antes", 409),
        ({"cubre_desde": "2026-11-01", "cubre_hasta": "2099-01-01"}, "todavía no llega", 409),
        ({"cubre_desde": "2026-11-10", "cubre_hasta": "2026-11-25"}, "pasos fuera", 409),
        ({"cubre_desde": "ayer", "cubre_hasta": "2026-11-25"}, "no es una fecha", 422),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_what_was_typed(
    investigador, oficio, rows, days, says, status
):
    url = draft(investigador, oficio, EARLIER, ROW)

    response = confirm(investigador, url, **days)

    assert response.status_code == status
    assert says in response.text
    assert f'value="{days["cubre_desde"]}"' in response.text
    assert rows(Listado)[0].estado is EstadoListado.BORRADOR


def test_eighteen_mornings_are_known_to_the_last_of_them(
    app, buffet, usuario_investigador, investigador
):
    case = make_oficio(
        app, buffet, usuario_investigador, patente="XGXK80", estado=Estado.INVESTIGACION
    )
    url = upload(investigador, case, MORNINGS.read_bytes(), MORNINGS.name).headers["Location"]
    confirm(investigador, url)

    until = known(app, case)
    assert until is not None
    assert local_today(until) == date(2026, 11, 19)
