"""The first start and each upgrade fill the catalogue, and look old sightings up in it."""

from __future__ import annotations

from datetime import date

import pytest

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import set_bell
from app.jobs.runner import work
from app.oficios.rules import Estado
from app.porticos.models import Portico
from app.porticos.service import REMATCH
from tests.factories import make_oficio


@pytest.fixture(autouse=True)
def own_list(configure, tmp_path):
    """The list of erasures lies beside the backups; that of another test is not read here."""
    configure(backup_dir=tmp_path / "respaldos")


def prepare(app) -> None:
    result = app.test_cli_runner().invoke(args=["prepare"])
    assert result.exit_code == 0, result.output


def test_a_start_fills_the_catalogue_once_and_has_nothing_to_look_up(app, rows):
    prepare(app)
    prepare(app)

    assert len(rows(Portico)) == 160
    assert rows(Trabajo) == []


def test_sightings_of_before_the_catalogue_are_looked_up_after_the_upgrade(
    app, buffet, usuario_admin, rows
):
    oficio = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    with app.app_context(), transaction():
        texts = (("Costanera Norte P5", "CN"), ("Costanera Norte P5", "CN"), ("Av. Grecia 1", None))
        for number, (ubicacion, empresa) in enumerate(texts):
            source = Fuente.PORTICO if empresa else Fuente.MANUAL
            db.session.add(
                Avistamiento(
                    oficio_id=oficio.id,
                    fuente=source,
                    fecha=date(2026, 11, number + 1),
                    ubicacion=ubicacion,
                    empresa=empresa,
                    clave=f"antes {number}",
                )
            )
    set_bell(app, None)
    try:
        prepare(app)
        with app.app_context():
            work("test")
        prepare(app)
    finally:
        set_bell(app, app.extensions["alarm"].ring)

    (job,) = rows(Trabajo, tipo=REMATCH)
    assert job.resultado == "2 avistamientos cambiaron."
    one, two, by_hand = rows(Avistamiento)
    assert one.portico_id == two.portico_id is not None
    assert (by_hand.portico_id, by_hand.portico_metodo) == (None, None)
