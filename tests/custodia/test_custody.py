"""Whoever changes a row behind the application's back is found, and where; nobody else is."""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from app import create_app
from app.core.clock import utcnow
from app.custodia.jobs import VERIFY_JOB
from app.custodia.models import Cabeza, Eslabon, Revision
from app.custodia.queries.sealed_rows import read_chains
from app.custodia.queries.sealed_sources import list_sources, row_label
from app.custodia.rules import Hallazgo, canonical
from app.custodia.service import append, begin, store_review, verify, verifying
from app.db import KEPT_OF, Model, append_only_door, db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.notificaciones.models import Notificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import EntradaData, Move, add_entry, edit_entry, move_oficio, record
from app.usuarios.models import Usuario
from tests.adjuntos.files import make_adjunto
from tests.avistamientos.rows import make_check
from tests.factories import make_oficio
from tests.notificaciones.rows import make_notice
from tests.oficios.acting import act
from tests.plugins.application import HTMX, assert_fragment
from tests.plugins.application import test_config as config_for_tests


@pytest.fixture
def case(app, oficio, usuario_investigador):
    """An oficio with everything that is sealed."""

    def live(o, who):
        add_entry(o, EntradaData(Actividad.NOTA, "Vive en Ñuñoa"), actor=who, now=utcnow())
        move_oficio(o, Move(Estado.INVESTIGACION, o.version), actor=who, now=utcnow())
        record(
            o,
            Actividad.SISTEMA,
            "Con números",
            actor=None,
            now=utcnow(),
            detalle={"m": 3.5, "n": [1]},
        )

    act(app, oficio, usuario_investigador, live)
    make_adjunto(app, oficio, usuario_investigador)
    make_notice(app, oficio, usuario_investigador)
    make_check(app, oficio)
    return oficio


def problems(app, oficio_id):
    with app.app_context():
        return verify(oficio_id).problemas


def sql(app, *statements, **values):
    """Change the database as somebody who owns it would: no trigger is in the way."""
    with (
        app.app_context(),
        db.engine.begin() as connection,
        append_only_door(connection),
    ):
        for statement in statements:
            connection.execute(sa.text(statement), values)


def test_what_the_application_itself_does_is_no_finding(app, case, rows):
    links = rows(Eslabon, cadena=case.id)

    assert problems(app, case.id) == []
    assert [link.secuencia for link in links] == list(range(1, len(links) + 1))
    assert {link.tipo for link in links} == {
        *("oficio", "estado", "vehiculo", "bitacora", "adjunto", "notificacion", "consulta")
    }
    entries = rows(Investigacion, oficio_id=case.id)
    assert {link.fila_id for link in links if link.tipo == "bitacora"} == {e.id for e in entries}


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (
            "UPDATE investigaciones SET descripcion = 'Vive en La Reina' WHERE tipo = 'nota'",
            "bitacora",
            "se selló «Vive en Ñuñoa» y ahora dice «Vive en La Reina»",
        ),
        (
            "UPDATE investigaciones SET ocurrido_at = '2026-01-01 00:00:00.000000' "
            "WHERE tipo = 'nota'",
            "bitacora",
            "ocurrido_at",
        ),
        (
            "UPDATE investigaciones SET usuario_id = NULL WHERE tipo = 'nota'",
            "bitacora",
            "usuario_id",
        ),
        (
            "UPDATE investigaciones SET detalle = '{}' WHERE tipo = 'cambio_estado'",
            "bitacora",
            "detalle",
        ),
        (
            "UPDATE investigaciones SET respuesta = 'x' WHERE tipo = 'consulta_api'",
            "bitacora",
            "respuesta",
        ),
        ("UPDATE adjuntos SET sha256 = 'ab'", "adjunto", "sha256"),
        ("UPDATE adjuntos SET metadatos = '{\"gps\": 1}'", "adjunto", "metadatos"),
        ("UPDATE adjuntos SET eliminado_motivo = 'x'", "adjunto", "eliminado_motivo"),
        ("UPDATE notificaciones SET destinatario_email = 'x@y.example'", "notificacion", "x@y"),
        ("UPDATE notificaciones SET cuerpo_texto = 'otro'", "notificacion", "cuerpo_texto"),
        ("UPDATE notificaciones SET estado = 'enviada'", "notificacion", "«enviada»"),
        ("UPDATE oficios SET estado = 'notificacion'", "estado", "«notificacion»"),
        (
            "UPDATE oficios SET estado_desde = '2026-01-01 00:00:00.000000'",
            "estado",
            "estado_desde",
        ),
    ],
)
def test_a_row_that_was_changed_by_hand_is_found(app, case, change, kind, words):
    sql(app, change)

    (problem,) = problems(app, case.id)
    assert (problem.hallazgo, problem.tipo) == (Hallazgo.ALTERADO, kind)
    assert words in problem.texto
    assert f"n.º {problem.fila_id}" in problem.texto
    assert problem.secuencia


def test_a_row_that_was_taken_away_is_found(app, case, rows):
    (note,) = rows(Investigacion, tipo=Actividad.NOTA)
    sql(app, "DELETE FROM investigaciones WHERE id = :id", id=note.id)

    (problem,) = problems(app, case.id)
    assert problem.hallazgo is Hallazgo.FALTA
    assert problem.fila_id == note.id
    assert problem.texto.startswith("Ya no está la entrada de la bitácora")


def test_a_row_that_was_slipped_in_is_found(app, case, rows):
    sql(
        app,
        "INSERT INTO investigaciones"
        " (oficio_id, tipo, descripcion, detalle, ocurrido_at, created_at)"
        " VALUES (:id, 'nota', 'Nunca pasó', '{}', '2026-11-01 12:00:00.000000',"
        " '2026-11-01 12:00:00.000000')",
        id=case.id,
    )

    (problem,) = problems(app, case.id)
    assert problem.hallazgo is Hallazgo.SIN_SELLO


def test_a_row_that_was_moved_to_another_case_is_found_in_both(
    app, case, buffet, usuario_investigador
):
    other = make_oficio(app, buffet, usuario_investigador)
    sql(app, "UPDATE investigaciones SET oficio_id = :id WHERE tipo = 'nota'", id=other.id)

    assert [p.hallazgo for p in problems(app, case.id)] == [Hallazgo.FALTA]
    assert [p.hallazgo for p in problems(app, other.id)] == [Hallazgo.SIN_SELLO]


def test_a_chain_that_was_cut_at_its_end_together_with_its_row_is_found(
    app, case, usuario_investigador, rows
):
    act(app, case, usuario_investigador, partial(note, "La última"))
    last = rows(Eslabon, cadena=case.id)[-1]
    assert last.tipo == "bitacora"
    sql(
        app,
        "DELETE FROM custodia WHERE id = :link",
        "DELETE FROM investigaciones WHERE id = :row",
        link=last.id,
        row=last.fila_id,
    )

    (problem,) = problems(app, case.id)
    assert problem.texto == f"Falta el eslabón {last.secuencia}."


def test_two_links_that_changed_places_are_found(app, case):
    sql(
        app,
        "UPDATE custodia SET secuencia = 1000 WHERE secuencia = 2",
        "UPDATE custodia SET secuencia = 2 WHERE secuencia = 3",
        "UPDATE custodia SET secuencia = 3 WHERE secuencia = 1000",
    )

    found = problems(app, case.id)
    assert [(p.hallazgo, p.secuencia) for p in found][:2] == [
        (Hallazgo.DESORDEN, 2),
        (Hallazgo.DESORDEN, 3),
    ]


def test_a_seal_that_was_changed_with_its_row_is_found(app, case, rows):
    sql(
        app,
        "UPDATE investigaciones SET descripcion = 'Otra' WHERE tipo = 'nota'",
        "UPDATE custodia SET contenido = replace(contenido, 'Vive en Ñuñoa', 'Otra')",
    )

    (problem,) = problems(app, case.id)
    assert "contenido sellado" in problem.texto


def test_a_seal_that_is_no_json_any_more_is_a_finding_and_no_crash(app, case):
    sql(app, "UPDATE custodia SET contenido = 'x' WHERE secuencia = 1")

    assert [p.secuencia for p in problems(app, case.id)] == [1]


def test_a_chain_that_was_made_anew_from_some_point_is_found_by_the_last_review(app, case, rows):
    with app.app_context():
        found = verify(case.id)
        with transaction():
            store_review(found, now=utcnow())
    sql(
        app,
        "DELETE FROM custodia",
        "DELETE FROM custodia_cabezas",
        "UPDATE investigaciones SET descripcion = 'Otra' WHERE tipo = 'nota'",
    )
    with app.app_context(), transaction():
        append(
            [
                (cadena, source.tipo, pk, content)
                for source in list_sources()
                for cadena, pk, content in read_chains(source, [case.id])
            ],
            utcnow(),
        )

    (problem,) = problems(app, case.id)
    assert "no es el que se vio en la revisión" in problem.texto


def test_a_correction_is_a_new_link_and_the_old_text_stays_readable(app, case, rows, oficio):
    (note,) = rows(Investigacion, tipo=Actividad.NOTA)
    for text in ("Vive en Macul", "Vive en Renca"):
        with app.app_context(), transaction():
            entry = db.session.get_one(Investigacion, note.id)
            actor = db.session.get_one(Usuario, note.usuario_id)
            edit_entry(entry, text, actor=actor, now=utcnow())

    links = rows(Eslabon, tipo="bitacora", fila_id=note.id)
    assert [
        text in link.contenido
        for link, text in zip(links, ("Ñuñoa", "Macul", "Renca"), strict=True)
    ]
    (note,) = rows(Investigacion, tipo=Actividad.NOTA)
    assert [former["texto"] for former in note.detalle["anteriores"]] == [
        "Vive en Ñuñoa",
        "Vive en Macul",
    ]
    assert problems(app, case.id) == []


def note(text, oficio, who):
    record(oficio, Actividad.NOTA, text, actor=who, now=utcnow())


def test_writers_at_the_same_moment_make_one_chain(app, oficio, usuario_investigador, rows):
    start = threading.Barrier(8)
    failures = []

    def write(number):
        start.wait(10)
        try:
            for turn in range(5):
                text = f"{number}.{turn}"
                act(app, oficio, usuario_investigador, partial(note, text))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    links = rows(Eslabon, cadena=oficio.id)
    assert [link.secuencia for link in links] == list(range(1, 45))
    assert problems(app, oficio.id) == []


def test_what_fails_leaves_no_link(app, oficio, usuario_investigador, rows):
    def fail(o, who):
        record(o, Actividad.NOTA, "Nada", actor=who, now=utcnow())
        raise RuntimeError

    before = len(rows(Eslabon))
    with pytest.raises(RuntimeError):
        act(app, oficio, usuario_investigador, fail)

    assert len(rows(Eslabon)) == before
    assert problems(app, oficio.id) == []


def test_sealing_nothing_makes_no_link(app, oficio, rows):
    before = len(rows(Eslabon))
    with app.app_context(), transaction():
        append([], utcnow())
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).posicion = 7  # its rank is no evidence

    assert len(rows(Eslabon)) == before


def test_what_was_there_before_is_sealed_once(app, case, rows):
    sealed = {(link.tipo, link.fila_id) for link in rows(Eslabon)}
    sql(app, "DELETE FROM custodia", "DELETE FROM custodia_cabezas")
    runner = app.test_cli_runner()
    assert problems(app, case.id)

    first = runner.invoke(args=["custodia", "iniciar"])
    second = runner.invoke(args=["custodia", "iniciar"])

    assert first.output == f"Filas selladas: {len(sealed)}.\n"
    assert second.output == "Filas selladas: 0.\n"
    assert problems(app, case.id) == []
    sql(app, "DELETE FROM custodia", "DELETE FROM custodia_cabezas")
    with app.app_context():
        assert begin(utcnow()) == 0
    assert {p.hallazgo for p in problems(app, case.id)} == {Hallazgo.SIN_SELLO}


def test_beginning_keeps_the_chains_that_there_are(app, case, rows):
    before = rows(Eslabon)

    with app.app_context():
        assert begin(utcnow()) == 0

    assert [link.hash for link in rows(Eslabon)] == [link.hash for link in before]


def test_the_command_says_what_was_found_and_ends_with_it(app, case, buffet, usuario_investigador):
    runner = app.test_cli_runner()
    other = make_oficio(app, buffet, usuario_investigador)

    fine = runner.invoke(args=["custodia", "verify"])
    assert fine.exit_code == 0
    assert fine.output.startswith("2 oficios, ")
    assert "nada fue alterado" in fine.output

    sql(app, "UPDATE investigaciones SET descripcion = 'x' WHERE tipo = 'nota'")
    altered = runner.invoke(args=["custodia", "verify"])
    assert altered.exit_code == 1
    assert f"oficio {case.id}: Alterado." in altered.output
    assert "1 hallazgos." in altered.output
    assert runner.invoke(args=["custodia", "verify", str(other.id)]).exit_code == 0
    assert runner.invoke(args=["custodia", "verify", str(case.id)]).exit_code == 1
    unknown = runner.invoke(args=["custodia", "verify", "99"])
    assert (unknown.exit_code, "No existe el oficio 99" in unknown.output) == (1, True)


def verify_by_job(app, key):
    with app.app_context():
        with transaction():
            enqueue(VERIFY_JOB, key=key, now=utcnow())
        work("test")
        return db.session.scalar(sa.select(Trabajo).where(Trabajo.clave == key))


def test_every_night_all_are_verified_and_the_mark_tells(app, case, investigador, rows):
    url = f"/oficios/{case.id}"
    assert "custody-mark" not in investigador.get(url).text

    assert verify_by_job(app, "1").resultado == "Se verificaron 1 oficios; nada fue alterado."
    assert "Custodia verificada" in investigador.get(url).text

    sql(app, "UPDATE oficios SET estado = 'notificacion'")
    job = verify_by_job(app, "2")
    assert (job.estado, f"en 1 cadena(s): oficio {case.id}." in job.error) == (
        EstadoTrabajo.FALLIDO,
        True,
    )
    assert "Custodia: 1 hallazgo<" in investigador.get(url).text.replace("\n", "").replace("  ", "")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_the_section_shows_the_chain_and_keeps_an_outcome_when_asked(
    app, case, investigador, rows, headers
):
    url = f"/oficios/{case.id}/custodia"
    page = investigador.get(url, headers=headers).text
    assert "nada fue alterado" in page
    assert rows(Eslabon)[-1].hash in page
    assert rows(Revision) == []

    assert investigador.post(url, headers=headers).status_code == (200 if headers else 303)
    assert rows(Revision)[0].is_intact

    sql(app, "UPDATE adjuntos SET descripcion = '<b>otra</b>'")
    answer = investigador.post(url, headers=headers)
    if headers:
        assert_fragment(answer, f"oficio-custodia-{case.id}")
        assert "custody-mark" in answer.text
    text = investigador.get(url, headers=headers).text
    assert "&lt;b&gt;otra&lt;/b&gt;" in text
    assert not rows(Revision)[0].is_intact


def test_a_new_oficio_without_anything_else_is_shown(app, oficio, investigador):
    sql(app, "DELETE FROM custodia", "DELETE FROM custodia_cabezas")

    assert "Todavía no hay eslabones" in investigador.get(f"/oficios/{oficio.id}/custodia").text


def test_a_chain_survives_a_dump_and_a_reload(app, case, migrated_database_url, tmp_path):
    """Every row is read out and written into a new database, as a backup program does."""
    copy = create_app(config_for_tests(migrated_database_url, tmp_path))
    with app.app_context():
        # What the database counts by itself it counts again as the rows come in.
        tables = [table for table in Model.metadata.sorted_tables if KEPT_OF not in table.info]
        dump = {}
        for name in [table.name for table in tables]:
            found = db.session.execute(sa.text(f"SELECT * FROM {name}")).mappings()
            dump[name] = [_bindable(row) for row in found]
    with copy.app_context():
        with db.engine.begin() as connection:
            # What the migrations left in the new database is in the dump as well.
            for table in reversed(Model.metadata.sorted_tables):
                if connection.scalar(sa.select(sa.exists().select_from(table))):
                    connection.execute(sa.delete(table))
            for table in tables:
                if dump[table.name]:
                    names = ", ".join(dump[table.name][0])
                    marks = ", ".join(f":{name}" for name in dump[table.name][0])
                    insert = sa.text(f"INSERT INTO {table.name} ({names}) VALUES ({marks})")
                    connection.execute(insert, dump[table.name])
        assert len(verify(case.id).links) > 6
        assert verify(case.id).problemas == []
        db.session.execute(
            sa.text("UPDATE investigaciones SET descripcion = 'x' WHERE tipo = 'nota'")
        )
        db.session.commit()
        assert len(verify(case.id).problemas) == 1
        db.session.remove()
        db.engine.dispose()


def _bindable(row):
    """psycopg gives JSON columns as Python values; they go back as text."""
    return {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in row.items()
    }


def test_a_copy_that_sqlite_makes_of_itself_is_whole(app, case, database_kind, tmp_path):
    if database_kind != "sqlite":
        pytest.skip("the other database has its own program for this")
    with app.app_context():
        source = sqlite3.connect(db.engine.url.database)
        path = tmp_path / "copia.sqlite3"
        with sqlite3.connect(path) as target:
            source.backup(target)
        source.close()
        target.close()
    copy = create_app(config_for_tests(f"sqlite:///{path}", tmp_path))
    with copy.app_context():
        assert len(verify(case.id).links) > 6
        assert verify(case.id).problemas == []
        db.session.remove()
        db.engine.dispose()


def test_writing_meanwhile_is_no_finding(app, case, usuario_investigador, rows, monkeypatch):
    """What is committed between two reads of a verification is not seen by half."""
    once = iter([True])

    def write_first(source, cadenas):
        if next(once, False):
            writing = (app, case, usuario_investigador, partial(note, "Ahora"))
            thread = threading.Thread(target=act, args=writing)
            thread.start()
            thread.join()
        return read_chains(source, cadenas)

    monkeypatch.setattr(verifying, "read_chains", write_first)
    before = len(rows(Eslabon))
    assert problems(app, case.id) == []
    assert len(rows(Eslabon)) == before + 1
    assert problems(app, case.id) == []


def test_a_kind_that_no_longer_exists_keeps_its_name_and_is_not_missed(app, oficio):
    with app.app_context():
        with transaction():
            append([(oficio.id, "antiguo", 1, '{"a":1}')], utcnow())
        assert verify(oficio.id).problemas == []
        assert row_label("antiguo") == "antiguo"


def test_a_case_that_is_gone_has_no_review(app, case, rows):
    with app.app_context():
        found = verify(case.id)
        gone = replace(found, cadena=case.id + 1)
        with transaction():
            store_review(gone, now=utcnow())
    assert rows(Revision) == []

    with app.app_context(), transaction():
        store_review(found, now=utcnow())
    assert len(rows(Revision)) == 1


def test_the_moment_of_a_link_keeps_its_microseconds(app, oficio, rows):
    moment = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
    with app.app_context(), transaction():
        content = canonical({"a": moment + timedelta(days=1)})
        append([(oficio.id, "antiguo", 1, content)], moment)

    assert rows(Eslabon)[-1].created_at == moment
    assert rows(Cabeza, cadena=oficio.id)[0].hash == rows(Eslabon)[-1].hash
    assert problems(app, oficio.id) == []
    assert rows(Notificacion) == []
    assert rows(Oficio)
