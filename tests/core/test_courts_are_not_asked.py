"""Ley 20.886, art. 2 c: nothing of Rastro asks the judiciary's machines for anything."""

from __future__ import annotations

import ast
import re
import socket

import pytest

from app.consultas.outside import ProviderError
from app.consultas.outside.http import get
from app.core.outgoing_http import COURT_DOMAINS, CourtPortal, Line, is_court_host
from app.eventos.outside.webhook_post import NotDelivered, post
from config import ROOT

PORTAL = "oficinajudicialvirtual.pjud.cl"
#: Standard modules and libraries that open connections.
NETWORK = {
    "aiohttp",
    "boto3",
    "ftplib",
    "http.client",
    "httpx",
    "imaplib",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "websockets",
}
#: Who opens a connection without the line that refuses the judiciary, and where to: always what
#: the installation configured, or this machine.
WITHOUT_THE_LINE = {
    "app/adjuntos/outside/antivirus.py": "ClamAV of the office",
    "app/adjuntos/outside/bucket.py": "the bucket of the files",
    "app/bandeja/outside/mailbox.py": "the mailbox of the office",
    "app/estado/outside/trying.py": "what was configured, to try it",
    "app/mail/answer.py": "names of exceptions",
    "app/mail/conversation.py": "the mail server",
    "app/mail/oauth.py": "the mail server's token endpoint",
    "app/mail/sender.py": "the mail server",
    "app/respaldo/outside/remote_copy.py": "the bucket of the backups",
    "app/server/worker.py": "its own port",
    "app/supervisor.py": "its own /health",
    "app/vigia/outside.py": "the machine that gets the copy of the audit",
    "app/jobs/presence.py": "the name of this machine",
    "app/core/process_identity.py": "the name of this machine",
}
THE_LINE = {"app/core/outgoing_http.py", "app/core/line_adapter.py"}


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def network_of(names: set[str]) -> set[str]:
    return {
        known
        for known in NETWORK
        for name in names
        if name == known or name.startswith(f"{known}.")
    }


def test_who_opens_a_connection_does_it_by_the_line_or_says_where_to():
    beside = {}
    for path in sorted((ROOT / "app").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        names = imported(ast.parse(path.read_text(encoding="utf-8")))
        if name in THE_LINE or not network_of(names):
            continue
        if "app.core.line_adapter.open_session" in names:
            continue
        beside[name] = network_of(names)

    assert beside.keys() == WITHOUT_THE_LINE.keys()


def test_no_file_of_the_product_names_a_machine_of_the_judiciary():
    folders = ("app", "templates", "static/js", "frontend", "deploy")
    named = re.compile("|".join(rf"\b{re.escape(domain)}" for domain in COURT_DOMAINS))
    found = {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".js", ".mjs", ".yaml", ".yml", ".csv"}
        and "node_modules" not in path.parts
        and named.search(path.read_text(encoding="utf-8"))
    }

    assert found == {"app/core/outgoing_http.py"}


@pytest.mark.parametrize("host", ["pjud.cl", PORTAL, "WWW.PJUD.CL", "pjud.cl.", "a.b.pjud.cl"])
def test_the_line_refuses_the_judiciary_before_it_asks_for_an_address(host, monkeypatch):
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_kwargs: asked.append(args))

    with (
        Line(allow_private=True, seconds=5) as line,
        pytest.raises(CourtPortal, match="Poder Judicial"),
    ):
        line.connect(host, 443)
    assert asked == []


@pytest.mark.parametrize("host", ["api.boostr.cl", "nopjud.cl", "pjud.cl.example", "pjud.example"])
def test_other_names_are_not_the_judiciarys(host):
    assert not is_court_host(host)


def test_no_configuration_makes_a_look_up_or_a_webhook_ask_it():
    with pytest.raises(ProviderError, match="Poder Judicial") as refused:
        get(f"https://{PORTAL}/", headers={}, allow_private=True, seconds=5)
    with pytest.raises(NotDelivered, match="Poder Judicial") as undelivered:
        post(f"https://{PORTAL}/", "{}", {}, allow_private=True)

    assert not refused.value.retry
    assert undelivered.value.is_final


def test_no_webhook_to_it_is_stored(admin):
    answer = admin.post(
        "/admin/webhooks/nuevo",
        data={
            "nombre": "x",
            "tipos": ["oficio.estado"],
            "buffet_id": "",
            "url": f"https://{PORTAL}",
        },
    )

    assert answer.status_code == 422
    assert "Ley 20.886" in answer.text
