"""A list is imported while the consumer is killed again and again: nothing lost, nothing twice."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa

from app.core.clock import utcnow
from app.custodia.service import verify_all
from app.db import db, transaction
from app.eventos.models import Evento
from app.eventos.rules import TipoEvento
from app.oficios.models import CARGAS, Investigacion, Oficio
from app.planillas.models import FilaEnCarga, Importacion
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.planillas.service.import_oficios import OFICIOS
from app.planillas.service.importing import order_import
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo
from tests.bench.carga import rows_of
from tests.drills.stage import Stage
from tests.planillas.listados import make_importacion


def drill_import(stage: Stage, rows: int = 3_000, kills: int = 4) -> str:
    """Returns what happened, in a line."""
    contenido = rows_of(rows)
    draft_id = make_importacion(stage.app, stage.buffet, stage.actor, contenido=contenido)
    with stage.app.app_context():
        planilla = open_planilla(contenido, "listado.csv", OFICIOS.layout.guess)
        draft = db.session.get_one(Importacion, draft_id)
        lectura = OFICIOS.read(planilla, draft, OFICIOS.review_of(draft), utcnow())
        with transaction():
            draft = db.session.get_one(Importacion, draft_id)
            actor = db.session.get_one(Usuario, stage.actor.id)
            order_import(draft, lectura, draft.version, actor=actor, now=utcnow())

    def count_stored() -> int:
        return int(stage.ask(sa.select(sa.func.count()).select_from(Oficio))[0][0])

    def has_stored(goal: int) -> bool:
        return count_stored() >= goal

    killed = 0
    consumer = stage.start_consumer()
    for part in range(1, kills + 1):
        goal = rows * part // (kills + 1)
        stage.wait(partial(has_stored, goal), f"{goal} cases")
        consumer.kill()
        killed += 1
        stored = count_stored()
        seen = stage.ask(
            sa.select(sa.func.count()).where(Oficio.id.not_in(sa.select(CARGAS.c.oficio_id)))
        )[0][0]
        assert stored == rows or seen == 0, f"{seen} of {stored} cases were seen too early"
        consumer = stage.start_consumer()
    seconds = stage.wait_done()

    with stage.app.app_context():
        draft = db.session.get_one(Importacion, draft_id)
        assert draft.estado is EstadoImportacion.IMPORTADA, draft.problema
        made = draft.resultado
        assert made["crea"] + made["advertencia"] == rows, made
        numbers = db.session.scalars(sa.select(Oficio.numero_oficio)).all()
        assert len(numbers) == len(set(numbers)) == rows
        for model in (Vehiculo, Investigacion):
            owners = db.session.scalars(sa.select(model.oficio_id)).all()
            assert len(owners) == len(set(owners)) == rows, model
        told = sa.select(Evento.oficio_id).where(Evento.tipo == TipoEvento.CREADO)
        assert len(db.session.scalars(told).all()) == rows
        for left in (sa.select(CARGAS), sa.select(FilaEnCarga)):
            assert db.session.execute(left).first() is None
        ids = db.session.scalars(sa.select(Oficio.id)).all()
        assert not [found for found in verify_all(ids[:: max(1, rows // 50)]) if found.problemas]
    assert consumer.stop() == 0
    return f"{rows} rows, {killed} kills, all there once, {seconds:.1f} s after the last kill"
