"""What a request may be: how long, how large, how spelled; and that a slow one holds nobody up."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time

import pytest

from tests.server.conftest import Door, read

POST = b"POST /a HTTP/1.1\r\nHost: x\r\n"


def echo(environ, start_response):
    """Answer with what was understood."""
    body = environ["wsgi.input"].read()
    shown = {key: value for key, value in environ.items() if isinstance(value, str)}
    shown["body"] = len(body)
    data = json.dumps(shown).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [data]


def understood(answer: bytes) -> dict[str, object]:
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    shown: dict[str, object] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return shown


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers]
    lines += ["Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


def test_the_application_gets_the_request_as_it_was_sent(serve):
    door = serve(echo)
    shown = understood(
        door.send(
            b"GET /a%20b/%C3%B1?q=%C3%B1 HTTP/1.1\r\nHost: rastro.example\r\nCookie: a=1\r\n"
            b"Cookie: b=2\r\nX-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n\r\n"
        )
    )

    assert shown["PATH_INFO"].encode("latin-1").decode() == "/a b/ñ"
    assert shown["QUERY_STRING"] == "q=%C3%B1"
    assert shown["HTTP_COOKIE"] == "a=1; b=2"
    assert shown["REMOTE_ADDR"] == "127.0.0.1", "only TRUSTED_PROXIES decides who calls"
    assert shown["wsgi.url_scheme"] == "http"


def test_a_body_comes_whole_whatever_way_it_was_sent(serve):
    door = serve(echo)
    large = b"x" * 3_000_000
    chunked = b"POST /grande HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked += b"4\r\nabcd\r\n3\r\nefg\r\n0\r\n\r\n"

    assert understood(door.send(post("/a", b"a=1")))["body"] == 3
    on_disk = understood(door.send(post("/grande", large)))
    assert (on_disk["body"], on_disk["CONTENT_LENGTH"]) == (3_000_000, "3000000")
    by_chunks = understood(door.send(chunked))
    assert (by_chunks["body"], by_chunks["CONTENT_LENGTH"]) == (7, "7")
    assert "HTTP_TRANSFER_ENCODING" not in by_chunks
    assert door.shell.spooled == 0


def test_a_client_that_asks_first_is_told_to_go_on_or_not(serve):
    door = serve(echo)
    with door.connect() as client:
        client.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n")
        client.sendall(b"Expect: 100-continue\r\n\r\n")
        assert read(client, 0.5).startswith(b"HTTP/1.1 100")
        client.sendall(b"abc")
        assert understood(read(client))["body"] == 3
    large = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n"
    assert door.send(large).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 150000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n7d0\r\n"]
)
def test_what_is_too_large_is_refused_before_it_is_read(serve, framing):
    door = serve(echo)
    with door.connect() as client:
        client.sendall(b"POST /verificar HTTP/1.1\r\nHost: x\r\n" + framing)
        began = time.monotonic()
        sender = threading.Thread(target=_send_much, args=(client,))
        sender.start()
        answer = read(client, 3)
        sender.join()

    assert answer.startswith(b"HTTP/1.1 413")
    assert "Elija un archivo más pequeño" in answer.decode()
    assert time.monotonic() - began < 8


def _send_much(client: socket.socket) -> None:
    """As a browser does, which reads the answer only when it has sent some."""
    try:
        for _ in range(50):
            client.sendall(b"x" * 2000)
            time.sleep(0.01)
    except OSError:
        pass


@pytest.mark.parametrize(
    "start",
    [
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\na",
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_a_request_that_is_not_whole_in_time_gets_408(serve, start):
    door = serve(echo, seconds=1)
    with door.connect() as client:
        client.sendall(start)
        began = time.monotonic()
        for _ in range(4):  # it dribbles on
            time.sleep(0.1)
            client.sendall(b"b" if b"chunked" not in start else b"")
        answer = read(client, 5)

    assert answer.startswith(b"HTTP/1.1 408"), answer
    assert b"connection: close" in answer
    assert 0.5 < time.monotonic() - began < 4


def test_a_large_file_may_take_longer_while_it_keeps_coming(serve):
    door = serve(echo, seconds=1)
    body = b"x" * 40_000
    with door.connect() as client:
        client.sendall(post("/grande", body)[: -len(body)])
        for at in range(0, len(body), 2000):
            client.sendall(body[at : at + 2000])
            time.sleep(0.1)
        assert understood(read(client))["body"] == len(body)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400),
        (POST + b"Content-Length: -4\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: x, chunked, x\r\n\r\n0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n", 400),
        (b"no es HTTP\r\n\r\n", 400),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20_000, 431),
    ],
)  # fmt: skip
def test_what_two_servers_could_read_in_two_ways_is_refused(serve, data, status):
    door = serve(echo)

    assert door.send(data).startswith(f"HTTP/1.1 {status}".encode())


def test_a_header_that_pretends_to_be_another_by_its_underscores_is_left_out(serve):
    door = serve(echo)
    shown = understood(
        door.send(b"GET / HTTP/1.1\r\nHost: x\r\nX_Forwarded_For: 1.2.3.4\r\nX-A: b\r\n\r\n")
    )

    assert shown["HTTP_X_A"] == "b"
    assert "HTTP_X_FORWARDED_FOR" not in shown


def test_old_clients_and_those_that_ask_twice_at_once_are_answered(serve):
    door = serve(echo)

    old = door.send(b"GET /uno HTTP/1.0\r\n\r\n")
    assert b'"PATH_INFO": "/uno"' in old
    assert b"chunked" not in old
    last = b"GET /dos HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    both = door.send(b"GET /uno HTTP/1.1\r\nHost: x\r\n\r\n" + last)
    assert both.index(b"/uno") < both.index(b"/dos")
    head = door.send(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert head.endswith(b"\r\n\r\n")


def test_dozens_of_slow_clients_hold_no_thread(serve):
    door = serve(echo, threads=1)
    slow = []
    for number in range(60):
        client = door.connect()
        whole = post("/a", b"x" * 500)
        client.sendall(whole[: 10 if number % 2 else -100])
        slow.append(client)
    began = time.monotonic()

    assert understood(door.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    assert time.monotonic() - began < 1


def test_who_does_not_read_an_answer_holds_no_thread(serve):
    def large(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (b"x" * 100_000 for _ in range(100))

    door = serve(large, threads=1)
    slow = [door.connect() for _ in range(5)]
    for client in slow:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = door.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b"x" * 10_000_000
    assert b"content-length: 10000000" in head


def test_when_there_are_too_many_connections_the_idlest_makes_room(serve):
    door = serve(echo, most=20)
    idle = [door.connect() for _ in range(20)]
    time.sleep(0.2)

    assert understood(door.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    assert read(idle[0], 5) == b"", "it was closed"


def test_a_client_that_leaves_before_its_request_is_whole_is_forgotten(serve):
    asked = []

    def note(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return echo(environ, start_response)

    door: Door = serve(note)
    with door.connect() as client:
        client.sendall(post("/a", b"x" * 500)[:-100])
    understood(door.send(b"GET /otro HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))

    assert asked == ["/otro"]


def test_a_full_disk_is_told_and_nothing_is_asked(serve, tmp_path):
    door = serve(echo)
    tmp_path.rmdir() if not any(tmp_path.iterdir()) else None
    answer = door.send(post("/grande", b"x" * 3_000_000))

    assert answer.startswith(b"HTTP/1.1 507")
    assert "No hay espacio" in answer.decode()
    tmp_path.mkdir(exist_ok=True)


CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def test_what_follows_a_body_says_nothing_about_who_asks(serve):
    """Headers after the body are a stranger's word: a proxy in front does not look at them."""
    door = serve(echo)
    shown = understood(
        door.send(CHUNKED + b"3\r\nabc\r\n0\r\nX-Forwarded-For: 9.9.9.9\r\nCookie: a=1\r\n\r\n")
    )

    assert shown["body"] == 3
    assert not {"HTTP_X_FORWARDED_FOR", "HTTP_COOKIE"} & set(shown)


@pytest.mark.parametrize(
    "data",
    [
        CHUNKED + b"3\r\nabc\r\n0\r\n" + b"X-A: b\r\n" * 400_000,
        CHUNKED + b"3;" + b"a" * 3_000_000,
        b"GET /a HTTP/1.1\r\nHost: x\r\nX-A: " + b"b" * 100_000 + b"\r\n\r\n",
    ],
    ids=["after the body", "within the body", "at once"],
)
def test_headers_are_bounded_wherever_they_come(serve, data):
    door = serve(echo)
    with door.connect() as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(data)
        assert read(client).startswith(b"HTTP/1.1 431")


def test_a_body_of_the_smallest_pieces_is_taken(serve):
    shown = understood(serve(echo).send(CHUNKED + b"1\r\nx\r\n" * 900 + b"0\r\n\r\n"))
    assert shown["body"] == 900


@pytest.mark.parametrize(
    "last",
    [
        b"NO HTTP\r\n\r\n",
        b"GET /c HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        CHUNKED + b"zz\r\n",
        b"POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n",
    ],
    ids=["no HTTP", "two hosts", "bad piece", "stalled"],
)
def test_a_bad_request_takes_no_answer_from_those_before_it(serve, last):
    """Its refusal would pass for the answer to the first, which was done."""

    def slow(environ, start_response):
        time.sleep(1.2)
        return echo(environ, start_response)

    door = serve(slow, seconds=1)
    with door.connect() as client:
        client.sendall(b"".join(b"GET /%c HTTP/1.1\r\nHost: x\r\n\r\n" % c for c in b"ab") + last)
        answer = read(client, 4)

    assert answer.count(b"HTTP/1.1 ") == answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(b'"/a"') < answer.index(b'"/b"')


def test_refused_bodies_leave_nothing_in_the_count_of_what_is_on_disk(serve):
    """A count that sinks with each of them would let others fill the disk."""
    door = serve(echo)
    for _ in range(3):
        with door.connect() as client:
            client.sendall(
                b"POST /grande HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            with contextlib.suppress(ConnectionError):
                client.sendall((b"100000\r\n" + bytes(0x100000) + b"\r\n") * 10)
            assert b"HTTP/1.1 413" in read(client)
    deadline = time.monotonic() + 5
    while door.shell.spooled and time.monotonic() < deadline:
        time.sleep(0.05)
    assert door.shell.spooled == 0
