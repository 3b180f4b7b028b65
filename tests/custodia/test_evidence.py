"""Every kind of evidence is sealed by its declaration, and nobody can forget to do it."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from app.ajustes.service import set_setting
from app.api.models import ClaveApi
from app.auditoria.models import Auditoria
from app.avistamientos.models import Avistamiento, Listado
from app.avistamientos.rules import Fuente
from app.buffets.models import Buffet, Enlace
from app.consultas.models import Consulta
from app.core.clock import local_today, utcnow
from app.core.sealed import OFFICE_CHAIN
from app.cumplimiento.models.retencion import ReglaRetencion
from app.cumplimiento.rules.retencion import AccionRetencion
from app.custodia.models import Eslabon
from app.custodia.queries import list_chain_ids
from app.custodia.queries.sealed_sources import list_sources
from app.custodia.rules import ERASURE, Hallazgo
from app.custodia.service import (
    UnsealedWrite,
    begin,
    erase_sealed,
    execute_sealed,
    removal_reason,
    store_review,
    touch,
    verify,
)
from app.custodia.service.beginning import MIGRATED_SETTING
from app.db import append_only_door, commit_together, db, transaction
from app.direcciones.models import Direccion, Visita
from app.direcciones.rules import ResultadoVisita
from app.eventos.models import Webhook
from app.notificaciones.models.receptores import Receptor
from app.oficios.models import Oficio, Propietario, Seguimiento
from app.oficios.rules import Estado
from app.oficios.service.seguimientos import finish_due, follow_up
from app.promesas.models import Promesa
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo
from tests.avistamientos.rows import make_check

RUT = "12345678-5"


@pytest.fixture
def case(app, oficio, usuario_investigador):
    """An oficio with a person, an address that was visited, two sightings and a look-up."""
    make_check(app, oficio)
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        row.rol, row.fecha_limite = "C-3030-2017", local_today(utcnow())
        address = Direccion(oficio_id=oficio.id, direccion="Los Aromos 12", comuna="Renca")
        address.visitas = [
            Visita(
                usuario_id=usuario_investigador.id,
                resultado=ResultadoVisita.NO_ENCONTRADO,
                fecha_hora=utcnow(),
            )
        ]
        db.session.add_all(
            [
                address,
                Propietario(oficio_id=oficio.id, nombre="Ana Soto", rut=RUT),
                *(
                    Avistamiento(
                        oficio_id=oficio.id,
                        fuente=Fuente.PORTICO,
                        fecha=local_today(utcnow()),
                        ubicacion=f"Pórtico {number}",
                        clave=str(number),
                    )
                    for number in (1, 2)
                ),
            ]
        )
    return oficio


def sentences(app, cadena):
    with app.app_context():
        return [problem.texto for problem in verify(cadena).problemas]


def sql(app, *statements, **values):
    """Change the database as somebody who owns it would: no trigger is in the way."""
    with (
        app.app_context(),
        db.engine.begin() as connection,
        append_only_door(connection),
    ):
        for statement in statements:
            connection.execute(sa.text(statement), values)


#: What the issue names: a statement, and what the command must say of it.
ALTERATIONS = {
    "place": (
        "UPDATE avistamientos SET ubicacion = 'Otro', fecha_hora = '2026-01-02 03:04:05+00:00'"
        " WHERE clave = '1'",
        "Se cambió el avistamiento n.º {sighting}: fecha_hora: se selló vacío y ahora dice"
        " «2026-01-02T03:04:05.000000+00:00»; ubicacion: se selló «Pórtico 1» y ahora dice «Otro».",
    ),
    "sighting": (
        "DELETE FROM avistamientos WHERE clave = '2'",
        "Ya no está el avistamiento n.º {other}, que se selló en el eslabón",
    ),
    "plate": ("UPDATE vehiculos SET patente = 'ZZZZ11'", "patente: se selló «{plate}» y ahora"),
    "rut": (
        "UPDATE propietarios SET rut = '11111111-1'",
        f"la persona n.º {{person}}: rut: se selló «{RUT}» y ahora dice «11111111-1».",
    ),
    "address": (
        "UPDATE direcciones SET direccion = 'Los Boldos 9'",
        "la dirección n.º {address}: direccion: se selló «Los Aromos 12» y ahora dice"
        " «Los Boldos 9».",
    ),
    "outcome": (
        "UPDATE visitas SET resultado = 'exitosa'",
        "la visita n.º {visit}: resultado: se selló «no_encontrado» y ahora dice «exitosa».",
    ),
    "rol": (
        "UPDATE oficios SET rol = 'C-1-2020'",
        "rol: se selló «C-3030-2017» y ahora dice «C-1-2020»",
    ),
    "deadline": (
        "UPDATE oficios SET fecha_limite = '2030-01-31'",
        "y ahora dice «2030-01-31»",
    ),
    "force": (
        "UPDATE oficios SET fuerza_publica = NOT fuerza_publica",
        "fuerza_publica: se selló «no» y ahora dice «sí»",
    ),
    "look-up": ("DELETE FROM consultas", "Ya no está la consulta n.º {consulta}"),
}


def test_the_command_names_each_alteration_with_field_before_and_after(app, case, rows):
    runner = app.test_cli_runner()
    assert "nada fue alterado" in runner.invoke(args=["custodia", "verify"]).output
    first, second = sorted(row.id for row in rows(Avistamiento) if row.clave in {"1", "2"})
    told = {
        "sighting": first,
        "other": second,
        "plate": rows(Vehiculo)[0].patente,
        "consulta": rows(Consulta)[0].id,
        "person": rows(Propietario)[0].id,
        "address": rows(Direccion)[0].id,
        "visit": rows(Visita)[0].id,
    }
    sql(app, *(statement for statement, _words in ALTERATIONS.values()))

    answer = runner.invoke(args=["custodia", "verify"])

    assert answer.exit_code == 1
    for statement, words in ALTERATIONS.values():
        assert words.format(**told) in answer.output, statement
    assert f"oficio {case.id}: Alterado. Se cambió el oficio n.º {case.id}: " in answer.output
    # The three changes of the order are one row.
    assert f"{len(ALTERATIONS) - 2} hallazgos." in answer.output


def test_the_list_that_sightings_came_from_is_evidence_too(app, case, usuario_investigador):
    with app.app_context(), transaction():
        listed = Listado(
            oficio_id=case.id,
            usuario_id=usuario_investigador.id,
            nombre_archivo="pasadas.csv",
            sha256="a" * 64,
            contenido=b"x",
        )
        db.session.add(listed)
    assert sentences(app, case.id) == []
    sql(app, "UPDATE avistamiento_listados SET sha256 = :other", other="b" * 64)
    (text,) = sentences(app, case.id)
    assert text.startswith("Se cambió el listado de la concesionaria n.º")


#: What the office's own lists say of who is told, who may what and what was promised.
OFFICE_ALTERATIONS = {
    "buffets": (
        "UPDATE buffets SET email_principal = 'otro@ejemplo.cl'",
        "el buffet n.º {buffet}: email_principal: se selló «{email}» y ahora dice",
    ),
    "enlaces": (
        "UPDATE enlaces SET email = 'otro@ejemplo.cl'",
        "el enlace n.º 1: email: se selló vacío y ahora dice «otro@ejemplo.cl»",
    ),
    "usuarios": (
        "UPDATE usuarios SET rol = 'admin' WHERE rol = 'investigador'",
        "rol: se selló «investigador» y ahora dice «admin»",
    ),
    "receptores": (
        "UPDATE receptores SET tribunales = 'Los de Arica'",
        "Se cambió el receptor n.º 1: tribunales:",
    ),
    "promesas": ("DELETE FROM promesas", "Ya no está la promesa al buffet n.º 1"),
    "retencion_reglas": (
        "UPDATE retencion_reglas SET meses = 1",
        "la regla de retención n.º 1: meses: se selló «60» y ahora dice «1»",
    ),
    "claves_api": (
        "UPDATE claves_api SET alcances = 'leer escribir'",
        "la clave de la API n.º 1: alcances: se selló «leer» y ahora dice «leer escribir»",
    ),
    "webhooks": (
        "UPDATE webhooks SET url = 'https://ladron.ejemplo.cl'",
        "el webhook n.º 1: url: se selló «https://ejemplo.cl» y ahora dice",
    ),
}


def test_an_alteration_of_the_offices_own_lists_is_named(app, buffet, usuario_investigador, rows):
    now = utcnow()
    with app.app_context(), transaction():
        db.session.add_all(
            [
                Enlace(buffet_id=buffet.id, selector="abc", expira_at=now),
                Receptor(nombre="Receptora", email="receptora@ejemplo.cl", tribunales="Renca"),
                Promesa(buffet_id=buffet.id, desde=local_today(now)),
                ReglaRetencion(
                    caso_estado=Estado.ENCONTRADO,
                    meses=60,
                    accion=AccionRetencion.CONSERVAR,
                    fundamento="Prescripción",
                    cambiada_at=now,
                ),
                ClaveApi(
                    nombre="Planilla",
                    usuario_id=usuario_investigador.id,
                    alcances="leer",
                    prefijo="rk",
                    huella="f" * 64,
                    vence_at=now,
                ),
                Webhook(nombre="Aviso", url="https://ejemplo.cl", semilla="s"),
            ]
        )
    assert sentences(app, OFFICE_CHAIN) == []
    told = {"buffet": buffet.id, "email": rows(Buffet)[0].email_principal}

    sql(app, *(statement for statement, _words in OFFICE_ALTERATIONS.values()))

    found = "\n".join(sentences(app, OFFICE_CHAIN))
    for table, (_statement, words) in OFFICE_ALTERATIONS.items():
        assert words.format(**told) in found, table


def test_a_day_to_come_back_on_is_evidence_and_what_was_done_is_no_finding(
    app, case, usuario_investigador, rows
):
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        now = utcnow()
        follow_up(db.session.get_one(Oficio, case.id), local_today(now), actor=actor, now=now)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        finish_due(case.id, actor=actor, now=utcnow())
    assert rows(Seguimiento)[0].hecho_at is not None
    assert sentences(app, case.id) == []

    sql(app, "UPDATE seguimientos SET hecho_at = NULL")
    (text,) = sentences(app, case.id)
    assert "Se cambió el seguimiento n.º 1: hecho_at" in text


def test_what_belongs_to_no_case_is_in_the_offices_chain(app, buffet, cliente, rows):
    with app.app_context(), transaction():
        db.session.add(Auditoria(accion="prueba.hecha", detalle={"n": 1}))
    assert list_ids(app)[0] == OFFICE_CHAIN
    assert sentences(app, OFFICE_CHAIN) == []
    links = rows(Eslabon, cadena=OFFICE_CHAIN)
    assert {"auditoria"} <= {link.tipo for link in links}

    sql(app, "UPDATE auditoria SET accion = 'otra' WHERE accion = 'prueba.hecha'")
    (text,) = sentences(app, OFFICE_CHAIN)
    assert "accion: se selló «prueba.hecha» y ahora dice «otra»" in text
    sql(app, "DELETE FROM auditoria WHERE accion = 'otra'")
    (text,) = sentences(app, OFFICE_CHAIN)
    assert text.startswith("Ya no está la anotación de auditoría n.º")
    sql(app, "UPDATE custodia SET secuencia = 999 WHERE secuencia = 1 AND cadena = 0")
    assert sentences(app, OFFICE_CHAIN)


def list_ids(app):
    with app.app_context():
        return list_chain_ids()


def test_a_row_that_a_person_removes_leaves_a_tomb(app, case, rows):
    with app.app_context(), transaction():
        db.session.delete(db.session.scalars(sa.select(Propietario)).one())
    with app.app_context(), removal_reason("Solicitud 7"), transaction():
        db.session.delete(db.session.scalars(sa.select(Avistamiento).limit(1)).one())

    assert sentences(app, case.id) == []
    first, second = [link for link in rows(Eslabon) if "_retirada" in (link.contenido or "")]
    assert (first.tipo, first.cadena) == ("propietario", case.id)
    assert second.contenido == '{"_retirada":"Solicitud 7"}'

    sql(app, "UPDATE custodia SET contenido = NULL, sal = NULL WHERE id = :id", id=first.id)
    assert f"eslabón {first.secuencia} no está" in " ".join(sentences(app, case.id))


def test_a_row_that_comes_back_after_its_tomb_is_found(app, case, rows):
    (person,) = rows(Propietario)
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Propietario, person.id))
    with app.app_context(), db.engine.begin() as connection:
        values = {column.name: getattr(person, column.name) for column in Propietario.__table__.c}
        connection.execute(sa.insert(Propietario).values(values))

    (text,) = sentences(app, case.id)
    assert text.startswith(f"Volvió a aparecer la persona n.º {person.id}")


def test_what_a_law_orders_to_erase_is_gone_and_the_chain_holds(app, case, rows):
    (person,) = rows(Propietario)
    with app.app_context(), transaction():
        row = db.session.get_one(Propietario, person.id)
        row.nombre = "Ana Soto Rojas"
    with app.app_context(), transaction():
        row = db.session.get_one(Propietario, person.id)
        row.nombre, row.rut = None, None
        assert erase_sealed("propietario", [row.id], reason="Solicitud 12", now=utcnow()) == 2

    assert sentences(app, case.id) == []
    links = [link for link in rows(Eslabon) if link.tipo in {"propietario", ERASURE}]
    assert [link.contenido is None for link in links] == [True, True, False, False]
    assert not any(RUT in (link.contenido or "") or link.sal == "" for link in rows(Eslabon))
    assert "Solicitud 12" in links[2].contenido

    sql(app, "UPDATE custodia SET contenido = '{}' WHERE id = :id", id=links[0].id)
    assert "fue cambiado" in sentences(app, case.id)[0]
    sql(app, "UPDATE custodia SET contenido = NULL WHERE id = :id", id=links[0].id)
    sql(app, "DELETE FROM propietarios")
    (text,) = sentences(app, case.id)
    assert text.startswith("Ya no está la persona")


@pytest.mark.parametrize("order", ["erase first", "remove first", "removed before"])
def test_a_row_is_removed_and_erased_in_any_order(app, case, rows, order):
    (person,) = rows(Propietario)

    def remove():
        db.session.delete(db.session.get_one(Propietario, person.id))
        db.session.flush()

    if order == "removed before":
        with app.app_context(), transaction():
            remove()
    with app.app_context(), transaction():
        if order == "remove first":
            remove()
        erase_sealed("propietario", [person.id], reason="Regla 2", now=utcnow())
        if order == "erase first":
            remove()

    assert sentences(app, case.id) == []
    assert not any(RUT in (link.contenido or "") for link in rows(Eslabon))
    assert rows(Propietario) == []


def test_a_finding_that_quotes_what_was_erased_goes_with_it(app, case, rows):
    sql(app, "UPDATE propietarios SET rut = '11111111-1'")
    (person,) = rows(Propietario)
    with app.app_context():
        found = verify(case.id)
        with transaction():
            store_review(found, now=utcnow())
        with transaction():
            erase_sealed("propietario", [person.id], reason="Solicitud 1", now=utcnow())
            with pytest.raises(KeyError):
                erase_sealed("nada", [1], reason="Solicitud 1", now=utcnow())
    with app.app_context():
        (told,) = db.session.execute(sa.text("SELECT problemas FROM custodia_revisiones")).one()
    assert RUT not in str(told)


FORGOTTEN = {
    "update": sa.update(Vehiculo).values(patente="AA1111"),
    "by a value": sa.update(db.metadata.tables["vehiculos"]).where(sa.true()),
    "delete": sa.delete(Avistamiento),
    "insert": sa.insert(Propietario).values(oficio_id=1, nombre="Eva"),
    "moved": sa.update(Avistamiento).values(oficio_id=2),
    "text": sa.text("UPDATE visitas SET notas = 'x'"),
    "below WITH": sa.text("WITH one AS (SELECT 1) UPDATE visitas SET notas = 'x'"),
    "instead": sa.text("insert or replace into visitas (id) values (1)"),
    "in a schema": sa.text('DELETE FROM ONLY "public"."visitas"'),
    "a list": sa.text("DELETE FROM notificacion_adjuntos"),
}


@pytest.mark.parametrize("name", FORGOTTEN)
def test_a_statement_that_nobody_notes_is_refused(app, case, name):
    values = [{"patente": "AA1111"}] if name == "by a value" else None
    with app.app_context(), pytest.raises(UnsealedWrite), transaction():
        db.session.execute(FORGOTTEN[name], values)
    assert sentences(app, case.id) == []


def test_a_statement_that_changes_no_evidence_passes_and_a_noted_one_is_sealed(app, case, rows):
    with app.app_context(), transaction():
        db.session.execute(sa.update(Oficio).values(posicion=3))
        assert len(execute_sealed(sa.update(Avistamiento).values(empresa="Norte"))) == 2
        execute_sealed(sa.delete(Avistamiento).where(Avistamiento.clave == "2"))
        (pk,) = execute_sealed(sa.insert(Propietario).values(oficio_id=case.id, nombre="Eva"))

    assert sentences(app, case.id) == []
    assert any(link.tipo == "propietario" and link.fila_id == pk for link in rows(Eslabon))


def test_one_transaction_makes_one_link_of_a_row_and_none_of_what_it_takes_back(app, case, rows):
    before = len(rows(Eslabon))
    with app.app_context(), transaction():
        row = db.session.scalars(sa.select(Vehiculo)).one()
        for color in ("rojo", "azul"):
            row.color = color
            db.session.flush()
        person = Propietario(oficio_id=case.id, nombre="Por error")
        db.session.add(person)
        db.session.flush()
        db.session.delete(person)

    (link,) = rows(Eslabon)[before:]
    assert '"color":"azul"' in link.contenido
    assert sentences(app, case.id) == []


def test_what_commits_together_is_sealed_together_and_what_fails_leaves_nothing(app, case, rows):
    def deed():
        with transaction():
            db.session.scalars(sa.select(Vehiculo)).one().color = "rojo"

    def last(_result):
        db.session.scalars(sa.select(Propietario)).one().nombre = "Eva"

    def fail(_result):
        raise RuntimeError

    before = len(rows(Eslabon))
    with app.app_context():
        commit_together(deed, last)
        assert len(rows(Eslabon)) == before + 2
        with pytest.raises(RuntimeError):
            commit_together(deed, fail)

    assert len(rows(Eslabon)) == before + 2
    assert sentences(app, case.id) == []


def test_an_upgrade_seals_what_was_not_and_goes_on_where_it_was_stopped(
    app, case, rows, monkeypatch
):
    """As version 0.1 left it: five kinds were begun, without their newest fields."""
    (plate,) = [link for link in rows(Eslabon) if link.tipo == "vehiculo"]
    sql(
        app,
        "DELETE FROM custodia",
        "DELETE FROM custodia_cabezas",
        "INSERT INTO ajustes (clave, valor) VALUES ('custodia_desde', '2026-11-25')",
    )
    monkeypatch.setattr("app.custodia.service.beginning._AT_ONCE", 1)
    with app.app_context():
        monkeypatch.setattr("app.custodia.service.beginning.append", stop_after(2))
        with pytest.raises(InterruptedError):
            begin(utcnow())
        assert len(rows(Eslabon)) == 2
        monkeypatch.undo()
        first = len(rows(Eslabon)) + begin(utcnow())
        assert begin(utcnow()) == 0

    links = rows(Eslabon)
    assert len(links) == first == len({(link.tipo, link.fila_id) for link in links})
    assert plate.contenido in {link.contenido for link in links}
    # Rows of a kind that had been begun were slipped in: they are not whitewashed.
    with app.app_context():
        found = verify(case.id).problemas
    assert {problem.hallazgo for problem in found} == {Hallazgo.SIN_SELLO}
    assert {problem.tipo for problem in found} == {"bitacora", "estado"}


def stop_after(times):
    from app.custodia.service.appending import append

    calls = []

    def stopping(filas, now):
        if filas:
            calls.append(1)
        if len(calls) > times:
            raise InterruptedError
        append(filas, now)

    return stopping


def test_a_field_that_is_sealed_later_is_added_but_an_altered_row_is_not(app, case, rows):
    with app.app_context():
        begin(utcnow())
    old = '{"patente":"%s"}'
    with app.app_context(), transaction():
        from app.custodia.service import append

        (car,) = db.session.scalars(sa.select(Vehiculo))
        append([(case.id, "vehiculo", car.id, old % car.patente)], utcnow())
        (person,) = db.session.scalars(sa.select(Propietario))
        append([(case.id, "propietario", person.id, '{"nombre":"Otra"}')], utcnow())
        set_setting("custodia_tipos", '{"begun":{"vehiculo":"","propietario":""}}')
    before = len(rows(Eslabon))

    with app.app_context():
        begin(utcnow())

    added = rows(Eslabon)[before:]
    assert [link.tipo for link in added if link.tipo in {"vehiculo", "propietario"}] == ["vehiculo"]
    assert "se selló «Otra»" in sentences(app, case.id)[0]


def test_a_migration_that_changes_sealed_fields_says_so_and_nothing_else_is_excused(
    app, case, rows
):
    with app.app_context():
        begin(utcnow())
    sql(
        app,
        "UPDATE direcciones SET comuna = 'RENCA'",
        "UPDATE propietarios SET nombre = 'Otra'",
        "INSERT INTO ajustes (clave, valor) VALUES (:clave, :valor)",
        clave=f"{MIGRATED_SETTING}direccion",
        valor='{"campos":["comuna"],"por":"migración 0099"}',
    )
    with app.app_context():
        assert begin(utcnow()) == 1
        assert begin(utcnow()) == 0

    (text,) = sentences(app, case.id)
    assert "la persona n.º" in text
    assert "nombre: se selló «Ana Soto» y ahora dice «Otra»" in text
    assert '"_migracion":"migración 0099"' in rows(Eslabon)[-1].contenido


def test_the_next_change_of_a_row_does_not_cover_up_what_was_altered(app, case, rows):
    (car,) = rows(Vehiculo)
    sql(app, "UPDATE vehiculos SET patente = 'ZZZZ11'")
    for color in ("rojo", "azul"):
        with app.app_context(), transaction():
            db.session.scalars(sa.select(Vehiculo)).one().color = color

    (text,) = sentences(app, case.id)
    assert text.startswith("Antes del eslabón")
    assert f"patente: se selló «{car.patente}» y decía «ZZZZ11»" in text


def test_two_that_are_the_first_of_a_chain_at_one_moment_make_one(app, rows):
    start, failures = threading.Barrier(4), []

    def write():
        start.wait(10)
        try:
            with app.app_context(), transaction():
                db.session.add(Auditoria(accion="prueba.a_la_vez"))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert [link.secuencia for link in rows(Eslabon)] == [1, 2, 3, 4]
    assert sentences(app, OFFICE_CHAIN) == []


def test_a_row_that_others_changed_is_sealed_as_it_is(app, case, rows):
    """Whoever wrote it behind the session's back says so, and what is read is the database."""
    with app.app_context(), transaction():
        row = db.session.scalars(sa.select(Propietario)).one()
        assert row.nombre == "Ana Soto"
        execute_sealed(sa.update(Propietario).values(notas="del registro"))
        row.telefono = "+56911112222"
    with app.app_context(), transaction():
        touch(Vehiculo, [row.id for row in db.session.scalars(sa.select(Vehiculo))])

    assert sentences(app, case.id) == []
    assert rows(Eslabon)[-1].tipo == "vehiculo"


def test_each_kind_names_columns_that_exist_and_fits_into_a_link(app):
    with app.app_context():
        for source in list_sources():
            assert len(source.tipo) <= 20
            assert set(source.sealed.fields + source.sealed.hashed) <= set(source.table.c.keys())
            assert source.may_be_in(OFFICE_CHAIN) or source.may_be_in(1)
            str(source.chain_column)
