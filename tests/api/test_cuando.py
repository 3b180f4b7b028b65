"""When and where to go, for programs."""

from __future__ import annotations

import random
from datetime import timedelta

from app.avistamientos.rules.crossings import Crossing
from app.core.clock import local_today, utcnow
from tests.avistamientos.rows import an_answer, store
from tests.patrones.weeks import habit


def test_it_tells_windows_leave_and_what_nobody_knows(app, oficio, investigador_api):
    now = utcnow()
    monday = local_today(now) - timedelta(days=local_today(now).weekday() + 63)
    pasos = habit(random.Random(1), monday, 9, (0, 1, 2), (20, 0))
    sightings = [Crossing(p.fecha, p.momento, "Ruta 68") for p in pasos if p.momento < now]
    store(app, oficio, an_answer(sightings), now=now)

    told = investigador_api("GET", f"/oficios/{oficio.id}/cuando-y-donde").json

    (window,) = told["franjas"]
    assert window["cuando"] == "lunes a miércoles, 20:00 a 21:00"
    assert window["habilitacion"].startswith("En todo este horario el receptor necesita")
    assert told["terminadas"] == []
    assert told["no_visto"]
    assert told["conocido_hasta"]


def test_a_case_that_nobody_asked_for_claims_nothing(oficio, investigador_api):
    told = investigador_api("GET", f"/oficios/{oficio.id}/cuando-y-donde").json

    assert told["conocido_hasta"] is None
    assert told["franjas"] == told["no_visto"] == []
    assert told["sin_sugerencia"] is None
