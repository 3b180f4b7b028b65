"""SQLite looks again at its tables: at each start, and once a day."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work


@pytest.mark.usefixtures("oficio")
def test_the_job_lets_the_database_see_what_its_tables_hold(app):
    with app.app_context():
        with transaction():
            enqueue("estado.estadisticas", key="hoy", now=utcnow())
        work("prueba")

        job = db.session.scalars(sa.select(Trabajo)).one()
        assert job.estado is EstadoTrabajo.HECHO
        if db.engine.dialect.name == "sqlite":
            seen = sa.text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'oficios'")
            assert db.session.scalar(seen) > 0
