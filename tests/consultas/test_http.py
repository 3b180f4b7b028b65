"""The door to the network: where it may lead, and that nothing of the environment opens it."""

from __future__ import annotations

import socket
import threading
from time import monotonic, sleep

import pytest

from app.consultas.outside import ProviderError
from app.consultas.outside.http import get
from app.core.outgoing_http import is_public


def ask(url: str, *, allow_private: bool = True, seconds: float = 10.0):
    return get(url, headers={"X-Key": "k"}, allow_private=allow_private, seconds=seconds)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "::10.1.2.3",
        "::ffff:0:10.1.2.3",
        "64:ff9b::127.0.0.1",
        "fec0::1",
        "5f00::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::192.168.1.1",
        "2001:0:4136:e378:8000:63bf:f5fe:fdfc",
    ],
)
def test_addresses_of_no_public_network_are_not_public(address):
    assert not is_public(address)
    assert is_public("8.8.8.8")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_private_address_is_refused_before_anything_is_sent(host, provider_server):
    with pytest.raises(ProviderError, match="red privada") as refused:
        ask(f"http://{host}:{provider_server.port}/", allow_private=False)

    assert not refused.value.retry
    assert provider_server.requests == []


def test_a_name_that_nobody_knows_is_said_in_words():
    with pytest.raises(ProviderError, match="No se encontró el servidor"):
        ask("http://nobody.invalid/")


def test_a_closed_port_is_said_in_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ProviderError, match="No se pudo conectar"):
            ask(f"http://127.0.0.1:{port}/")


def test_proxies_and_netrc_of_the_environment_are_not_used(provider_server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    provider_server.answer("/", body={"ok": True})

    answer = ask(f"{provider_server.url}/x")

    assert answer.status == 200
    assert "Authorization" not in provider_server.requests[0].headers


def test_plain_text_to_a_tls_address_is_no_certificate(provider_server):
    with pytest.raises(ProviderError, match=r"certificado|conectar"):
        ask(f"https://127.0.0.1:{provider_server.port}/")


def test_dripping_headers_are_cut_at_the_deadline_too():
    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                for number in range(100):
                    connection.sendall(f"X-{number}: x\r\n".encode())
                    sleep(0.1)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        began = monotonic()
        with pytest.raises(ProviderError, match="no respondió a tiempo"):
            ask(f"http://127.0.0.1:{listener.getsockname()[1]}/", seconds=1)
        assert monotonic() - began < 5
        thread.join(timeout=5)


def test_a_tls_handshake_that_never_ends_is_cut():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = monotonic()
        with pytest.raises(ProviderError, match="no respondió a tiempo"):
            ask(f"https://127.0.0.1:{listener.getsockname()[1]}/", seconds=1)
        assert monotonic() - began < 5
