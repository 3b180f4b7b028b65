"""The copy elsewhere, on a bucket that speaks S3 on this machine."""

from __future__ import annotations

import boto3
import pytest
from moto.server import ThreadedMotoServer

from app.core.clock import utcnow
from app.db import transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.respaldo.jobs import BACKUP_JOB
from app.respaldo.remoto import PREFIX, Bucket

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


def test_a_bucket_that_refuses_is_told_and_the_local_copy_stays(app, away, rows, configure):
    config, _client = away
    configure(s3_bucket_name="nadie-lo-hizo")

    do_backup(app)

    (job,) = rows(Trabajo, tipo=BACKUP_JOB)
    assert "nadie-lo-hizo" in job.error
    assert len(list(config.backup_dir.iterdir())) == 1
