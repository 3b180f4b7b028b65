"""Closed cases stay as long as a rule says; a job proposes, an admin confirms, a proof remains."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.avisos.models import Aviso
from app.core.clock import local_today, utcnow
from app.cumplimiento.models.retencion import (
    LoteRetencion,
    PropuestaRetencion,
    ReglaRetencion,
)
from app.cumplimiento.queries.certificados import batch_facts
from app.cumplimiento.queries.retencion import commitments_of, current_rules
from app.cumplimiento.rules.retencion import (
    AccionRetencion,
    EstadoPropuesta,
    Regla,
    is_over,
    months_before,
    rule_of,
    tell_closed,
    tell_months,
    tell_retention,
    tell_term,
)
from app.cumplimiento.service.retencion import propose_some, renew_proposals, save_rule
from app.custodia.queries import list_chain_ids
from app.custodia.service import execute_sealed, verify_all
from app.db import db, transaction
from app.jobs.runner import work
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Estado
from app.oficios.service import PropietarioData
from app.vehiculos.models import Vehiculo
from tests.factories import make_buffet, make_oficio
from tests.titulares.rows import make_block, make_request

URL = "/admin/retencion"
FOUND, NOT_FOUND = Estado.ENCONTRADO, Estado.NO_ENCONTRADO
ERASE, ANONYMISE, KEEP = AccionRetencion
PERSON = PropietarioData(nombre="José Núñez Peña", rut="5126663-3")


@pytest.fixture(autouse=True)
def own_list(configure, tmp_path):
    """The list of erasures lies beside the backups; that of another test is not read here."""
    configure(backup_dir=tmp_path / "respaldos")


@pytest.mark.parametrize(
    ("closed", "months", "over"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
        (date(2026, 3, 1), 0, date(2026, 3, 1)),
    ],
)
def test_the_last_day_of_a_term_in_months(closed, months, over):
    assert is_over(closed, months, over)
    assert not is_over(closed, months, over - timedelta(days=1))
    # What the search for them reads is never later than that.
    assert closed <= months_before(over, months) + timedelta(days=3)


def test_a_firms_rule_goes_before_the_offices_and_the_policy_tells_both():
    rules = [
        Regla(FOUND, 24, ERASE, "Cuentas"),
        Regla(FOUND, 6, ANONYMISE, "Contrato", 7),
        Regla(NOT_FOUND, 0, KEEP, "Un deber legal"),
    ]
    assert rule_of(rules, 7, FOUND) is rules[1]
    assert rule_of(rules, 8, FOUND) is rules[0]
    assert rule_of(rules[1:], 8, FOUND) is None
    assert [tell_months(n) for n in (0, 1, 12, 18, 24)] == [
        "de inmediato",
        "1 mes",
        "1 año",
        "18 meses",
        "2 años",
    ]
    text = tell_retention(rules)
    assert "se conservan 2 años desde el cierre y luego se borran. Razón: Cuentas." in text
    assert "se conservan. Razón: Un deber legal." in text
    assert "otro plazo" in text
    assert tell_retention([]) == ""
    now = tell_retention([Regla(FOUND, 0, ERASE, "Encargo")])
    assert "no se conservan: de inmediato se borran. Razón: Encargo." in now
    assert [tell_term(n) for n in (0, 1, 24)] == [
        "desde el cierre",
        "1 mes desde el cierre",
        "2 años desde el cierre",
    ]
    assert tell_closed(1) == "Un caso cerrado cumplió"


@pytest.fixture
def casos(app, buffet, usuario_admin):
    """Cases closed 30 months ago: two as found, one as not found, one blocked, one asked for, and
    one that was found a month ago."""
    other = make_buffet(app, nombre="Otro Buffet")
    made = {
        name: make_oficio(app, firm, usuario_admin, estado=estado, propietario=who).id
        for name, firm, estado, who in (
            ("found", buffet, FOUND, None),
            ("other", other, FOUND, PERSON),
            ("lost", buffet, NOT_FOUND, None),
            ("asked", buffet, FOUND, PropietarioData(nombre="Ana Soto", rut="12345678-5")),
            ("fresh", buffet, FOUND, None),
        )
    }
    make_request(app, nombre="Ana Soto", rut="12345678-5")
    make_block(app, buffet, usuario_admin)
    with app.app_context(), transaction():
        ago = utcnow() - timedelta(days=915)
        execute_sealed(sa.update(Oficio).where(Oficio.id != made["fresh"]).values(estado_desde=ago))
        execute_sealed(sa.update(Vehiculo).values(marca="Toyota", color="rojo"))
    return made


def rule(app, *values):
    with app.app_context(), transaction():
        save_rule(Regla(*values), actor=None, now=utcnow())


def propose(app):
    with app.app_context():
        with transaction():
            renew_proposals(utcnow())
        while True:
            with transaction():
                if not propose_some(utcnow()):
                    return


def proposed(rows):
    return {row.oficio_id: (row.accion, row.estado) for row in rows(PropuestaRetencion)}


def test_each_case_is_proposed_once_by_the_rule_that_holds(app, casos, buffet, rows):
    rule(app, FOUND, 24, ERASE, "Cuentas")
    rule(app, FOUND, 28, ANONYMISE, "Contrato", buffet.id)
    rule(app, NOT_FOUND, 1, KEEP, "Deber legal")
    for _again in range(2):
        propose(app)
        assert proposed(rows) == {
            casos["found"]: (ANONYMISE, EstadoPropuesta.PROPUESTA),
            casos["other"]: (ERASE, EstadoPropuesta.PROPUESTA),
        }, "what is blocked, asked for, kept or fresh is not among them"

    rule(app, FOUND, 40, ERASE, "Ahora más")
    assert set(proposed(rows)) == set(), "a rule that changed proposes anew"
    propose(app)
    assert set(proposed(rows)) == {casos["found"]}
    with app.app_context(), transaction():
        db.session.get_one(Oficio, casos["found"]).estado = Estado.NOTIFICACION
    propose(app)
    assert proposed(rows) == {}, "it was reopened"


def test_an_admin_postpones_holds_and_confirms_and_the_proof_names_nobody(
    app, admin, casos, rows, monkeypatch
):
    url = f"{URL}/reglas"
    sent = {"buffet": "", "caso_estado": FOUND.value, "meses": "24", "accion": "borrar"}
    assert admin.post(url, data=sent).status_code == 422
    assert admin.post(url, data={**sent, "fundamento": "Cuentas"}).status_code == 303
    sent |= {"caso_estado": NOT_FOUND.value, "accion": "anonimizar", "fundamento": "Cifras"}
    assert admin.post(url, data={**sent, "meses": "x"}).status_code == 422
    assert admin.post(url, data=sent).status_code == 303
    propose(app)
    page = admin.get(URL).text
    assert page.count('name="propuesta"') == 3
    ids = {row.oficio_id: row.id for row in rows(PropuestaRetencion)}

    def decide(hacer, *chosen, **more):
        data = {"hacer": hacer, "propuesta": [str(ids[each]) for each in chosen], **more}
        return admin.post(f"{URL}/propuestas", data=data)

    found, other, lost = casos["found"], casos["other"], casos["lost"]
    tomorrow = (local_today(utcnow()) + timedelta(days=1)).isoformat()
    assert decide("retener", found).status_code == 422, "it asks for a reason"
    assert decide("retener", found, motivo="Juicio abierto").status_code == 303
    assert decide("aplazar", lost, motivo="Cuentas", hasta="2020-01-01").status_code == 422
    assert decide("aplazar", lost, motivo="Cuentas", hasta=tomorrow).status_code == 303
    assert "Juicio abierto" in admin.get(f"{URL}?estado=retenida").text
    assert decide("confirmar", todas="1").status_code == 422, "it asks whether that is understood"
    assert decide("soltar", lost).status_code == 303
    assert decide("confirmar", found, confirma="1").status_code == 422, "it is held"
    with app.app_context(), transaction():
        db.session.get_one(Oficio, lost).estado = Estado.INVESTIGACION
    answer = decide("confirmar", todas="1", confirma="1")
    assert answer.status_code == 303
    (lote,) = rows(LoteRetencion)
    assert lote.casos == 1, "the one that was reopened is left out"
    assert proposed(rows)[other] == (ERASE, EstadoPropuesta.CONFIRMADA)
    assert decide("confirmar", other, confirma="1").status_code == 422

    monkeypatch.setattr(
        "app.cumplimiento.jobs.certifying.print_certificate", lambda *_a, **_k: b"%PDF-1.7"
    )
    with app.app_context():
        work("test")
        (row,) = db.session.scalars(sa.select(LoteRetencion))
        facts = batch_facts(row)
        count, digest = commitments_of([other])
        problems = [each.texto for one in verify_all(list_chain_ids()) for each in one.problemas]
    assert problems == []
    assert count > 0
    assert ["SHA-256 sobre los compromisos de esos eslabones", digest] in facts["huellas"]
    assert "Cuentas" in str(facts["hechos"])
    assert "Núñez" not in str(facts)
    assert {each.nombre for each in rows(Propietario)} == {None, "Ana Soto"}
    assert {each.marca for each in rows(Vehiculo, oficio_id=other)} == {None}
    assert rows(Aviso) == [] or all("Núñez" not in each.texto for each in rows(Aviso))


def test_what_is_made_anonymous_keeps_what_identifies_nobody(app, admin, casos, rows):
    rule(app, NOT_FOUND, 1, ANONYMISE, "Cifras")
    propose(app)
    admin.post(f"{URL}/propuestas", data={"hacer": "confirmar", "todas": "1", "confirma": "1"})
    with app.app_context():
        work("test")
    (car,) = rows(Vehiculo, oficio_id=casos["lost"])
    assert (car.marca, car.color) == ("Toyota", "rojo")
    assert "borr" in car.patente.lower()
    assert len(rows(ReglaRetencion)) == 1
    admin.post(f"{URL}/reglas/quitar", data={"caso_estado": NOT_FOUND.value})
    assert rows(ReglaRetencion) == []
    with app.app_context():
        assert current_rules() == []
