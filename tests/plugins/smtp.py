"""A real SMTP server on loopback that keeps what it is sent and can be told to misbehave."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
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
