"""A person is taken out of everything, also out of a backup that was made before."""

from __future__ import annotations

import logging
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import record_disclosure
from app.buffets.models import Buffet
from app.core.clock import local_today, utcnow
from app.core.personal_data import Dato, Titular
from app.custodia.queries import list_chain_ids
from app.custodia.rules import SETTLED
from app.custodia.service import execute_sealed, seal_settled, verify_all
from app.db import Model, append_only_door, db, release, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.respaldo.service import verify_backup
from app.supresion.feature import FEATURE
from app.supresion.models import Supresion
from app.supresion.rules import EstadoSupresion, Trato
from app.supresion.service import confirm_erasure
from app.supresion.service.emptied_rows import is_unique
from app.titulares.queries.lugares import list_models
from app.titulares.queries.persona import find_person
from app.titulares.rules.identidad import read_buscado
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.architecture.world import url_arguments
from tests.bandeja.rows import make_item
from tests.factories import make_usuario
from tests.respaldo.offices import back_up, content, restore, storage_of

PERSON = {
    "rut": "5.126.663-3",
    "nombre": "José Ñancupil Peñaloza",
    "patente": "KXZR98",
    "telefono": "+56 9 8765 4321",
    "correo": "jnancupil@correo.example",
}
REQUEST = "Solicitud S-2026-0001"
#: What no file and no table may hold afterwards, in small letters.
TRACES = (
    "5126663",
    "5.126.663",
    "ñancupil",
    "nancupil",
    "\\u00f1ancupil",
    "peñaloza",
    "penaloza",
    "kxzr98",
    "kxzr-98",
    "kx-zr-98",
    "987654321",
    "8765 4321",
)
TEXT = "Vio a JOSÉ ÑANCUPIL PEÑALOZA, 5.126.663-3 (5126663-3), +56987654321, 9 8765 4321, KX-ZR-98"
WHOLE = {
    Dato.NOMBRE: PERSON["nombre"],
    Dato.RUT: "5126663-3",
    Dato.PATENTE: "KXZR98",
    Dato.TELEFONO: "+56987654321",
    Dato.CORREO: PERSON["correo"],
    Dato.ESTRUCTURA: {"texto": TEXT, "otros": [{PERSON["nombre"]: PERSON["correo"]}]},
}


OURS = {Titular.OFICINA, Titular.BUFFET, Titular.RECEPTOR}


def is_bookkeeping(model: type[Model]) -> bool:
    """Whether a table is about erasures and seals themselves."""
    return model is Supresion or model.__tablename__.startswith("custodia")


def give_each_table_a_row() -> None:
    """Add a row of each kind that can hold a person and has none; its words are written later."""
    for model in list_models():
        table: Any = model.__table__
        personal = model.__personal__
        if not personal.searched or personal.titular in OURS or is_bookkeeping(model):
            continue
        if db.session.execute(sa.select(table).limit(1)).first() is not None:
            continue
        values = {
            column.name: some_value(column)
            for column in table.c
            if column.foreign_keys
            or not (column.nullable or column.default is not None or column.autoincrement is True)
        }
        if table.primary_key.columns.keys() == ["id"]:
            values.pop("id", None)
        db.session.add(model(**values))
        db.session.flush()


def some_value(column: Any) -> Any:
    """A value that a column may hold; the key of the first row of what it refers to."""
    for reference in column.foreign_keys:
        return db.session.scalar(sa.select(reference.column).order_by(reference.column).limit(1))
    kind = column.type
    if isinstance(kind, sa.Enum):
        members: Any = kind.enum_class
        return members(kind.enums[0])
    plain: dict[type, Any] = {int: 1, str: "x", bytes: b"x", float: 1.0, bool: False, dict: {}}
    plain |= {datetime: utcnow(), date: local_today(utcnow())}
    return plain[getattr(kind, "impl_instance", kind).python_type]


def write_everywhere() -> int:
    """Put the person into every column that a search for people reads, of every row there is."""
    count = 0
    for model in list_models():
        personal = model.__personal__
        if personal.titular in OURS:
            continue
        if is_bookkeeping(model):
            continue
        values: dict[str, Any] = {}
        for name in personal.searched:
            column = model.__table__.c[name]
            if not is_unique(model, name):
                length = getattr(column.type, "length", None)
                value = WHOLE.get(personal.datos[name], f"{TEXT} {PERSON['correo']}")
                values[name] = value[:length] if isinstance(value, str) else value
        values |= {name: TEXT.encode() for name in personal.columns(Dato.CONTENIDO)}
        if values:
            statement = sa.update(model).values(values)
            if model.__sealed__:
                with append_only_door(db.session.connection()):
                    execute_sealed(statement)
            else:
                db.session.execute(statement.execution_options(synchronize_session=False))
            count += len(values)
    return count


def traces_in(data: bytes) -> set[str]:
    text = data.decode("utf-8", "replace").lower() + data.decode("utf-16-le", "replace").lower()
    return {trace for trace in TRACES if trace in text}


def traces_of(app, *folders: Path) -> set[tuple[str, str]]:
    """Where the person still is: rows, files of the database, stored files, whatever lies there."""
    found = {
        (table, trace)
        for table, rows in content(app).items()
        for trace in traces_in(str(rows).encode())
    }
    instance = app.extensions["rastro_config"].instance_dir
    for folder in (instance, storage_of(app).root, *folders):
        for path in folder.rglob("*"):
            if path.is_file():
                found |= {(path.name, trace) for trace in traces_in(path.read_bytes())}
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            for ending in ("", "-wal"):
                path = Path(f"{db.engine.url.database}{ending}")
                if path.exists():
                    found |= {(path.name, trace) for trace in traces_in(path.read_bytes())}
    return found


def problems_of(app) -> list[str]:
    with app.app_context():
        ids = list_chain_ids()
        release()
        return [each.texto for found in verify_all(ids) for each in found.problemas]


@pytest.fixture
def erased(office, tmp_path):
    """The office once everything about a person was erased, and its backup from before."""
    admin = make_usuario(office, Rol.ADMIN)
    with office.app_context():
        buffet = db.session.scalars(sa.select(Buffet)).first()
        db.session.expunge_all()
    url_arguments(office, buffet, admin)
    # Of this one no case was made, and no job reads it.
    make_item(office, buffet, f"Deudor\n{TEXT}\n".encode(), "deudor.csv")
    with office.app_context(), transaction():
        # What waits for its turn would not understand what it is given below.
        done = {"estado": EstadoTrabajo.HECHO}
        db.session.execute(sa.update(Trabajo).values(done))
        record_disclosure(CanalDivulgacion.EXPORTACION, "Lista", "ella misma", now=utcnow())
        give_each_table_a_row()
        assert write_everywhere() > 100
        assert seal_settled(utcnow() + 2 * SETTLED), "what was disclosed is sealed, and erased too"
    assert len({trace for _where, trace in traces_of(office)}) > 8, "the search finds what is there"
    backup = back_up(office, tmp_path / "antes")
    with office.app_context():
        cases = find_person(read_buscado(**PERSON)).casos
        tratos = {
            each.id: Trato.ANONIMIZAR if each.estado.is_final else Trato.RECORTAR for each in cases
        }
        assert set(tratos.values()) == {Trato.ANONIMIZAR, Trato.RECORTAR}
        release()
        with transaction():
            actor = db.session.get_one(Usuario, admin.id)
            block_cases(list(tratos), REQUEST, actor=actor, now=utcnow())
            confirm_erasure(
                read_buscado(**PERSON),
                tratos,
                REQUEST,
                secret=office.extensions["rastro_config"].secret_key,
                actor=actor,
                now=utcnow(),
            )
        work("test")
    return office, backup


def test_no_trace_of_a_person_is_left_and_the_proof_is(erased, elsewhere, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    app, backup = erased
    with app.app_context():
        (row,) = db.session.scalars(sa.select(Supresion).where(Supresion.motivo == REQUEST))
        assert row.estado is EstadoSupresion.HECHA, row.hechos
        assert row.huella
        assert row.buscado == []
        assert row.hechos["eslabones"] > 5
    assert traces_of(app) == set()
    assert problems_of(app) == []

    later = back_up(app, tmp_path / "despues")
    with app.app_context():
        assert verify_backup(later.path, passphrase="").missing == []

    # The backup has the person; whoever restores it erases them before anything starts.
    lists = app.extensions["rastro_config"].backup_dir / "supresiones.json"
    assert traces_in(lists.read_bytes()) == set()
    restore(elsewhere, backup.path)
    assert {trace for _where, trace in traces_of(elsewhere)} != set()
    target = elsewhere.extensions["rastro_config"].backup_dir
    target.mkdir(exist_ok=True)
    (target / lists.name).write_bytes(lists.read_bytes())
    with elsewhere.app_context():
        assert FEATURE.prepares.last(elsewhere.extensions["rastro_config"]) == {"supresiones": 1}
        assert FEATURE.prepares.last(elsewhere.extensions["rastro_config"]) == {}
    assert traces_of(elsewhere) == set()
    assert problems_of(elsewhere) == []
    assert traces_in(caplog.text.encode()) == set()
