"""Nights are anchored once, each root holds all before it, and what was rewritten is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.anclaje.models import Ancla, HojaAncla, Nodo, SelloTiempo
from app.anclaje.outside.tsa import make_query
from app.anclaje.outside.verificar_rastro import is_consistent, is_included, leaf_hash
from app.anclaje.queries import find_newest_proof, list_anclas, prove_growth
from app.anclaje.rules import STAMP_JOB, due_night, missing_nights, parse_root
from app.anclaje.service import check_log
from app.core.clock import utcnow
from app.custodia.service import begin, verify
from app.db import append_only_door, db, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.oficios.rules import Actividad
from app.oficios.service import EntradaData, add_entry
from tests.anclaje.tsa import Authority
from tests.factories import make_oficio
from tests.oficios.acting import act


def note(app, oficio, who, text="Vive en Ñuñoa"):
    """Let something happen in a case."""
    act(
        app,
        oficio,
        who,
        lambda o, usuario: add_entry(
            o, EntradaData(Actividad.NOTA, text), actor=usuario, now=utcnow()
        ),
    )


def sql(app, *statements, **values):
    """Change the database as somebody who owns it would: no trigger is in the way."""
    with (
        app.app_context(),
        db.engine.begin() as connection,
        append_only_door(connection),
    ):
        for statement in statements:
            connection.execute(sa.text(statement), values)


def run(app, *command):
    return app.test_cli_runner().invoke(args=list(command))


def problems(app, oficio):
    with app.app_context():
        return [problem.texto for problem in verify(oficio.id).problemas]


def flaws(app):
    with app.app_context():
        return check_log()


@pytest.fixture
def cases(app, buffet, admin, usuario_admin):
    """Five cases, each with a chain; the office has one more."""
    found = [make_oficio(app, buffet, usuario_admin) for _ in range(5)]
    for oficio in found:
        note(app, oficio, usuario_admin)
    return found


def test_a_night_is_anchored_once_and_a_quiet_one_keeps_its_root(app, cases, night, rows):
    assert [night(), night(), night(1), night(2)] == [1, None, 2, 3]

    first, second, third = rows(Ancla)
    assert first.tamano == len(rows(HojaAncla)) == 6
    assert first.raiz == second.raiz == third.raiz
    assert third.fecha - first.fecha == timedelta(days=2)
    assert flaws(app) == []


def test_only_what_moved_is_appended_and_every_proof_holds(app, cases, night, rows, usuario_admin):
    night()
    for number in range(1, 4):
        note(app, cases[0], usuario_admin)
        note(app, cases[number], usuario_admin)
        night(number)

    anclas = rows(Ancla)
    assert [ancla.tamano for ancla in anclas] == [6, 8, 10, 12]
    assert len(rows(Nodo)) == 12 + 6 + 3 + 1
    with app.app_context():
        for oficio in cases:
            proof = find_newest_proof(oficio.id)
            path = [bytes.fromhex(step) for step in proof.camino]
            leaf, root = leaf_hash(proof.head.text.encode()), bytes.fromhex(proof.ancla.raiz)
            assert is_included(leaf, proof.indice, proof.ancla.tamano, path, root)
        for first in list_anclas():
            for second in list_anclas():
                if first.id <= second.id:
                    path = [bytes.fromhex(step) for step in prove_growth(first, second)]
                    roots = bytes.fromhex(first.raiz), bytes.fromhex(second.raiz)
                    assert is_consistent(first.tamano, second.tamano, path, *roots)
    assert flaws(app) == []


def test_the_whole_chain_made_anew_with_our_own_functions_is_found(
    app, cases, night, usuario_admin
):
    night()
    note(app, cases[0], usuario_admin, "Y ahora en La Reina")
    pk = cases[0].id
    with app.app_context():
        assert verify(pk).problemas == []
    # Whoever has the database: another past, and a chain that is sound in itself.
    sql(
        app,
        "UPDATE investigaciones SET descripcion = 'Vive en Vitacura' WHERE oficio_id = :pk "
        "AND tipo = 'nota'",
        "DELETE FROM custodia WHERE cadena = :pk",
        "DELETE FROM custodia_cabezas WHERE cadena = :pk",
        "DELETE FROM custodia_revisiones WHERE cadena = :pk",
        "DELETE FROM ajustes WHERE clave = 'custodia_desde'",
        pk=pk,
    )
    with app.app_context():
        assert begin(utcnow()) > 0

    (text,) = problems(app, cases[0])
    assert "la cadena fue escrita de nuevo" in text
    assert "(ancla 1)" in text
    answer = run(app, "custodia", "verify")
    assert answer.exit_code == 1
    assert f"oficio {pk}: Alterado. El eslabón" in answer.output
    assert "1 hallazgos" in answer.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE anclas_hojas SET hash = '{zeros}' WHERE indice = 3", "La hoja 3"),
        ("UPDATE anclas_hojas SET secuencia = 99 WHERE indice = 0", "La hoja 0"),
        ("UPDATE anclas_hojas SET ancla_id = 1 WHERE indice = 6", "La hoja 6"),
        ("DELETE FROM anclas_hojas WHERE indice = 6", "Falta la hoja 6"),
        ("DELETE FROM anclas_hojas WHERE indice = 2", "Falta la hoja 2"),
        ("UPDATE anclas_nodos SET hash = '{zeros}' WHERE nivel = 1 AND indice = 1", "La hoja 3"),
        ("UPDATE anclas SET raiz = '{zeros}' WHERE id = 2", "La raíz que guarda el ancla 2"),
        ("UPDATE anclas SET tamano = 4 WHERE id = 1", "La raíz que guarda el ancla 1"),
        ("UPDATE anclas SET tamano = 8 WHERE id = 2", "Falta la hoja 7"),
        ("UPDATE anclas SET tamano = 6 WHERE id > 1", "La raíz que guarda el ancla 2"),
        ("UPDATE anclas SET id = 9 WHERE id = 3", "Falta el ancla 3"),
        ("DELETE FROM anclas_sellos", None),
    ],
)
def test_a_log_that_was_changed_by_hand_is_found(app, cases, night, usuario_admin, change, words):
    night()
    note(app, cases[1], usuario_admin)
    night(1)
    night(2)

    sql(app, change.format(zeros="0" * 64))

    assert [words in text for text in flaws(app)] == ([True] if words else [])
    if words:
        answer = run(app, "custodia", "verify")
        assert answer.exit_code == 1
        assert f"anclas: {words}" in answer.output


def test_a_case_that_vanished_whole_is_missed(app, cases, night):
    night()
    pk = cases[4].id
    sql(
        app,
        "DELETE FROM custodia WHERE cadena = :pk",
        "DELETE FROM custodia_cabezas WHERE cadena = :pk",
        pk=pk,
    )

    (text,) = flaws(app)
    assert text.startswith(f"La cadena {pk} llegaba al eslabón")


def test_an_authority_is_asked_for_a_hash_only_and_its_answer_is_kept(
    stamped, cases, night, rows, authority
):
    night(stamps=True)

    (ancla,), (sello,) = rows(Ancla), rows(SelloTiempo)
    (query,) = authority.asked
    assert bytes.fromhex(ancla.imprint) in query
    assert len(query) == 69
    assert "TSA de prueba" in sello.firmante
    assert abs(sello.sellado_at - utcnow()) < timedelta(minutes=2)
    assert flaws(stamped) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, b""), (200, b""), (200, b"<html>"), (200, bytes.fromhex("30053003020102")), (302, b"")],
)
def test_a_failing_authority_is_asked_again_and_holds_nothing_up(
    stamped, cases, night, rows, authority, status, body
):
    authority.instead = (status, body)
    night(stamps=True)

    (trabajo,) = rows(Trabajo, tipo=STAMP_JOB)
    assert trabajo.estado is EstadoTrabajo.PROGRAMADO
    assert trabajo.error.startswith("El sello de tiempo")
    assert len(rows(Ancla)) == 1
    authority.instead = None
    sql(stamped, "UPDATE trabajos SET ejecutar_desde = '2026-01-01 00:00:00'")
    with stamped.app_context():
        work("test")
    assert len(rows(SelloTiempo)) == 1


def test_a_stamp_of_something_else_is_refused(stamped, cases, night, rows, authority, tmp_path):
    night()
    other = authority.answer(make_query("ab" * 32, 1 << 62))
    authority.instead = (200, other)
    with stamped.app_context():
        work("test")

    (trabajo,) = rows(Trabajo, tipo=STAMP_JOB)
    assert "sobre otra cosa" in trabajo.error
    assert rows(SelloTiempo) == []


def test_a_stamp_that_does_not_lead_to_the_trusted_root_is_refused(
    stamped, cases, night, rows, authority, tmp_path
):
    foreign = tmp_path / "ca.pem"
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    other.close()
    foreign.write_bytes(other.ca.read_bytes())
    config = stamped.extensions["rastro_config"]
    stamped.extensions["rastro_config"] = replace(config, tsa_ca=str(other.ca))
    night(stamps=True)
    (trabajo,) = rows(Trabajo, tipo=STAMP_JOB)
    assert "no vale" in trabajo.error

    stamped.extensions["rastro_config"] = replace(config, tsa_ca=str(authority.ca))
    sql(stamped, "UPDATE trabajos SET ejecutar_desde = '2026-01-01 00:00:00'")
    with stamped.app_context():
        work("test")
    assert len(rows(SelloTiempo)) == 1


def test_a_log_made_anew_with_its_roots_contradicts_its_stamps(
    stamped, cases, night, rows, authority
):
    night(stamps=True)
    kept = rows(SelloTiempo)[0].respuesta
    sql(
        stamped,
        "DELETE FROM anclas_sellos",
        "DELETE FROM anclas_hojas",
        "DELETE FROM anclas_nodos",
        "DELETE FROM anclas",
        "UPDATE custodia_cabezas SET hash = 'ab' WHERE secuencia > 0",
    )
    night()
    with stamped.app_context(), transaction():
        db.session.add(
            SelloTiempo(
                ancla_id=1,
                tsa="x",
                respuesta=kept,
                sellado_at=utcnow(),
                firmante="",
                created_at=utcnow(),
            )
        )
    assert any("es de otra raíz" in text for text in flaws(stamped))

    sql(stamped, "UPDATE anclas_sellos SET respuesta = :cut", cut=kept[:-40])
    assert any("no se puede leer" in text or "no acepta" in text for text in flaws(stamped))


@pytest.mark.parametrize(
    ("moment", "night_of"),
    [
        # Summer time in Santiago is UTC-3.
        (datetime(2026, 11, 29, 5, 59, tzinfo=UTC), date(2026, 11, 28)),
        (datetime(2026, 11, 29, 6, 0, tzinfo=UTC), date(2026, 11, 29)),
        (datetime(2027, 1, 1, 2, 0, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2027, 1, 1, 3, 30, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 6, 1, 6, 59, tzinfo=UTC), date(2026, 5, 31)),
        (datetime(2026, 6, 1, 7, 0, tzinfo=UTC), date(2026, 6, 1)),
    ],
)
def test_the_night_that_is_due_is_the_offices(moment, night_of):
    assert due_night(moment) == night_of


def test_missing_nights_are_counted_from_the_first_anchor():
    first = date(2026, 11, 1)
    assert missing_nights([], first) == []
    assert missing_nights([first], first) == []
    assert missing_nights([first, date(2026, 11, 4)], date(2026, 11, 5)) == [
        date(2026, 11, 5),
        date(2026, 11, 3),
        date(2026, 11, 2),
    ]


@pytest.mark.parametrize(
    ("typed", "root"),
    [("AB" * 32, "ab" * 32), (" ab " * 32, "ab" * 32), ("ab" * 31, None), ("xy" * 32, None)],
)
def test_a_root_is_read_as_people_copy_it(typed, root):
    assert parse_root(typed) == root
