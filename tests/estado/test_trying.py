"""Each part tried for real, against a server on this machine that answers well and badly."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from datetime import datetime, timedelta

import boto3
import pytest
import requests
import trustme
from moto.server import ThreadedMotoServer

from app import create_app
from app.core.clock import utcnow
from app.core.dates import format_fecha
from app.db import db
from app.estado.outside.trying import try_bucket, try_certificate, try_database, try_provider
from tests.plugins.application import test_config as config_for_tests


@pytest.fixture
def ask(app):
    """Run a trial and return what it saw."""

    def run(trial, *args):
        with app.app_context():
            return trial(*args)

    return run


@pytest.fixture
def bucket(configure):
    """A configuration with a bucket that speaks S3 on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    values = {"aws_access_key_id": "prueba", "aws_secret_access_key": "prueba"}
    config = configure(s3_bucket_name="oficina", s3_endpoint_url=f"http://{host}:{port}", **values)
    yield config
    requests.post(f"{config.s3_endpoint_url}/moto-api/reset", timeout=10).close()
    server.stop()


def test_a_bucket_is_read_and_one_that_is_not_there_is_said(ask, bucket):
    missing = ask(try_bucket, bucket)
    assert missing.ok is False
    assert "oficina" in missing.texto

    client = boto3.client(
        "s3",
        endpoint_url=bucket.s3_endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="prueba",
        aws_secret_access_key="prueba",
    )
    client.create_bucket(Bucket="oficina")
    client.close()
    found = ask(try_bucket, bucket)
    assert (found.ok, found.texto) == (True, "oficina responde; tiene 0 respaldos.")


def test_the_provider_is_asked_once_and_its_refusal_is_repeated(ask, configure, provider_server):
    config = configure(
        porticos_provider="generico",
        provider_api_url=provider_server.url,
        provider_api_key="una clave",
        provider_allow_private=True,
        provider_quota=2,
        provider_quota_seconds=3600,
    )
    provider_server.answer("/", body={"patente": "BBBB10", "avistamientos": []})
    good = ask(try_provider, config)
    assert good.ok is True, good.texto
    assert "0 pasadas" in good.texto

    provider_server.answer("/", status=401, body={"error": "no"})
    refused = ask(try_provider, config)
    assert refused.ok is False
    assert "PROVIDER_API_KEY" in refused.texto

    assert len(provider_server.requests) == 2
    waiting = ask(try_provider, config)
    assert (waiting.ok, len(provider_server.requests)) == (None, 2)
    assert "cuota" in waiting.texto


def test_a_database_that_does_not_answer_is_said_without_its_password(tmp_path):
    url = "postgresql://rastro:clave-secreta@127.0.0.1:9/rastro"
    app = create_app(config_for_tests(url, tmp_path))
    with app.app_context():
        found = try_database()
        db.engine.dispose()

    assert found.ok is False
    assert "No responde" in found.texto
    assert "clave-secreta" not in found.texto


@contextlib.contextmanager
def served_with(until: datetime, folder, monkeypatch):
    """An address of HTTPS whose certificate ends then; yields its port."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_after=until).configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError, ssl.SSLError):
                plain, _ = listener.accept()
                with context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


@pytest.mark.parametrize(("days", "good"), [(60, True), (5, False)])
def test_a_certificate_that_ends_soon_is_a_problem(
    ask, configure, tmp_path, monkeypatch, days, good
):
    until = utcnow() + timedelta(days=days)
    with served_with(until, tmp_path, monkeypatch) as port:
        found = ask(try_certificate, configure(base_url=f"https://localhost:{port}"))

    assert found.ok is good, found.texto
    assert format_fecha(until.date()) in found.texto
