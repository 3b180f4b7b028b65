"""Rows and files stay together, whatever fails in between, on a disk as in a bucket."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.adjuntos import service
from app.adjuntos.jobs import SWEEP_JOB, VERIFY_JOB
from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import LocalStorage, StorageDown
from app.adjuntos.service.upkeep import WrongDatabase, sweep
from app.core.clock import utcnow
from app.custodia.service import execute_sealed, verify
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from tests.adjuntos.conftest import keys_in
from tests.adjuntos.files import jpeg, make_adjunto, pdf, send

HOUR = timedelta(hours=1)


@pytest.fixture
def store(app, place):
    """The application with one storage for all, of each kind in turn."""
    app.extensions["rastro_storages"] = {place.name: place}
    app.extensions["rastro_config"] = app.extensions["rastro_config"].__class__(
        **{**vars(app.extensions["rastro_config"]), "storage_type": place.name}
    )
    yield place
    del app.extensions["rastro_storages"]


class Flaky:
    """A storage that stops answering after a number of calls, and comes back."""

    def __init__(self, inner, calls):
        self.inner = inner
        self.calls = calls
        self.name = inner.name

    def __getattr__(self, verb):
        deed = getattr(self.inner, verb)

        def call(*args):
            if self.calls == 0:
                raise StorageDown
            self.calls -= 1
            return deed(*args)

        return call


def run_job(app, name, now=None):
    moment = now or utcnow()
    with app.app_context():
        with transaction():
            enqueue(name, key=f"{name} {moment}", now=utcnow())
        work("test", clock=lambda: moment)
        return db.session.scalar(
            sa.select(Trabajo).where(Trabajo.tipo == name).order_by(Trabajo.created_at.desc())
        )


@pytest.mark.parametrize("calls", range(4))
def test_the_drill_a_storage_that_fails_in_an_upload_leaves_no_file_for_an_hour(
    app, store, oficio, usuario_investigador, rows, calls
):
    """It takes some of the files, refuses the rest, and does not even give back what it took."""
    (result,) = send(
        app, oficio, usuario_investigador, ("a.jpg", jpeg()), storage=Flaky(store, calls)
    )

    stored = [row.id for row in rows(Adjunto)]
    if calls < 3:
        assert "almacenamiento del servidor" in result.problem
        assert len(keys_in(store)) == calls
    assert len(stored) == (calls == 3)

    with app.app_context():
        sweep(store, now=utcnow() + timedelta(minutes=20))
        assert len(keys_in(store)) == calls
        sweep(store, now=utcnow() + timedelta(minutes=45))
    left = [key for key in keys_in(store) if not key.startswith("papelera")]
    assert left == sorted(key for row in rows(Adjunto) for key, _hash in row.keys)


def test_the_drill_a_database_that_fails_after_the_files_leaves_none_for_an_hour(
    app, store, oficio, usuario_investigador, rows, monkeypatch
):
    monkeypatch.setattr(service, "discard", lambda *_args: None)  # the process was killed
    monkeypatch.setattr(service, "_record", lambda *_args, **_kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        send(app, oficio, usuario_investigador, ("a.jpg", jpeg()))

    assert len(keys_in(store)) == 3
    with app.app_context():
        done = sweep(store, now=utcnow() + timedelta(minutes=45))
        (kept,) = keys_in(store)
        assert kept.startswith("papelera/")
        assert len(done.removed) == 3
        sweep(store, now=utcnow() + timedelta(days=31))
    assert keys_in(store) == []


def test_a_sweep_leaves_what_has_a_row_also_when_it_was_deleted(
    app, store, oficio, usuario_investigador, rows
):
    make_adjunto(app, oficio, usuario_investigador)
    make_adjunto(app, oficio, usuario_investigador, "b.pdf", pdf())
    with app.app_context(), transaction():
        execute_sealed(sa.update(Adjunto).values(eliminado_at=utcnow()))
    before = keys_in(store)

    with app.app_context():
        done = sweep(store, now=utcnow() + timedelta(days=400))

    assert (done.removed, done.lost, keys_in(store)) == ([], {}, before)


def test_a_row_that_comes_while_the_sweep_looks_keeps_its_files(
    app, store, oficio, usuario_investigador, monkeypatch
):
    from app.adjuntos.service import upkeep

    make_adjunto(app, oficio, usuario_investigador)
    monkeypatch.setattr(upkeep, "list_stored", lambda _name: [])

    with app.app_context():
        done = sweep(store, now=utcnow() + HOUR)

    assert done.removed == []
    assert len(keys_in(store)) == 3


def test_the_files_of_another_database_are_left_alone(app, store):
    for number in range(21):
        store.put(f"originales/ab/a-{number}.jpg", b"x")

    with app.app_context(), pytest.raises(WrongDatabase):
        sweep(store, now=utcnow() + HOUR)

    assert len(keys_in(store)) == 21
    job = run_job(app, SWEEP_JOB, utcnow() + HOUR)
    if store.name == "local":
        assert "¿Es la base correcta?" in job.error


def test_what_a_killed_process_left_half_written_goes_too(app, tmp_path):
    storage = LocalStorage(tmp_path)
    storage.put("copias/ab/a-1.jpg", b"x")
    (tmp_path / "copias/ab/.partial-x1y2").write_bytes(b"half")

    with app.app_context():
        done = sweep(storage, now=utcnow() + HOUR)

    assert sorted(done.removed) == ["copias/ab/.partial-x1y2", "copias/ab/a-1.jpg"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_job_of_sweeping_marks_rows_without_their_file(
    app, folder, oficio, usuario_investigador, rows
):
    adjunto = make_adjunto(app, oficio, usuario_investigador)
    (folder / adjunto.copia_key).unlink()
    (folder / "originales/zz").mkdir()
    (folder / "originales/zz/b-2.jpg").write_bytes(b"nobody's")

    job = run_job(app, SWEEP_JOB, utcnow() + HOUR)

    assert job.estado is EstadoTrabajo.HECHO
    assert "retirados: 1." in job.resultado
    assert f"les falta un archivo: 1 (adjunto {adjunto.id})." in job.resultado
    assert "Falta el archivo" in rows(Adjunto)[0].problema


def test_the_job_of_sweeping_waits_for_a_storage_that_is_down(app, both, configure):
    configure(s3_bucket_name="b", aws_access_key_id="x", aws_secret_access_key="y")
    both["s3"] = Flaky(both["s3"], 0)

    job = run_job(app, SWEEP_JOB)

    assert (job.estado, job.error) == (
        EstadoTrabajo.PROGRAMADO,
        "El almacenamiento de archivos no responde.",
    )


def test_all_files_are_read_again_and_what_is_wrong_is_named(
    app, store, oficio, usuario_investigador, rows
):
    good, changed, lost = (
        make_adjunto(app, oficio, usuario_investigador, name)
        for name in ("a.jpg", "b.jpg", "c.jpg")
    )
    runner = app.test_cli_runner()
    fine = runner.invoke(args=["adjuntos", "verify"])
    assert (fine.exit_code, fine.output) == (0, "3 archivos leídos, 0 con problemas.\n")
    assert run_job(app, VERIFY_JOB).resultado.startswith("Se leyeron 3 archivos")

    store.put(changed.original_key, b"otra cosa")
    store.put(changed.miniatura_key, b"otra cosa")
    store.delete(lost.copia_key)

    told = runner.invoke(args=["adjuntos", "verify"])
    assert told.exit_code == 1
    first, second, last = told.output.splitlines()
    assert first.startswith(f"b.jpg (adjunto {changed.id}, oficio {oficio.id}): ")
    assert first.endswith(": El original cambió, la miniatura cambió.")
    assert second.endswith("Falta la copia.")
    assert last == "3 archivos leídos, 2 con problemas."
    assert [row.problema is None for row in rows(Adjunto)] == [True, False, False]
    job = run_job(app, VERIFY_JOB)
    assert job.estado is EstadoTrabajo.FALLIDO
    # What was only missing was drawn anew meanwhile.
    assert "1 archivo(s) no están como se guardaron. b.jpg" in job.error
    assert [row.problema is None for row in rows(Adjunto)] == [True, False, True]
    assert good.id


def test_a_storage_that_is_down_is_no_finding(app, both, oficio, usuario_investigador, rows):
    make_adjunto(app, oficio, usuario_investigador)
    both["local"] = Flaky(both["local"], 0)

    told = app.test_cli_runner().invoke(args=["adjuntos", "verify"])

    assert told.exit_code == 1
    assert "no responde" in told.output
    assert rows(Adjunto)[0].problema is None
    assert run_job(app, VERIFY_JOB).estado is EstadoTrabajo.PROGRAMADO


def migrate(app, target):
    return app.test_cli_runner().invoke(args=["adjuntos", "migrate", target])


def test_files_move_to_a_bucket_and_back_and_are_shown_all_the_time(
    app, both, oficio, usuario_investigador, investigador, rows
):
    photo = make_adjunto(app, oficio, usuario_investigador)
    make_adjunto(app, oficio, usuario_investigador, "b.pdf", pdf())

    there = migrate(app, "s3")
    assert there.exit_code == 0, there.output
    assert there.output.startswith("2 archivos movidos, 0 se quedaron.")
    assert "STORAGE_TYPE=s3" in there.output
    assert {row.almacen for row in rows(Adjunto)} == {"s3"}
    assert (len(keys_in(both["s3"])), keys_in(both["local"])) == (4, [])
    for url in (f"/adjuntos/{photo.id}", f"/adjuntos/{photo.id}/miniatura"):
        assert investigador.get(url).status_code == 200
    original = investigador.post(f"/adjuntos/{photo.id}/original")
    assert original.status_code == 200
    original.close()

    assert migrate(app, "local").output == "2 archivos movidos, 0 se quedaron.\n"
    assert (len(keys_in(both["local"])), keys_in(both["s3"])) == (4, [])
    assert migrate(app, "local").output == "0 archivos movidos, 0 se quedaron.\n"
    with app.app_context():
        assert verify(oficio.id).problemas == []


@pytest.mark.parametrize("calls", [1, 3, 6, 8, 11])
def test_a_move_that_is_cut_off_goes_on_where_it_stopped(
    app, both, oficio, usuario_investigador, rows, calls
):
    for _ in range(2):
        make_adjunto(app, oficio, usuario_investigador)
    bucket = both["s3"]
    both["s3"] = Flaky(bucket, calls)

    broken = migrate(app, "s3")
    assert broken.exit_code == 1
    assert "repita el comando" in broken.output
    for row in rows(Adjunto):
        home = bucket if row.almacen == "s3" else both["local"]
        assert all(home.exists(key) for key, _hash in row.keys)

    both["s3"] = bucket
    assert migrate(app, "s3").exit_code == 0
    with app.app_context():
        for storage in both.values():
            sweep(storage, now=utcnow() + HOUR)
    assert {row.almacen for row in rows(Adjunto)} == {"s3"}
    assert len(keys_in(bucket)) == 6


def test_a_file_that_is_not_whole_stays_where_it_is(app, both, oficio, usuario_investigador, rows):
    adjunto = make_adjunto(app, oficio, usuario_investigador)
    both["local"].put(adjunto.original_key, b"otra cosa")

    told = migrate(app, "s3")

    assert told.exit_code == 1
    assert "se quedó donde estaba: El original cambió." in told.output
    assert rows(Adjunto)[0].almacen == "local"


def test_the_command_sweeps_at_once(app, both, configure):
    configure(s3_bucket_name="b", aws_access_key_id="x", aws_secret_access_key="y")
    runner = app.test_cli_runner()

    assert runner.invoke(args=["adjuntos", "barrer"]).output.splitlines() == [
        "local: 0 retirados, 0 registros incompletos.",
        "s3: 0 retirados, 0 registros incompletos.",
    ]
    both["s3"] = Flaky(both["s3"], 0)
    assert "no responde" in runner.invoke(args=["adjuntos", "barrer"]).output
