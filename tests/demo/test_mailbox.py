"""The demonstration's mail server as its own process, and the mailbox that shows what it caught."""

from __future__ import annotations

import asyncio
import os
import signal
import smtplib
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.ajustes.service import set_setting
from app.db import transaction
from app.demo.outside.mailserver import Mailbox
from app.mail.message import Picture
from tests.mail.test_message import make_mail
from tests.plugins.smtp import free_port

SCRIPT = Path(__file__).resolve().parents[2] / "app" / "demo" / "outside" / "mailserver.py"
JPEG = b"\xff\xd8\xff\xe0 a picture for the test"
URL = "/demo/buzon"


@pytest.fixture
def demo(app, configure, tmp_path):
    """A database that is marked as a demonstration, with a folder of its own."""
    with app.app_context(), transaction():
        set_setting("demo", "1")
    app.extensions.pop("is_demo", None)
    configure(instance_dir=tmp_path, smtp_host="127.0.0.1")
    return Mailbox(tmp_path / "buzon")


def keep(demo, **values):
    values.setdefault(
        "html", '<p>Hola <b>Ema</b></p><img src="cid:foto-1@rastro.example"><script>x</script>'
    )
    picture = Picture("foto-1@rastro.example", "auto.jpg", "image/jpeg", JPEG)
    return demo.keep(make_mail(pictures=[picture], **values).as_bytes()).name


def test_the_server_runs_by_its_path_and_keeps_each_mail_as_a_file(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "--port", str(port), "--folder", str(tmp_path / "buzon")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    try:
        assert str(port) in process.stdout.readline()
        content = make_mail().as_bytes()
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
            smtp.sendmail("avisos@oficina.example", ["ema@actuarios.example"], content)
        [path] = (tmp_path / "buzon").iterdir()
    finally:
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        process.wait(10)
        process.stdout.close()

    assert path.suffix == ".eml"
    assert path.read_bytes().rstrip() == content.rstrip()
    assert process.returncode == 0
    assert time.monotonic() - started < 5


def test_a_full_disk_is_told_to_the_sender_and_leaves_nothing(tmp_path, monkeypatch):
    box = Mailbox(tmp_path / "buzon")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    envelope = SimpleNamespace(content=b"Subject: x\r\n\r\nx")
    answer = asyncio.run(box.handle_DATA(None, None, envelope))

    assert answer.startswith("452 ")
    assert list((tmp_path / "buzon").iterdir()) == []


def test_the_mailbox_lists_the_newest_first(investigador, demo):
    assert "Todavía no ha llegado ningún correo" in investigador.get(URL).get_data(as_text=True)
    keep(demo, subject="El primero")
    keep(demo, subject="El segundo <script>alert(1)</script>")
    (demo.folder / "apuntes.txt").write_text("no es un correo")
    (demo.folder / "con espacio.eml").write_text("tampoco")

    page = investigador.get(URL).get_data(as_text=True)

    assert page.index("El segundo") < page.index("El primero")
    assert "<script>alert" not in page
    assert "con espacio" not in page


def test_a_demo_without_a_mail_server_says_that_it_has_no_mailbox(investigador, demo, configure):
    configure(smtp_host="")

    page = investigador.get(URL).get_data(as_text=True)

    assert "Esta demostración no tiene buzón" in page
    assert "Todavía no ha llegado" not in page


def test_a_mail_is_shown_with_its_headers_its_text_and_its_photo(investigador, demo):
    name = keep(demo)

    page = investigador.get(f"{URL}/{name}").get_data(as_text=True)
    frame = investigador.get(f"{URL}/{name}/html")
    photo = investigador.get(f"{URL}/{name}/parte/foto-1@rastro.example")

    assert "notificacion-1.abc@rastro.example" in page
    assert "Adiós." in page
    assert "con 1 foto dentro" in page
    assert f'src="{URL}/{name}/html"' in page
    assert "sandbox=" in page
    body = frame.get_data(as_text=True)
    assert f'src="{URL}/{name}/parte/foto-1@rastro.example"' in body
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert photo.data == JPEG
    assert photo.headers["Content-Type"] == "image/jpeg"


def test_a_mail_without_html_shows_its_text(investigador, demo):
    name = demo.keep(b"Subject: solo texto\r\nTo: a@b.example\r\n\r\nHola <b>\r\n").name

    page = investigador.get(f"{URL}/{name}").get_data(as_text=True)

    assert "Hola &lt;b&gt;" in page
    assert "<iframe" not in page
    assert investigador.get(f"{URL}/{name}/html").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "no-existe.eml",
        "..%2Fsecreto.eml",
        "%2e%2e%2fsecreto.eml",
        ".partial-x.eml",
        "secreto",
        "a%00.eml",
        "a.eml%0a",
    ],
)
def test_a_name_that_is_none_leads_nowhere(name, investigador, demo):
    (demo.folder.parent / "secreto.eml").write_text("Subject: secreto\r\n\r\nsecreto")
    kept = demo.keep(b"Subject: a la vista\r\n\r\nHola\r\n").name
    assert "a la vista" in investigador.get(f"{URL}/{kept}").get_data(as_text=True)

    for path in ("", "/html", "/parte/foto-1@rastro.example"):
        answer = investigador.get(f"{URL}/{name}{path}")
        assert answer.status_code == 404
        assert "Subject: secreto" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(("kind", "status"), [("text/html", 404), ("image/png", 200)])
def test_a_part_that_is_no_picture_is_not_handed_out(investigador, demo, kind, status):
    name = demo.keep(
        f"Content-Type: {kind}\r\nContent-ID: <x@y.example>\r\n\r\n<script>1</script>\r\n".encode()
    ).name

    assert investigador.get(f"{URL}/{name}/parte/x@y.example").status_code == status


@pytest.mark.parametrize("person", ["admin", "investigador", "cliente", "stranger"])
def test_outside_of_a_demonstration_there_is_no_mailbox(person, request, app):
    client = request.getfixturevalue(person)

    for path in ("", "/a.eml", "/a.eml/html", "/a.eml/parte/x@y.example"):
        assert client.get(URL + path).status_code == (303 if person == "stranger" else 404)


@pytest.mark.parametrize("person", ["cliente", "cliente_ajeno", "stranger"])
def test_only_the_firm_reads_the_mailbox(person, request, demo):
    client = request.getfixturevalue(person)
    name = keep(demo)

    for path in ("", f"/{name}", f"/{name}/html", f"/{name}/parte/foto-1@rastro.example"):
        assert client.get(URL + path).status_code == (303 if person == "stranger" else 404)


def test_a_mail_with_a_date_that_is_none_is_shown_without_it(investigador, demo):
    name = demo.keep(b"Date: ayer\r\nSubject: sin fecha\r\n\r\nHola\r\n").name

    for url in (URL, f"{URL}/{name}"):
        assert "sin fecha" in investigador.get(url).get_data(as_text=True)
