"""One client's connection: uvicorn's, with limits on how long and how large a head or body is."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.server.limits import (
    LARGEST_HEAD,
    LINGER,
    SENTENCES,
    SLOWEST,
    Patience,
)

#: Seconds that an idle connection stays open when the server stops.
_ENDING = 0.5
#: Times its content that a body may take with the sizes of its pieces and what follows it: six
#: when each byte is a piece of its own.
_MOST_FRAMING = 10


class Connection(HttpToolsProtocol):
    """A connection that ends when its request does not arrive, or its answer is not read.

    The shell finds it in ``scope["extensions"]["rastro"]`` and refuses a request through it before
    the request is whole.
    """

    #: Set once by the worker, before the first connection.
    patience = Patience(30)
    most_connections = 1000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._is_refused = False
        #: Requests that were asked for and have no whole answer yet, in their order.
        self._unfinished: list[RequestResponseCycle] = []
        self._arriving: RequestResponseCycle | None = None
        self._is_ending = False
        self._is_arriving = True
        self._head_size = 0
        self._received = 0
        self._framing = 0
        self._is_reading_body = False
        self._began = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether nobody works for this client: it is idle, or its request is not whole."""
        return self._is_arriving or self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a first request; when there are too many, the idlest one goes."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=64 * 1024)
        self._expect_head()
        if len(self.connections) > self.most_connections:
            others = cast("set[Connection]", self.connections)
            waiting = [other for other in others if other.is_waiting and other is not self]
            victim = min(waiting, key=lambda other: other._began, default=self)
            victim.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless it belongs to a request that was refused."""
        if self._is_refused:
            return
        if not (self._is_arriving or self._is_ending) and (
            self.cycle is None or self.cycle.response_complete
        ):
            self._expect_head()
        is_head = self._is_arriving and self._head_size >= 0
        super().data_received(data)
        if is_head and self._head_size >= 0 and not self._is_refused:
            self._head_size += len(data)
            if self._head_size > LARGEST_HEAD:
                self._refuse_arriving(431)
        elif self._is_reading_body:
            self._framing += len(data)
            if self._framing > _MOST_FRAMING * (self._received + LARGEST_HEAD):
                self._refuse_arriving(431)

    def _unsupported_upgrade_warning(self) -> None:
        """Suppress uvicorn's warning about WebSocket requests."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; uvicorn calls this."""
        self._refuse_arriving(400)

    def on_message_begin(self) -> None:
        """Give the shell a way back to the connection."""
        super().on_message_begin()
        self._is_reading_body = False
        self._arriving = None
        scope = cast("dict[str, Any]", self.scope)
        scope["extensions"] = {"rastro": self}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that comes after the body is thrown away.

        A proxy writes and removes headers before the body alone: what follows it is the word of a
        stranger, who could say there from where and for whom he asks.
        """
        if not self._is_reading_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is complete: start the timer of the body."""
        self._is_reading_body = True
        self._framing = 0
        self._head_size = -1
        self._received = 0
        self._began = self.loop.time()
        hosts = sum(name == b"host" for name, _ in self.headers)
        # RFC 9112, 3.2: one in HTTP/1.1; older clients know of none.
        if hosts > 1 or (not hosts and self.parser.get_http_version() != "1.0"):
            self._refuse_arriving(400)
            return
        if sum(len(name) + len(value) for name, value in self.headers) > LARGEST_HEAD:
            self._refuse_arriving(431)
            return
        super().on_headers_complete()
        self._unfinished = [each for each in self._unfinished if not each.response_complete]
        self._unfinished.append(self.cycle)
        self._arriving = self.cycle
        if self._is_ending:
            self.cycle.keep_alive = False
        self._arm(self.patience.seconds, self._check_body)

    def on_body(self, body: bytes) -> None:
        """Count what came."""
        self._received += len(body)
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: its time is no longer the client's."""
        self._is_arriving = False
        self._is_reading_body = False
        self._arriving = None
        self._stop_timer()
        if not self._is_refused:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the client to read the rest of this answer."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._abort_later()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also one whose client does not read its answer."""
        super().timeout_keep_alive_handler()
        self._abort_later()

    def shutdown(self) -> None:
        """End with the answer that is under way, or soon. uvicorn calls this.

        A request may be on its way on a connection that looks idle: it is still answered.
        """
        self._is_ending = True
        if self.cycle is not None and not self.cycle.response_complete:
            super().shutdown()
        else:
            self._unset_keepalive_if_required()
            self._arm(_ENDING, self.timeout_keep_alive_handler)

    def refuse(self, status: int) -> None:
        """Answer at once, whatever is still to come of the request, and end the connection.

        What the client still sends is thrown away for a moment: closing at once would make its
        machine discard the answer.
        """
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        self._stop_timer()
        self._unset_keepalive_if_required()
        cycle = self.cycle
        has_begun = False
        if cycle is not None and not cycle.response_complete:
            has_begun = cycle.response_started
            cycle.disconnected = True
            cycle.message_event.set()
        if not has_begun:
            self.transport.write(_refusal(status))
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._arm(LINGER, self.transport.abort)

    def _refuse_arriving(self, status: int) -> None:
        """Refuse the request that is being read.

        A client that did not wait for the answers to earlier ones gets those, and then the end: a
        refusal before them would pass for the answer to the first.
        """
        arriving = self._arriving
        earlier = [
            each for each in self._unfinished if each is not arriving and not each.response_complete
        ]
        if not earlier:
            self.refuse(status)
            return
        if arriving is not None:
            arriving.disconnected = True
            arriving.message_event.set()
        self._is_refused = True
        self._stop_timer()
        earlier[-1].keep_alive = False

    def _expect_head(self) -> None:
        self._is_arriving = True
        self._head_size = 0
        self._began = self.loop.time()
        self._arm(self.patience.seconds, self._give_up_head)

    def _give_up_head(self) -> None:
        if self._head_size:
            self._refuse_arriving(408)
        else:
            self.transport.close()

    def _check_body(self) -> None:
        left = self.patience.left(self.loop.time() - self._began, self._received)
        if left <= 0:
            self._refuse_arriving(408)
        else:
            self._arm(max(left, 0.5), self._check_body)

    def _abort_later(self) -> None:
        rest = self.transport.get_write_buffer_size()
        self._arm(LINGER + rest / SLOWEST, self.transport.abort)

    def _arm(self, seconds: float, action: Any) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, action)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _refusal(status: int) -> bytes:
    text = (SENTENCES[status] + "\n").encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "content-type: text/plain; charset=utf-8\r\n"
        f"content-length: {len(text)}\r\n"
        "cache-control: no-store\r\n"
        f"{'retry-after: 5' + chr(13) + chr(10) if status == 503 else ''}"
        "connection: close\r\n\r\n"
    )
    return head.encode() + text
