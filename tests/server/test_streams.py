"""Open streams: told within a second, fair to everybody, and gone when the server stops."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import ClassVar

import pytest

from app.server import hub
from app.web.streaming import Listener, Source
from tests.server.conftest import read


class Words(Source):
    """News that a test puts in."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.looks = 0
        self.ends = False

    def look(self, listeners):
        self.looks += 1
        for listener in listeners:
            listener.is_over = self.ends
        words, self.words = self.words, []
        return words or None

    def recent(self):
        return None


@dataclass(kw_only=True, eq=False)
class Reader(Listener):
    sources: ClassVar[tuple[str, ...]] = ("words",)

    def hear(self, source, news):
        return "".join(f"data: {word}\n\n" for word in news)


def streaming(environ, start_response):
    account = int(environ["QUERY_STRING"] or 1)
    if environ["PATH_INFO"] == "/oir":
        environ["rastro.listener"] = Reader(usuario_id=account, seconds=20)
    start_response("200 OK", [("Content-Type", "text/event-stream"), ("Content-Length", "0")])
    return [b""]


@pytest.fixture
def words() -> Words:
    return Words()


def listen(door, account=1):
    client = door.connect()
    client.sendall(f"GET /oir?{account} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return client


def test_everybody_is_told_by_one_look_and_no_thread_is_held(serve, words):
    door = serve(streaming, threads=1, sources={"words": words})
    clients = [listen(door) for _ in range(30)]
    time.sleep(0.3)
    words.words.append("hola")
    heard = [read(client, 1.5) for client in clients[:1]] + [
        read(client, 0.2) for client in clients[1:]
    ]

    assert all(b"retry: 1000" in text and b"data: hola" in text for text in heard)
    assert words.looks < 30
    assert door.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    for client in clients:
        client.close()
    time.sleep(1.2)
    assert not door.shell.hub.streams
    looks = words.looks
    time.sleep(1)
    assert words.looks == looks, "nobody listens, nobody looks"


def test_a_stream_whose_reader_lost_their_rights_ends_without_another_word(serve, words):
    door = serve(streaming, threads=1, sources={"words": words})
    client = listen(door)
    assert b"retry: 1000" in read(client, 0.3)

    words.ends = True
    words.words.append("secreto")

    assert b"secreto" not in read(client, 1.5)
    assert not door.shell.hub.streams
    client.close()


def test_an_account_with_many_streams_gives_way_to_others(serve, words, monkeypatch):
    monkeypatch.setattr(hub, "MOST", 10)
    door = serve(streaming, sources={"words": words})
    greedy = []
    for _ in range(10):
        greedy.append(listen(door, 1))
        time.sleep(0.02)
    time.sleep(0.2)
    other = listen(door, 2)
    time.sleep(0.2)
    words.words.append("hola")

    assert b"data: hola" in read(other, 1.5)
    assert b"data: hola" not in read(greedy[0], 0.2), "its oldest one ended"
    assert b"data: hola" in read(greedy[9], 0.2)


def test_streams_end_when_the_server_stops_and_requests_are_finished(serve, words):
    slow = threading.Event()

    def application(environ, start_response):
        if environ["PATH_INFO"] == "/lento":
            slow.set()
            time.sleep(1)
        return streaming(environ, start_response)

    door = serve(application, sources={"words": words})
    client = listen(door)
    under_way = door.connect()
    under_way.sendall(b"GET /lento HTTP/1.1\r\nHost: x\r\n\r\n")
    slow.wait(5)
    door.shell.hub.close()

    assert read(client, 5).endswith(b"0\r\n\r\n")
    assert read(under_way, 3).startswith(b"HTTP/1.1 200")
