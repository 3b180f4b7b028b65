"""How long it takes to say when and where to go, for 5,000 sightings of one vehicle.

    python -m tests.bench.patrones [runs]

The sightings lie in the twelve weeks that are looked at, which is the hardest: three habits among
noise, so that all three windows are searched for. Measured are the analysis alone (the issue
allows 100 ms), the same for a tenth of the sightings as a yardstick of a busy machine, and the
reading from SQLite before it. The median of the clock counts; the processor's time is said as
well, because other programs slow the clock.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

import flask_migrate
from flask import Flask

from app import create_app
from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.db import db, transaction
from app.patrones.queries.sighting_columns import list_pasos
from app.patrones.rules import Paso, analyse, suggest
from app.usuarios.rules import Rol
from tests.factories import make_buffet, make_oficio, make_usuario
from tests.patrones.weeks import AUGUST, end_of, habit, noise, told
from tests.plugins.application import test_config as config_for_bench

COUNT, WEEKS, MILLISECONDS = 5000, 12, 100.0


def make_pasos(count: int) -> list[Paso]:
    """That many sightings of a vehicle with three habits."""
    rng = random.Random(1)
    pasos = habit(rng, AUGUST, WEEKS, range(5), kept=0.9)
    pasos += habit(rng, AUGUST, WEEKS, range(5), (18, 30), kept=0.8, lugar="Vespucio Sur P2")
    pasos += habit(rng, AUGUST, WEEKS, (5, 6), (12, 0), kept=0.8, lugar="Ruta 68 P1")
    pasos += noise(rng, AUGUST, WEEKS, 12)
    each = -(-count // len(pasos))
    crossings = [
        Paso(paso.fecha, paso.momento + timedelta(minutes=2 * step), f"P{step}", paso.via)
        for paso in pasos
        for step in range(each)
        if paso.momento
    ]
    return crossings[:count]


def milliseconds(deed: Callable[[], object], runs: int) -> tuple[float, float]:
    """The median of some runs, by the clock and by the processor's time."""
    clock, processor = [], []
    for _ in range(runs):
        start, worked = time.perf_counter(), time.process_time()
        deed()
        clock.append(1000 * (time.perf_counter() - start))
        processor.append(1000 * (time.process_time() - worked))
    return statistics.median(clock), statistics.median(processor)


def make_case(app: Flask, pasos: list[Paso]) -> int:
    """A case with these sightings; returns its id."""
    with app.app_context():
        flask_migrate.upgrade()
    actor = make_usuario(app, Rol.INVESTIGADOR)
    oficio = make_oficio(app, make_buffet(app), actor)
    with app.app_context(), transaction():
        db.session.add_all(
            Avistamiento(
                oficio_id=oficio.id,
                fuente=Fuente.PORTICO,
                fecha=paso.fecha,
                fecha_hora=paso.momento,
                ubicacion=paso.lugar,
                autopista=paso.via,
                clave=str(number),
            )
            for number, paso in enumerate(pasos)
        )
    return oficio.id


def main() -> int:
    """Measure, print, and fail when the analysis takes too long."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    now = end_of(AUGUST, WEEKS)
    pasos, few = make_pasos(COUNT), make_pasos(COUNT // 10)
    patron = analyse(pasos, now=now, tramos=told(now))
    for sugerencia in suggest(patron, today=now.date()):
        print(f"  {sugerencia.cuando} · {sugerencia.donde} · {sugerencia.evidencia}")
    median, worked = milliseconds(lambda: analyse(pasos, now=now, tramos=told(now)), runs)
    _, tenth = milliseconds(lambda: analyse(few, now=now, tramos=told(now)), runs)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config_for_bench(f"sqlite:///{folder}/bench.sqlite3", folder))
        oficio_id = make_case(app, pasos)
        with app.app_context():
            reading, _ = milliseconds(lambda: list_pasos(oficio_id), runs)
            db.engine.dispose()
    print(f"{len(pasos)} sightings, {patron.viajes} trips, {len(patron.franjas)} windows")
    print(
        f"analysis   {median:6.1f} ms by the clock, at most {MILLISECONDS:.0f}; {worked:.1f} worked"
    )
    print(
        f"of {len(few):5}   {tenth:6.1f} ms of work: {worked / tenth:.1f} times for ten times more"
    )
    print(f"reading    {reading:6.1f} ms from SQLite")
    return 0 if median <= MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
