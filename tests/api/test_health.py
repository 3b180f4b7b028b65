"""The health check names the part that is down."""

from __future__ import annotations

import socket
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app.adjuntos.models import Adjunto
from app.adjuntos.outside import storage_health
from app.adjuntos.outside.storage import current_storage
from app.ajustes.models import Ajuste
from app.ajustes.service import set_setting
from app.api.outside import probes
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.alarm import make_storage
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import SILENCE, beat, note_sweep
from tests.adjuntos.conftest import make_s3, s3_endpoint  # noqa: F401  # pytest finds it by name
from tests.adjuntos.files import jpeg, send
from tests.factories import make_trabajo

ALL_UP = {
    "database": "up",
    "migrations": "up",
    "job_consumer": "up",
    "job_sweep": "up",
    "queue": "up",
    "storage": "up",
}


def pulse(app, ago: timedelta = timedelta()) -> None:
    now = utcnow() - ago
    with app.app_context(), transaction():
        beat("test:1", hilos=4, version="0", started=now, now=now)


def parts(client) -> tuple[int, dict[str, str]]:
    response = client.get("/health")
    body = response.get_json()
    assert set(body) == {"status", "parts", "causes", "warnings", "time"}
    assert body["status"] == ("healthy" if response.status_code == 200 else "unhealthy")
    return response.status_code, body["parts"]


def test_all_is_well_while_a_consumer_is_heard_of(app, stranger):
    pulse(app)

    assert parts(stranger) == (200, ALL_UP)
    assert stranger.get("/health").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("silent", [None, SILENCE + timedelta(seconds=5)])
def test_a_consumer_that_is_silent_or_was_never_there_is_down(silent, app, stranger):
    if silent is not None:
        pulse(app, silent)

    code, found = parts(stranger)
    assert code == 503
    assert found["job_consumer"] == "down"
    assert found["database"] == found["storage"] == "up"


def test_a_consumer_that_beats_and_does_not_sweep_is_named(app, stranger):
    started = utcnow() - timedelta(minutes=10)
    with app.app_context(), transaction():
        beat("test:1", hilos=4, version="0", started=started, now=utcnow())
        note_sweep("test:1", now=utcnow() - timedelta(minutes=4))

    assert parts(stranger) == (503, {**ALL_UP, "job_sweep": "down"})

    with app.app_context(), transaction():
        note_sweep("test:1", now=utcnow() - timedelta(minutes=1))
    assert parts(stranger) == (200, ALL_UP)


def test_a_queue_that_grows_is_a_warning_and_no_reason_to_restart(app, stranger):
    pulse(app)
    make_trabajo(app, estado=EstadoTrabajo.PENDIENTE, ejecutar_desde=utcnow())
    assert stranger.get("/health").get_json()["warnings"] == []

    late = utcnow() - timedelta(minutes=6)
    make_trabajo(app, estado=EstadoTrabajo.PROGRAMADO, ejecutar_desde=late)
    assert parts(stranger) == (200, ALL_UP)
    assert stranger.get("/health").get_json()["warnings"] == ["job_queue"]


def test_a_pending_migration_is_down(app, stranger):
    pulse(app)
    with app.app_context():
        with transaction():
            current = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
            db.session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
        try:
            code, found = parts(stranger)
        finally:
            with transaction():
                db.session.execute(
                    sa.text("UPDATE alembic_version SET version_num = :v"), {"v": current}
                )

    assert (code, found["migrations"], found["database"]) == (503, "down", "up")


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_database_that_is_away_is_down_and_said_so_to_anybody(
    signed_in, app, stranger, admin, monkeypatch
):
    pulse(app)

    def away(*args, **kwargs):
        raise OperationalError("SELECT 1", {}, OSError("no route to host"))

    with app.app_context():
        engine = db.engine
    monkeypatch.setattr(engine.pool, "connect", away)
    code, found = parts(admin if signed_in else stranger)

    assert code == 503
    assert found == {
        "database": "down",
        "migrations": "down",
        "job_consumer": "down",
        "job_sweep": "down",
        "queue": "up",
        "storage": "up",
    }


def test_a_storage_that_cannot_be_written_is_down(app, stranger, configure, tmp_path):
    pulse(app)
    configure(storage_dir=tmp_path / "archivos")
    assert parts(stranger) == (200, ALL_UP)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()], "a probe leaves nothing"

    ask_again(app)
    (tmp_path / "estorbo").write_text("a file, not a folder")
    configure(storage_dir=tmp_path / "estorbo")
    assert parts(stranger) == (503, {**ALL_UP, "storage": "down"})


def test_a_database_without_room_is_down_and_says_why(app, stranger, full_disk):
    pulse(app)
    assert parts(stranger) == (200, ALL_UP)

    ask_again(app)
    with app.app_context():
        with transaction():
            db.session.execute(
                sa.text("DELETE FROM ajustes WHERE clave = :clave"), {"clave": probes.PROBE}
            )
        with full_disk(), pytest.raises(OperationalError):
            use_up_the_last_page()
    with full_disk():
        answer = stranger.get("/health")
    assert answer.status_code == 503
    assert answer.get_json()["causes"] == {"database": "full"}
    assert answer.get_json()["parts"]["database"] == "down"


def test_a_lock_that_is_held_is_a_warning(app, stranger, database_kind):
    pulse(app)
    ask_again(app)
    with app.app_context():
        engine = db.engine
        with engine.connect() as other:
            if database_kind == "sqlite":
                other.exec_driver_sql("COMMIT")
                other.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                other.exec_driver_sql("LOCK TABLE ajustes")
            started = time.monotonic()
            answer = stranger.get("/health")
            took = time.monotonic() - started
            other.rollback()
    assert answer.status_code == 200
    assert answer.get_json()["warnings"] == ["database_locked"]
    assert took < 4, "whoever watches gives up after some seconds"
    ask_again(app)
    assert stranger.get("/health").get_json()["warnings"] == []


def test_a_queue_that_takes_nothing_is_down(app, stranger, tmp_path):
    pulse(app)
    alarm = app.extensions["alarm"]
    huey, alarm.huey = alarm.huey, make_storage("redis://127.0.0.1:9/0", "secret")
    try:
        assert parts(stranger) == (503, {**ALL_UP, "queue": "down"})
    finally:
        alarm.huey = huey


def test_a_stored_file_that_is_gone_is_a_warning(app, stranger, oficio, usuario_investigador, rows):
    pulse(app)
    send(app, oficio, usuario_investigador, ("a.jpg", jpeg()))
    assert stranger.get("/health").get_json()["warnings"] == []

    with app.app_context():
        current_storage().delete(rows(Adjunto)[0].copia_key)
    ask_again(app)
    assert stranger.get("/health").get_json()["warnings"] == ["files_missing"]
    with app.app_context(), transaction():
        db.session.execute(sa.update(Adjunto).values(copia_key="altered by hand"))
    ask_again(app)
    answer = stranger.get("/health")
    assert answer.get_json()["warnings"] == ["files_missing"], "no file has such a name"


def test_a_write_is_tried_at_most_every_some_seconds(app, stranger, rows):
    pulse(app)
    stranger.get("/health")
    first = rows(Ajuste, clave=probes.PROBE)[0].valor
    with app.app_context(), transaction():
        set_setting(probes.PROBE, "as it was left")
    for _ in range(20):
        stranger.get("/health")
    assert rows(Ajuste, clave=probes.PROBE)[0].valor == "as it was left"

    ask_again(app)
    stranger.get("/health")
    assert rows(Ajuste, clave=probes.PROBE)[0].valor >= first


def use_up_the_last_page() -> None:
    for number in range(100):
        with transaction():
            set_setting(f"{probes.PROBE}{number}", "x" * 200)


def ask_again(app) -> None:
    """Have every probe tried at the next question."""
    app.extensions.pop("rastro_probes", None)
    app.extensions.pop("rastro_storage", None)


@pytest.fixture
def bucket(app, configure, request):
    """The installation with its files in a bucket that is there."""
    endpoint = request.getfixturevalue("s3_endpoint")
    made = make_s3(endpoint)
    configure(
        storage_type="s3",
        s3_bucket_name=made.bucket,
        s3_endpoint_url=endpoint,
        aws_access_key_id="x",
        aws_secret_access_key="y",
    )
    return made


def test_with_files_in_a_bucket_the_bucket_is_asked(app, stranger, bucket):
    pulse(app)

    assert parts(stranger) == (200, ALL_UP)


def test_a_bucket_that_is_not_there_is_told_within_seconds(app, stranger, bucket, configure):
    pulse(app)
    configure(s3_bucket_name="otro-que-no-existe")
    assert parts(stranger) == (503, {**ALL_UP, "storage": "down"})

    ask_again(app)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        configure(s3_endpoint_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        assert parts(stranger) == (503, {**ALL_UP, "storage": "down"})
        assert time.monotonic() - started < 10


def test_a_bucket_is_asked_once_in_half_a_minute(app, stranger, bucket, monkeypatch):
    pulse(app)
    asked = []
    monkeypatch.setattr(storage_health, "_ask", lambda: asked.append(1))

    for _ in range(5):
        assert parts(stranger)[0] == 200
    assert len(asked) == 1

    ask_again(app)
    assert parts(stranger)[0] == 200
    assert len(asked) == 2
