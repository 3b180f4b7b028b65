"""The log of what left the house is sealed once nobody adds to it, and erased as a law orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.auditoria.models import Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import record_disclosure, view_key
from app.core.clock import utcnow
from app.core.sealed import OFFICE_CHAIN
from app.custodia import rules
from app.custodia.jobs import SEAL_JOB
from app.custodia.models import Eslabon, SelloDivulgaciones
from app.custodia.rules import ERASURE, SETTLED
from app.custodia.service import seal_disclosures_anew, seal_settled, verify
from app.db import append_only_door, db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.supresion.service.cutting import cut_person
from app.supresion.service.recuento import Recuento
from app.titulares.rules.identidad import read_buscado

EARLIER = SETTLED + timedelta(minutes=1)


def tell(app, *whom, ago=EARLIER, casos=(7, 9)):
    with app.app_context(), transaction():
        for each in whom:
            record_disclosure(
                CanalDivulgacion.EXPORTACION, "Lista", each, now=utcnow() - ago, casos=casos
            )


def seal(app, later=timedelta(0)):
    with app.app_context(), transaction():
        return seal_settled(utcnow() + later)


def findings(app):
    with app.app_context():
        return [problem.texto for problem in verify(OFFICE_CHAIN).problemas]


def sql(app, statement):
    """Change the database as somebody who owns it would."""
    with app.app_context(), db.engine.begin() as connection, append_only_door(connection):
        connection.execute(sa.text(statement))


@pytest.fixture
def sealed(app, rows):
    """The ids of three disclosures that are sealed."""
    tell(app, "a@x.example", "b@x.example", "Ana Soto Vera ana@x.example")
    assert seal(app) == 3
    assert findings(app) == []
    return sorted(row.id for row in rows(Divulgacion))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE divulgaciones SET destinatario = 'z@x.example' WHERE id = {pk}",
        "UPDATE divulgaciones SET usuario_id = NULL, cantidad = 2 WHERE id = {pk}",
        "DELETE FROM divulgaciones_casos WHERE divulgacion_id = {pk} AND oficio_id = 7",
        "INSERT INTO divulgaciones_casos (divulgacion_id, oficio_id) VALUES ({pk}, 8)",
    ],
)
def test_what_was_altered_is_named(app, sealed, statement):
    sql(app, statement.format(pk=sealed[1]))

    (found,) = findings(app)
    assert found.startswith(f"Se cambió la divulgación n.º {sealed[1]}, o los casos que nombra")
    told = app.test_cli_runner().invoke(args=["custodia", "verify"])
    assert told.exit_code == 1
    assert f"la oficina: Alterado. {found}" in told.output


def test_what_was_removed_or_put_between_is_named(app, sealed):
    pk = sealed[1]
    sql(app, f"DELETE FROM divulgaciones_casos WHERE divulgacion_id = {pk}")
    sql(app, f"UPDATE divulgaciones SET id = 0 WHERE id = {pk}")

    between, gone = findings(app)
    assert between.startswith("Nadie selló la divulgación n.º 0: se puso entre otras")
    assert gone == f"Ya no está la divulgación n.º {pk}, que se había sellado."


def test_what_was_written_later_as_if_it_were_old_is_named_before_and_after_it_is_sealed(
    app, sealed, rows
):
    tell(app, "c@x.example", ago=SETTLED + timedelta(days=3))
    tell(app, "d@x.example")
    late = max(sealed) + 1

    (found,) = findings(app)
    assert found.startswith(f"La divulgación n.º {late} dice ser del ")
    assert seal(app) == 2
    assert findings(app) == [found]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE custodia_divulgaciones SET huellas = '[]'", "huellas: se selló"),
        ("UPDATE custodia_divulgaciones SET hasta_id = hasta_id - 1", "hasta_id: se selló"),
        ("DELETE FROM custodia_divulgaciones", "Ya no está el sello de las divulgaciones"),
    ],
)
def test_the_seals_are_sealed_themselves(app, sealed, statement, told):
    sql(app, statement)
    seal(app)  # what was taken away does not come back under its number
    with app.app_context(), transaction():  # nor does an erasure cover it up, or fail
        seal_disclosures_anew(sealed, utcnow())

    assert any(told in text for text in findings(app))


def test_what_is_young_waits_and_a_backlog_is_sealed_in_parts(app, rows, monkeypatch):
    for module in ("queries.settled_rows", "service.settling"):
        monkeypatch.setattr(f"app.custodia.{module}.DIGESTS", 2)
    old = timedelta(days=90)
    tell(app, "a@x.example", "b@x.example", "c@x.example", "d@x.example", ago=old)
    tell(app, "e@x.example", ago=old - timedelta(days=40))
    tell(app, "f@x.example", ago=timedelta(hours=1))
    with app.app_context():
        with transaction():
            enqueue(SEAL_JOB, key="1", now=utcnow())
        work("test")

    (job,) = rows(Trabajo, tipo=SEAL_JOB)
    assert job.resultado == "Divulgaciones selladas: 5."
    assert [row.filas for row in rows(SelloDivulgaciones)] == [2, 2, 1]
    sql(app, "UPDATE divulgaciones SET que = 'Otra' WHERE destinatario = 'f@x.example'")
    assert findings(app) == [], "nobody sealed it yet, and nobody claims it"
    assert seal(app) == 0
    assert seal(app, later=timedelta(hours=2)) == 1
    assert findings(app) == []


def test_what_a_law_orders_to_erase_is_sealed_anew_with_the_reason(app, sealed, rows):
    pk, (before,) = sealed[2], rows(SelloDivulgaciones)
    with app.app_context():
        buscado, done = read_buscado(nombre="Ana Soto Vera", correo="ana@x.example"), Recuento()

        class Step:
            def __enter__(self):
                self.opened = transaction()
                self.opened.__enter__()
                return done

            def __exit__(self, *error):
                return self.opened.__exit__(*error)

        cut_person(buscado, set(), Step, reason="Solicitud S-2026-0001", now=utcnow())

    (row,) = rows(Divulgacion, id=pk)
    assert "ana" not in row.destinatario.lower()
    assert findings(app) == []
    (after,) = rows(SelloDivulgaciones)
    was, now = rules.read_digests(before.huellas), rules.read_digests(after.huellas)
    assert {key for key in was if was[key] != now[key]} == {pk}
    assert was[pk][0] not in after.huellas, "the salt goes with the digest"
    (link,) = rows(Eslabon, tipo=ERASURE)
    assert f'"filas":[{pk}],"motivo":"Solicitud S-2026-0001"' in link.contenido

    sql(app, f"UPDATE divulgaciones SET destinatario = 'otra' WHERE id = {pk}")
    assert len(findings(app)) == 1


def test_a_look_keeps_its_hour_however_long_its_name_is(app):
    noon = utcnow()
    early, late = (view_key("x" * 200, "y" * 200, noon + timedelta(hours=at)) for at in (0, 1))
    assert early != late
    assert len(early) == 120
