"""Every place where a person is, on both databases."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.auditoria.models import Auditoria
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import audit, record_disclosure
from app.core.clock import utcnow
from app.core.personal_data import Dato
from app.db import append_only_door, db, transaction
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from app.oficios.service import DireccionData, PropietarioData
from app.respaldo.rules import backup_name
from app.titulares.queries.copias import find_exports
from app.titulares.queries.lugares import case_of, list_models, primary_key, within
from app.titulares.queries.persona import can_hold, find_person
from app.titulares.queries.portable import collect_data, tell_data
from app.titulares.rules.identidad import read_buscado
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from tests.architecture.world import url_arguments
from tests.factories import make_oficio

#: Columns that take no free text although they are searched.
UNIQUE = {"clave"}
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PERSON = PropietarioData(
    nombre="José Núñez Peña",
    rut="5126663-3",
    email="jnunez@correo.example",
    telefono="+56912345678",
)


@pytest.fixture
def caso(app, buffet, usuario_admin):
    """Their case, with an address."""
    return make_oficio(
        app,
        buffet,
        usuario_admin,
        patente="BBCL12",
        propietario=PERSON,
        direccion=DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa"),
        now=NOW,
    )


@pytest.fixture
def ajeno(app, buffet, usuario_admin):
    """Somebody else's case, whose bitácora names them."""
    row = make_oficio(app, buffet, usuario_admin, patente="CCDF23")
    with app.app_context(), transaction():
        db.session.add(
            Investigacion(
                oficio_id=row.id,
                tipo=Actividad.NOTA,
                descripcion="El vecino dijo que NUÑEZ PEÑA, jose tiene el 9 1234 5678.",
                detalle={"otro": {"texto": "RUT 5.126.663-3, Peña"}},
                ocurrido_at=NOW,
            )
        )
    return row


@pytest.mark.parametrize(
    "known",
    [
        {"rut": "5.126.663-3"},
        {"nombre": "peña NUÑEZ jose"},
        {"telefono": "9 1234 5678"},
        {"correo": "JNUNEZ@correo.example"},
        {"patente": "bb.cl-12"},
    ],
    ids=lambda known: next(iter(known)),
)
def test_a_case_is_found_by_each_thing_that_is_known(app, caso, known):
    with app.app_context():
        found = find_person(read_buscado(**known))
    assert found.oficio_ids == [caso.id]
    counts = {lugar.tabla: lugar.en_casos for lugar in found.lugares}
    assert counts["propietarios"] == counts["vehiculos"] == counts["direcciones"] == 1
    assert found.desde == NOW


def test_who_is_named_in_another_case_is_found_there(app, caso, ajeno):
    with app.app_context():
        found = find_person(read_buscado(rut="5126663-3", nombre="José Núñez Peña"))
        (lugar,) = (each for each in found.lugares if each.tabla == "investigaciones")
        (hit,) = found.otros_casos(lugar)
    assert found.oficio_ids == [caso.id]
    assert (hit.oficio_id, hit.columnas) == (ajeno.id, ("descripcion", "detalle"))
    assert "NUÑEZ PEÑA" in hit.extracto
    assert {str(each) for each in found.tambien} == {"+56 9 1234 5678", "jnunez@correo.example"}


def test_every_declared_column_is_searched(app, buffet, usuario_admin):
    """Words in any of them are found: by patterns and reading, wherever there is a row."""
    buscado = read_buscado(nombre="Zoilá Ñandú")
    url_arguments(app, buffet, usuario_admin)
    expected = {}
    with app.app_context():
        with db.engine.begin() as connection:
            for model in list_models():
                names = [
                    name
                    for name in model.__personal__.searched
                    if can_hold(model.__personal__.datos[name], buscado.identificadores[0])
                    and name not in UNIQUE
                ]
                first = sa.select(sa.func.min(primary_key(model))).scalar_subquery()
                written = {
                    name: {"a": ["Zoilá Ñandú"]}
                    if model.__personal__.datos[name] is Dato.ESTRUCTURA
                    else "NANDU, zoila"
                    for name in names
                }
                if not names:
                    continue
                with append_only_door(connection):
                    done = connection.execute(
                        sa.update(model.__table__)
                        .where(primary_key(model) == first)
                        .values(written)
                    )
                if done.rowcount:
                    expected[model.__tablename__] = set(names)
        found = find_person(buscado)
    told = {
        lugar.tabla: set(lugar.hallazgos[0].columnas) for lugar in found.lugares if lugar.hallazgos
    }
    assert len(expected) > 22
    assert told == expected


def test_each_declared_table_says_which_case_its_rows_are_of(app, caso):
    """The rows of a case are counted by the same path on which a row says its case."""
    with app.app_context():
        for model in list_models():
            case, condition = case_of(model), within(model, [caso.id])
            assert (case is None) == (condition is None)
            if case is not None:
                by_path = sa.select(sa.func.count()).select_from(model.__table__)
                assert db.session.scalar(by_path.where(condition)) == db.session.scalar(
                    by_path.where(case == caso.id)
                )


def test_the_page_shows_the_places_and_records_the_search_without_the_person(
    app, admin, caso, ajeno, rows, configure, tmp_path
):
    (tmp_path / "respaldos").mkdir()
    old, new = (NOW + timedelta(days=days) for days in (-3, 3))
    for moment in (old, new):
        (tmp_path / "respaldos" / backup_name(moment, encrypted=False)).write_bytes(b"x")
    configure(backup_dir=tmp_path / "respaldos")

    answer = admin.post("/admin/personas", data={"rut": "5.126.663-3", "motivo": "pide acceso"})

    text = re.sub(r"\s+", " ", answer.text)
    assert answer.status_code == 200
    assert caso.numero_oficio in text
    assert "1 fuera de sus casos" in text
    assert "hechos desde entonces (1 de 2)" in text
    assert backup_name(new, encrypted=False) in text
    assert backup_name(old, encrypted=False) not in text
    (entry,) = rows(Auditoria, accion="titular.buscado")
    assert entry.detalle["por"] == ["rut"]
    assert entry.detalle["casos"] == [caso.id]
    assert "5126663" not in str(entry.detalle)


def test_a_search_that_says_too_little_keeps_what_was_typed(admin, rows):
    answer = admin.post("/admin/personas", data={"nombre": "Pérez", "motivo": "pide acceso"})

    assert answer.status_code == 422
    assert "nombre y apellido" in answer.text
    assert 'value="Pérez"' in answer.text
    assert rows(Auditoria, accion="titular.buscado") == []
    assert "No hay nada de esa persona" in (
        admin.post("/admin/personas", data={"rut": "5126663-3", "motivo": "pide acceso"}).text
    )


def test_exports_that_hold_a_case_of_the_person_are_told_also_while_it_is_blocked(
    app, admin, caso, ajeno, usuario_admin
):
    with app.app_context(), transaction():
        for que, casos in (("Lista suya", [caso.id]), ("Lista ajena", [ajeno.id]), ("Otra", [])):
            record_disclosure(
                CanalDivulgacion.EXPORTACION, que, "jefa@firma.example", now=utcnow(), casos=casos
            )
        actor = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([caso.id], "Lo pidió.", actor=actor, now=utcnow())

        found = [
            (row.que, row.is_certain)
            for row in find_exports(utcnow() - timedelta(days=1), [caso.id])
        ]

    assert found == [("Otra", False), ("Lista suya", True)]


def test_somebody_of_the_office_is_handed_their_own_records_and_no_namesake(app, usuario_admin):
    with app.app_context(), transaction():
        me = db.session.get_one(Usuario, usuario_admin.id)
        me.nombre = "Ana Vega Ríos"
        audit("prueba.hecha", actor=me, now=NOW, entidad="oficio", entidad_id=7, nota="privada")
    with app.app_context():
        by_name = collect_data(find_person(read_buscado(nombre="Vega Rios, Ana")))
        mine = collect_data(find_person(read_buscado(correo=usuario_admin.email)))

    assert "usuarios" not in by_name, "a name may be that of somebody else"
    assert mine["usuarios"] == [{"nombre": "Ana Vega Ríos", "email": usuario_admin.email}]
    deed = {"accion": "prueba.hecha", "entidad": "oficio", "entidad_id": 7}
    assert mine["auditoria"] == [{**deed, "created_at": NOW.isoformat()}]
    (told,) = [rows for title, rows in tell_data(json.dumps(mine).encode()) if title == "Auditoría"]
    assert ("Qué hizo", "prueba.hecha") in told[0]
