"""A full disk, a read-only spell, a lost file: what people read, and that it passes."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.ajustes.queries import find_setting
from app.ajustes.service import set_setting
from app.core.outages import Outage, find_outage
from app.db import Model, creating, db, dispensable_transaction, transaction
from app.oficios.models import Investigacion, Oficio
from app.usuarios.rules import Rol
from tests.factories import PASSWORD, make_usuario
from tests.plugins.application import HTMX
from tests.plugins.application import test_config as config_for_tests

NO_ROOM = "No hay espacio en el disco del servidor"


LONG = "Nadie abre la puerta. " * 220


def _deeds(oficio: Oficio, buffet_id: int) -> dict[str, tuple[str, dict[str, object]]]:
    """What people send, with texts that need new pages: by name the address and the fields."""
    url = f"/oficios/{oficio.id}"
    return {
        "note": (f"{url}/bitacora", {"tipo": "nota", "descripcion": LONG}),
        "call": (f"{url}/bitacora", {"tipo": "llamada", "descripcion": LONG}),
        "address": (f"{url}/direcciones", {"direccion": "Av. Grecia 1180", "comuna": "Ñuñoa",
                                           "tipo": "domicilio", "notas": LONG}),
        "import": ("/importar", {"buffet_id": buffet_id, "planilla": (
            BytesIO(("patente;numero de oficio\n" + "".join(
                f"BCDF{n % 90 + 10};{n}\n" for n in range(2000))).encode()), "a.csv")}),
    }  # fmt: skip


@pytest.mark.parametrize("deed", ["note", "call", "address", "import"])
def test_a_full_disk_is_said_with_what_to_do_and_nothing_is_half_written(
    investigador, oficio, buffet, rows, full_disk, deed
):
    before = len(rows(Investigacion))
    url, data = _deeds(oficio, buffet.id)[deed]
    with full_disk():
        page = investigador.post(url, data=data, content_type="multipart/form-data")
    with full_disk():
        again = _deeds(oficio, buffet.id)[deed][1]
        toast = investigador.post(url, data=again, content_type="multipart/form-data", headers=HTMX)

    assert page.status_code == 507
    assert NO_ROOM in page.text
    assert "pedir más espacio" in page.text
    assert ("Nadie abre la puerta." in page.text) == (deed != "import"), "what was typed is kept"
    assert toast.status_code == 507
    assert toast.headers["HX-Reswap"] == "none", "the form stays as it was typed"
    assert "No hay espacio" in toast.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert len(rows(Investigacion)) == before
    assert rows(Oficio)[-1].id == oficio.id


@pytest.mark.parametrize("door", ["/entrar", "/api/v1/auth/login"])
def test_signing_in_needs_no_writing(app, stranger, door):
    usuario = make_usuario(app, Rol.INVESTIGADOR)
    data = {"email": usuario.email, "password": PASSWORD}
    with app.app_context():
        sa.event.listen(db.engine, "checkout", _forbid_writing)
    try:
        answer = (
            stranger.post(door, json=data)
            if door.startswith("/api")
            else stranger.post(door, data=data)
        )
        inside = stranger.get("/") if door == "/entrar" else answer
    finally:
        with app.app_context():
            sa.event.remove(db.engine, "checkout", _forbid_writing)
            db.session.remove()
            db.engine.dispose()
    assert answer.status_code == (200 if door.startswith("/api") else 303)
    assert inside.status_code in {200, 303}
    assert "/entrar" not in inside.headers.get("Location", "")


def _forbid_writing(connection: Any, _record: object, _proxy: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA query_only=1")
    else:
        connection.execute("SET default_transaction_read_only = on")
        connection.commit()


# ------------------------------------------------------------------ a SQLite file that changes


@pytest.fixture
def own() -> Iterator[tuple[Flask, Path]]:
    """An application on a SQLite file of its own, in a folder that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield from _open(Path(folder) / "datos.sqlite3")


def _open(path: Path) -> Iterator[tuple[Flask, Path]]:
    app = create_app(config_for_tests(f"sqlite:///{path}", path.parent))
    with app.app_context():
        with creating():
            Model.metadata.create_all(db.engine)
        with transaction():
            set_setting("a", "1")
        yield app, path
        db.session.remove()
        db.engine.dispose()


def test_a_lost_database_is_not_made_anew(own):
    _app, path = own
    db.session.remove()
    for each in path.parent.glob("datos.sqlite3*"):
        each.rename(each.with_name(f"away-{each.name}"))

    with pytest.raises(sa.exc.OperationalError) as caught:
        find_setting("a")

    assert find_outage(caught.value) is Outage.MISSING
    assert not path.exists()
    db.session.remove()
    for each in path.parent.glob("away-*"):
        each.rename(each.with_name(each.name.removeprefix("away-")))
    assert find_setting("a") == "1", "the process goes on when it is back"


def test_an_emptied_database_is_refused_as_a_lost_one(own):
    _app, path = own
    db.session.remove()
    db.engine.dispose()
    path.unlink()
    path.touch()

    with pytest.raises(sa.exc.OperationalError) as caught:
        find_setting("a")

    assert find_outage(caught.value) is Outage.MISSING
    assert path.stat().st_size == 0


def test_another_file_under_the_name_is_opened_and_the_old_one_left(own, tmp_path):
    _app, path = own
    copy = tmp_path / "restored.sqlite3"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("UPDATE ajustes SET valor = 'of the copy'")
        target.commit()
    assert find_setting("a") == "1"
    db.session.remove()

    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    os.replace(copy, path)

    assert find_setting("a") == "of the copy"
    with transaction():
        set_setting("b", "2")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT valor FROM ajustes WHERE clave='b'").fetchone()


def test_writing_goes_on_after_a_read_only_spell(own):
    """A connection that was opened while nothing could be written stays so in SQLite."""
    _app, path = own
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT * FROM ajustes").fetchall()  # keeps the journal that readers need
        with _read_only(path.parent):
            assert find_setting("a") == "1", "a worker that starts now reads"
            with pytest.raises(sa.exc.OperationalError) as caught, transaction():
                set_setting("b", "2")
            assert find_outage(caught.value) is Outage.READ_ONLY
            assert find_setting("a") == "1"
            with dispensable_transaction():
                set_setting("c", "3")
            assert find_setting("a") == "1"
            db.session.remove()

    with transaction():
        set_setting("d", "4")
    assert (find_setting("b"), find_setting("c"), find_setting("d")) == (None, None, "4")


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """Take the right to write in a folder from this process, also when root runs it."""
    nobody = 65534
    is_root = os.geteuid() == 0
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
        if is_root:
            os.chown(path, nobody, nobody)
    if is_root:
        os.setresuid(nobody, nobody, 0)  # root stays the saved one, to come back
    try:
        yield
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)
