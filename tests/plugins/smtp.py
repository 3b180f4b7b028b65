"""A real SMTP server on loopback that keeps what it is sent and can be told to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Received:
    """One accepted message and the envelope it came in."""

    mail_from: str
    rcpt_tos: list[str]
    message: EmailMessage


class SmtpServer:
    """Accepts everything until told otherwise."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.host = "127.0.0.1"
        self.port = free_port()
        self._answer: str | None = None
        self._hanging = False
        self._controller = Controller(self, hostname=self.host, port=self.port)

    @property
    def messages(self) -> list[EmailMessage]:
        """What was accepted, oldest first."""
        return [one.message for one in self.received]

    def fail_with(self, code: int, text: str) -> None:
        """Refuse each message, once its body has come, with this answer."""
        self._answer = f"{code} {text}"

    def hang(self) -> None:
        """Take the message and say nothing, for as long as the client waits."""
        self._hanging = True

    def recover(self) -> None:
        """Accept again."""
        self._answer, self._hanging = None, False

    def wait_for(self, count: int, timeout: float = 15) -> list[EmailMessage]:
        """Return the messages as soon as there are this many.

        Raises:
            AssertionError: they did not come in time, in seconds.
        """
        deadline = time.monotonic() + timeout
        while len(self.received) < count:
            assert time.monotonic() < deadline, f"{len(self.received)} of {count} messages came"
            time.sleep(0.02)
        return self.messages

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        while self._hanging:
            await asyncio.sleep(0.02)
        if self._answer is not None:
            return self._answer
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append(Received(envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self.recover()
        self._controller.stop()


@dataclass
class Script:
    """What a scripted server answers, piece by piece, and what it was told.

    Each answer is bytes, sent in one packet; a tuple of pieces goes out one by one, where a number
    is a pause in seconds and None ends the connection. ``None`` alone ends it at once.
    """

    greeting: Any = b"220 hi\r\n"
    ehlo: Any = b"250 me\r\n"
    mail: Any = b"250 ok\r\n"
    #: By address; the others are taken.
    rcpt: dict[str, Any] = field(default_factory=dict)
    data: Any = b"354 go\r\n"
    final: Any = b"250 ok\r\n"
    quit: Any = b"221 bye\r\n"
    auth: Any = b"235 welcome\r\n"


class ScriptedServer:
    """A server on raw sockets that says exactly what its script says, however wrong."""

    def __init__(self, script: Script) -> None:
        self.script = script
        #: Every line but those of messages, of all connections.
        self.lines: list[str] = []
        #: Whole messages, whatever was answered to them, each with its envelope.
        self.bodies: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
            said: list[str] = []
            connection.settimeout(30)
            self._say(connection, self.script.greeting)
            for line in lines:
                word = line.decode().strip()
                self.lines.append(word)
                if word.upper() == "DATA":
                    self._say(connection, self.script.data)
                    body = b""
                    while (part := lines.readline()) not in {b".\r\n", b""}:
                        body += part
                    if not part:
                        return
                    self.bodies.append(body)
                    self.recipients.append(said)
                    self._say(connection, self.script.final)
                    continue
                answer = self._answer(word)
                if word.upper().startswith("RCPT") and str(answer)[2:3] == "2":
                    said.append(word.partition("<")[2].partition(">")[0])
                self._say(connection, answer)

    def _answer(self, word: str) -> Any:
        verb = word[:4].upper()
        if not word:
            return b"535 5.7.8 refused\r\n"
        if verb == "RCPT":
            return self.script.rcpt.get(word.partition("<")[2].partition(">")[0], b"250 ok\r\n")
        named = {"EHLO": "ehlo", "MAIL": "mail", "QUIT": "quit", "AUTH": "auth"}
        said = getattr(self.script, named[verb]) if verb in named else b"250 ok\r\n"
        return said(word) if callable(said) else said

    def _say(self, connection: socket.socket, answer: Any) -> None:
        for piece in answer if isinstance(answer, tuple) else (answer,):
            if piece is None:
                connection.shutdown(socket.SHUT_RDWR)
                raise ConnectionAbortedError
            if isinstance(piece, bytes):
                connection.sendall(piece)
            else:
                self.stopping.wait(piece)


@pytest.fixture
def scripted_smtp() -> Iterator[Callable[..., ScriptedServer]]:
    """Start servers that follow a script: ``scripted_smtp(final=b"251 ok\\r\\n")``."""
    running: list[ScriptedServer] = []

    def start(**answers: Any) -> ScriptedServer:
        running.append(ScriptedServer(Script(**answers)))
        return running[-1]

    yield start
    for server in running:
        server.stop()


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    server = SmtpServer()
    server.start()
    yield server
    server.stop()
