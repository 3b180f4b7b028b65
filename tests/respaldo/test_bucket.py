"""The copy elsewhere, on a bucket that speaks S3 on this machine."""

from __future__ import annotations

import hashlib
import time

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from app import create_app
from app.auditoria.models import Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.respaldo.jobs import BACKUP_JOB
from app.respaldo.outside.database_copy import count_rows, is_empty
from app.respaldo.outside.remote_copy import PREFIX, Bucket
from app.respaldo.rules.backup_errors import BackupError
from app.respaldo.service import create_backup, verify_backup
from app.respaldo.service.restoring import restore_backup
from tests.adjuntos.files import jpeg, make_adjunto
from tests.plugins.application import test_config as config_for_tests

BUCKET = "respaldos-de-prueba"


@pytest.fixture
def away(configure, tmp_path):
    """The configuration with a bucket, and a client that looks into it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    config = configure(
        backup_dir=tmp_path / "respaldos",
        storage_dir=tmp_path / "archivos",
        s3_bucket_name=BUCKET,
        s3_endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="prueba",
        aws_secret_access_key="prueba",
        aws_region="us-east-1",
    )
    client = boto3.client(
        "s3",
        endpoint_url=config.s3_endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="prueba",
        aws_secret_access_key="prueba",
    )
    yield config, client
    # Every server of a process has the same buckets.
    requests.post(f"{config.s3_endpoint_url}/moto-api/reset", timeout=10).close()
    client.close()
    server.stop()


def do_backup(app):
    with app.app_context():
        with transaction():
            enqueue(BACKUP_JOB, key="prueba", now=utcnow())
        work("prueba")


def test_each_backup_is_copied_whole_and_comes_back(app, away, tmp_path):
    config, client = away
    client.create_bucket(Bucket=BUCKET)
    old = f"{PREFIX}rastro-20200101T000000Z.tar"
    client.put_object(Bucket=BUCKET, Key=old, Body=b"viejo")

    do_backup(app)

    (path,) = config.backup_dir.iterdir()
    bucket = Bucket(config)
    assert path.name in bucket.names()
    bucket.download(path.name, tmp_path / "de vuelta")
    assert (tmp_path / "de vuelta").read_bytes() == path.read_bytes()


def test_a_copy_that_left_the_machine_is_recorded_whoever_made_it(app, away, rows):
    config, client = away
    client.create_bucket(Bucket=BUCKET)

    do_backup(app)
    time.sleep(1.1)  # a backup is named by its second
    made = app.test_cli_runner().invoke(args=["backup", "create"])

    assert made.exit_code == 0, made.output
    names = {path.name for path in config.backup_dir.iterdir()}
    left = rows(Divulgacion, canal=CanalDivulgacion.RESPALDO)
    assert {row.que.split(",")[0] for row in left} == names
    assert {row.destinatario for row in left} == {f"bucket {BUCKET}"}


def test_a_bucket_that_refuses_is_told_and_the_local_copy_stays(app, away, rows, configure):
    config, _client = away
    configure(s3_bucket_name="nadie-lo-hizo")

    do_backup(app)

    (job,) = rows(Trabajo, tipo=BACKUP_JOB)
    assert "nadie-lo-hizo" in job.error
    assert len(list(config.backup_dir.iterdir())) == 1


def test_what_is_in_the_bucket_is_listed_and_the_newest_comes_back(app, away):
    config, client = away
    client.create_bucket(Bucket=BUCKET)
    runner = app.test_cli_runner()

    assert "No hay respaldos en el bucket" in runner.invoke(args=["backup", "fetch"]).output
    for stamp in ("20261124T030000Z", "20261123T030000Z"):
        client.put_object(Bucket=BUCKET, Key=f"{PREFIX}rastro-{stamp}.tar", Body=stamp.encode())
    client.put_object(Bucket=BUCKET, Key=f"{PREFIX}ventas/z.txt", Body=b"de otro programa")
    listed = runner.invoke(args=["backup", "list"]).output
    assert "z.txt" not in listed
    assert listed.index("rastro-20261124T030000Z.tar") < listed.index("rastro-20261123T030000Z.tar")

    assert runner.invoke(args=["backup", "fetch"]).exit_code == 0

    (path,) = config.backup_dir.iterdir()
    assert path.name == "rastro-20261124T030000Z.tar"
    assert path.read_bytes() == b"20261124T030000Z"
    assert path.stat().st_mode & 0o077 == 0


def test_photos_of_a_bucket_are_backed_up_and_restored_into_another_bucket(
    app, away, configure, oficio, usuario_investigador, databases, tmp_path, rows
):
    """The office keeps its files in a bucket; machine and bucket are lost together."""
    config, client = away
    for name in (BUCKET, "bucket-nuevo"):
        client.create_bucket(Bucket=name)
    # One photo is from before the files moved to the bucket.
    local = make_adjunto(app, oficio, usuario_investigador, data=jpeg((64, 48)))
    config = configure(storage_type="s3")
    remote = make_adjunto(app, oficio, usuario_investigador, data=jpeg((80, 60)))
    assert (local.almacen, remote.almacen) == ("local", "s3")
    phrase = "una frase larga de prueba"
    with app.app_context():
        backup = create_backup(tmp_path / "r", passphrase=phrase, now=utcnow())
    manifest = verify_backup(backup.path, passphrase=phrase)
    originals = stored_hashes(client, BUCKET)
    assert f"s3/{remote.original_key}" in manifest.stored_files
    assert f"local/{local.original_key}" in manifest.stored_files
    assert manifest.missing == manifest.altered == []

    for key in originals:
        client.delete_object(Bucket=BUCKET, Key=key)
    url = databases.create()
    values = {
        "STORAGE_TYPE": "s3",
        "S3_BUCKET_NAME": "bucket-nuevo",
        "S3_ENDPOINT_URL": config.s3_endpoint_url,
        "AWS_ACCESS_KEY_ID": "prueba",
        "AWS_SECRET_ACCESS_KEY": "prueba",
    }
    elsewhere = create_app(config_for_tests(url, tmp_path / "nueva", **values))
    with elsewhere.app_context():
        restored = restore_backup(backup.path, passphrase=phrase, overwrite=False, now=utcnow())
        assert count_rows() == restored.rows == manifest.rows
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)

    assert stored_hashes(client, "bucket-nuevo") == originals
    on_disk = tmp_path / "nueva" / "archivos" / local.original_key
    digest = hashlib.sha256(on_disk.read_bytes()).hexdigest()
    assert digest == manifest.stored_files[f"local/{local.original_key}"]


def test_without_a_bucket_a_backup_with_its_files_is_refused_before_anything_is_touched(
    app, away, configure, oficio, usuario_investigador, databases, tmp_path
):
    _config, client = away
    client.create_bucket(Bucket=BUCKET)
    configure(storage_type="s3")
    make_adjunto(app, oficio, usuario_investigador, data=jpeg((80, 60)))
    with app.app_context():
        backup = create_backup(tmp_path / "r", passphrase="", now=utcnow())
    url = databases.create()
    elsewhere = create_app(config_for_tests(url, tmp_path / "nueva"))

    with elsewhere.app_context():
        with pytest.raises(BackupError, match="S3_BUCKET_NAME"):
            restore_backup(backup.path, passphrase="", overwrite=False, now=utcnow())
        assert is_empty()
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)


def stored_hashes(client, bucket: str) -> dict[str, str]:
    """The SHA-256 of each file of cases in a bucket."""
    found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    keys = [item["Key"] for item in found if not item["Key"].startswith(PREFIX)]
    return {
        key: hashlib.sha256(client.get_object(Bucket=bucket, Key=key)["Body"].read()).hexdigest()
        for key in keys
    }
