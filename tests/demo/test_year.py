"""The year of closed cases that the demonstration begins with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import sqlalchemy as sa

from app.ajustes.service import set_setting
from app.core.clock import local_today
from app.custodia.service.verifying import verify_all
from app.db import db, transaction
from app.demo.rules.closed_lives import CLOSED_CASES, closed_lives
from app.demo.service.invented_people import make_buffets, make_people, make_receptores
from app.demo.service.invented_promises import promise_terms
from app.demo.service.invented_year import make_year
from app.indicadores.queries.overview import read_report
from app.indicadores.rules import MIN_SAMPLE, Informe
from app.indicadores.rules.periodo import Seleccion
from app.indicadores.service.comparing_figures import compare_all
from app.indicadores.service.reading_figures import read_news
from app.notificaciones.models import Notificacion, Respuesta
from app.oficios.models import Oficio
from app.porticos.service import load_seed

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def test_the_lives_are_the_same_each_time_and_end_before_now():
    lives = closed_lives(Random(2025), NOW)
    assert lives == closed_lives(Random(2025), NOW)
    assert len(lives) == CLOSED_CASES
    for life in lives:
        moments = [life.llega, life.empieza, life.ubicado or life.empieza, life.cierra]
        assert moments == sorted(moments)
        assert life.cierra <= NOW - timedelta(days=1)


def test_a_year_of_closed_cases_is_sealed_and_every_report_tells_of_it(app):
    with app.app_context():
        with transaction():
            set_setting("demo", "1")
            people = make_people(NOW)
            buffets = make_buffets(people.admin, NOW)
            make_receptores(NOW)
            load_seed(NOW)
            promise_terms(buffets, people.admin, NOW)
            ids = [oficio.id for oficio in make_year(Random(2025), buffets, people, NOW)]
        assert not any(found.problemas for found in verify_all(ids))
        read_news(now=NOW)
        assert not compare_all(now=NOW, mend=False)
        today = local_today(NOW)
        year = Seleccion(today - timedelta(days=364), today)
        told = {informe: read_report(informe, year, now=NOW) for informe in Informe}
        # Nothing of it is open.
        assert [informe for informe, one in told.items() if not one.n] == [Informe.ANTIGUEDAD]
        assert told[Informe.CIERRE].n > CLOSED_CASES * 0.95
        for informe in (Informe.EXITO, Informe.PROMESAS, Informe.RECEPTORES):
            assert told[informe].n >= MIN_SAMPLE
            assert all(
                row.get("porcentaje", row.get("mediana")) is not None for row in told[informe].filas
            )
        answered = sa.select(sa.func.count()).select_from(Respuesta).join(Notificacion)
        late = answered.join(Oficio, Oficio.id == Notificacion.oficio_id).where(
            Respuesta.created_at > Oficio.estado_desde
        )
        assert db.session.scalar(answered)
        assert db.session.scalar(late) == 0
