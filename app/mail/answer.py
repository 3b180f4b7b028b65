"""Reads the SMTP reply to DATA: the one whose absence leaves delivery uncertain."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

#: Seconds between two looks at whether somebody wants to stop; no answer is lost by looking.
STEP_SECONDS = 1.0
#: Bytes; an answer is a few lines, and who goes on for longer is not answering.
_MOST = 64 * 1024
#: ``250 Ok``, ``250-Ok`` with more to come, or the code alone (RFC 5321, 4.2).
_LINE = re.compile(rb"([0-9]{3})(?:([ -])(.*))?", re.DOTALL)


@dataclass(frozen=True)
class SmtpReply:
    """What a server said: its three digits, and its words on one line."""

    code: int
    words: str

    @property
    def is_positive(self) -> bool:
        """Whether it did what was asked: the first digit alone says so (RFC 5321, 4.2.1)."""
        return 200 <= self.code < 300

    @property
    def is_refusal(self) -> bool:
        """Whether it certainly did not: for now (4xx), or for good (5xx)."""
        return 400 <= self.code < 600


class NoAnswer(Exception):
    """Nothing came that is an answer. The text says what came instead, to follow «pero»."""


class NotYet(Exception):
    """Nothing came so far; wait on with the same ``ReplyReader``."""


class ReplyReader:
    """Reads one answer from a socket, however many pieces it comes in."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._data = b""

    def wait(self, seconds: float, *, meanwhile: Callable[[], None] = lambda: None) -> SmtpReply:
        """The answer. ``meanwhile`` is called every second, and may end the wait by raising.

        Raises:
            NotYet: it did not come in these seconds.
            NoAnswer: it cannot come any more, or what came is none.
        """
        deadline = time.monotonic() + seconds
        while (answer := read_answer(self._data)) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotYet
            self._sock.settimeout(min(left, STEP_SECONDS))
            try:
                piece = self._sock.recv(4096)
            except TimeoutError:
                meanwhile()
                continue
            except OSError:
                piece = b""
            if not piece:
                raise NoAnswer("cortó la conexión antes de confirmarlo")
            self._data += piece
        return answer


def read_answer(data: bytes) -> SmtpReply | None:
    """The answer that these bytes begin with, or None while it is not whole.

    A line ends with LF, with or without CR before it. All lines carry one code.

    Raises:
        NoAnswer: whatever follows, this is no answer.
    """
    *lines, rest = data.split(b"\n")
    told: list[bytes] = []
    code = None
    for line in lines:
        found = _LINE.fullmatch(line.removesuffix(b"\r"))
        if found is None or code not in {None, found[1]}:
            raise _not_understood(data)
        code = found[1]
        told.append(found[3] or b"")
        if found[2] != b"-":
            return SmtpReply(int(code), one_line(b" ".join(told)))
    if len(data) > _MOST or len(rest) > _MOST:
        raise _not_understood(data)
    return None


def one_line(text: bytes | str) -> str:
    """Words of a server as they are shown and stored: one line, no more than 200 characters."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())[:200]


def _not_understood(data: bytes) -> NoAnswer:
    said = one_line(data)[:80]
    return NoAnswer(f"contestó algo que no se entiende: «{said}»" if said else "no dijo nada")
