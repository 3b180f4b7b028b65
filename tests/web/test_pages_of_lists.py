"""A list that only grows is counted as far as anybody reads the number."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core.clock import utcnow
from app.db import COUNTED, db
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.web.filters import counted_words
from tests.factories import sign_in_client


@pytest.fixture
def many_jobs(app, usuario_admin):
    """Three more than are counted, all asked for by somebody."""
    now = utcnow()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            sa.insert(Trabajo),
            [
                {
                    "id": f"{number:036}",
                    "tipo": "avistamientos.consultar",
                    "clave": f"muchos {number}",
                    "argumentos": {},
                    "estado": EstadoTrabajo.HECHO,
                    "usuario_id": usuario_admin.id,
                    "created_at": now,
                }
                for number in range(COUNTED + 3)
            ],
        )


def test_a_total_is_said_as_far_as_it_is_counted():
    assert counted_words(0) == "0"
    assert counted_words(COUNTED) == "1.000"
    assert counted_words(COUNTED + 1) == "más de 1.000"


def test_every_row_of_a_long_list_is_reached_by_its_pages(app, usuario_admin, many_jobs):
    client = sign_in_client(app, usuario_admin)
    text = client.get("/admin/trabajos").get_data(as_text=True)
    assert "más de 1.000" in text
    assert 'rel="next"' in text

    seen, number = set(), 1
    while True:
        page = client.get(f"/admin/trabajos?pagina={number}").get_data(as_text=True)
        seen |= {pk for pk in range(COUNTED + 3) if f'value="{pk:036}"' in page}
        if 'rel="next"' not in page:
            break
        number += 1
    assert seen == set(range(COUNTED + 3))
    assert client.get(f"/admin/trabajos?pagina={number + 1}").status_code == 200


def test_the_file_of_jobs_tells_of_all_of_them(app, usuario_admin, many_jobs):
    from app.trabajos.queries import count_jobs, count_states
    from app.trabajos.rules import JobFilter

    with app.app_context():
        assert count_jobs(JobFilter(automaticos=True)) == COUNTED + 3
        assert count_states(JobFilter())[EstadoTrabajo.HECHO] == COUNTED + 1
