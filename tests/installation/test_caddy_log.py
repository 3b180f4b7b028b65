"""What Caddy writes of each request: no secret address, no query, no header."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from app.core.redaction import SECRET_PATHS
from config import ROOT
from tests.plugins.smtp import free_port

CADDYFILE = ROOT / "deploy" / "Caddyfile"
#: What a site without a certificate cannot have.
TLS = "\ttls {\n\t\tprotocols tls1.2 tls1.3\n\t}\n"


def cut(uri: str) -> str:
    found = re.search(r'request>uri regexp "(.+)" "\$\{1\}…"', CADDYFILE.read_text())
    assert found
    return re.sub(found[1], lambda match: f"{match[1] or ''}…", uri)


@pytest.mark.parametrize(
    ("uri", "logged"),
    [
        ("/oficios/12", "/oficios/12"),
        ("/oficios?q=Rosa+Soto&patente=GGZL12", "/oficios…"),
        ("/b/abc.DEF-123", "/b/…"),
        ("/b/abc.DEF-123/oficios/3?x=1", "/b/……"),
        ("/api/v1/publico/tablero/abc123", "/api/v1/publico/tablero/…"),
        ("/static/css/app.css", "/static/css/app.css"),
    ],
)
def test_secret_addresses_and_queries_are_cut(uri, logged):
    assert cut(uri) == logged


def test_old_encryption_is_not_spoken_and_programs_are_not_led_to_https():
    text = CADDYFILE.read_text()
    assert TLS in text.partition("\nRASTRO_DOMAIN {")[2]
    site = text.partition("\nRASTRO_DOMAIN:80 {")[2].partition("\n}")[0]
    assert re.search(r"@page not path /api/\*\n\tredir @page https://.*\n\trespond .* 403$", site)


@pytest.mark.parametrize("path", SECRET_PATHS)
def test_each_address_that_is_a_key_is_known_to_caddy(path):
    assert cut(f"/{path}/s3creto") == f"/{path}/…"


def test_a_running_caddy_writes_none_of_it_and_refuses_programs_that_do_not_encrypt(tmp_path):
    caddy = shutil.which("caddy") or shutil.which("caddy", path=str(ROOT / ".venv/deploy/bin"))
    if caddy is None:
        pytest.skip("no caddy on this machine; the pattern itself is tried above")
    port, log = free_port(), tmp_path / "rastro.log"
    site = CADDYFILE.read_text().replace("/var/log/caddy/rastro.log", str(log))
    site = site.replace(TLS, "").replace("RASTRO_DOMAIN {", f"http://127.0.0.1:{port} {{", 1)
    site = site.replace("{\n", "{\n\tadmin off\n", 1)
    open_port = free_port()
    site = site.replace("RASTRO_DOMAIN:80", f"http://127.0.0.1:{open_port}")
    (tmp_path / "Caddyfile").write_text(site)
    command = [caddy, "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _ask(f"http://127.0.0.1:{port}/b/s3creto?q=Rosa", wait=True)
        _wait_for(log)
        plain = http.client.HTTPConnection("127.0.0.1", open_port, timeout=5)
        answers = {path: _answer_of(plain, path) for path in ("/api/v1/oficios", "/oficios?q=1")}
        plain.close()
    finally:
        process.terminate()
        process.wait(20)
    assert answers["/api/v1/oficios"] == (403, None)
    assert answers["/oficios?q=1"] == (308, "https://127.0.0.1/oficios?q=1")
    text = log.read_text()
    assert json.loads(text.splitlines()[0])["request"]["uri"] == "/b/……"
    for secret in ("s3creto", "Rosa", "galleta"):
        assert secret not in text


def _answer_of(connection: http.client.HTTPConnection, path: str) -> tuple[int, str | None]:
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    return response.status, response.getheader("Location")


def _ask(url: str, *, wait: bool) -> None:
    request = urllib.request.Request(url, headers={"Referer": "x/b/s3creto", "Cookie": "galleta=1"})
    deadline = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(request, timeout=5)
        except urllib.error.HTTPError:
            return  # nobody is behind it
        except OSError:
            assert wait, "no answer"
            assert time.monotonic() < deadline, "Caddy does not start"
            time.sleep(0.1)


def _wait_for(log: Path) -> None:
    deadline = time.monotonic() + 20
    while not log.exists() or not log.stat().st_size:
        assert time.monotonic() < deadline, "no line in the log"
        time.sleep(0.1)
