"""All open streams of a process; one poll of the database serves every one of them."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

from app.web.streaming import Listener, Source

logger = logging.getLogger(__name__)

#: Poll interval in seconds; a change must reach people within two.
INTERVAL = 0.5
#: Keep-alive interval in seconds, so that a proxy does not cut an idle stream.
SILENCE = 15.0
#: Open streams of a process. The next one ends the oldest of the account that has the most.
MOST = 2000
#: Queue length per stream; a slower reader is disconnected and resumes by its last event id.
_BEHIND = 50

Send = Callable[[str], Awaitable[None]]


class Stream:
    """One listener and what waits to be sent to it."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.texts: asyncio.Queue[str | None] = asyncio.Queue()

    def put(self, text: str) -> None:
        """Queue a text; end the stream if its queue is full."""
        if self.texts.qsize() >= _BEHIND:
            self.end()
        elif text:
            self.texts.put_nowait(text)

    def end(self) -> None:
        """Let it go after what it was told already."""
        self.texts.put_nowait(None)


class Hub:
    """Looks for news while anybody listens, and hands them out."""

    def __init__(
        self, sources: dict[str, Source], context: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        self.sources = sources
        self.context = context
        self.streams: dict[Stream, None] = {}  # in the order in which they came
        self.is_closed = False
        self._looker = ThreadPoolExecutor(1, "streams")
        self._task: asyncio.Task[None] | None = None
        self._has_failed = False

    async def serve(self, listener: Listener, send: Send, gone: Awaitable[Any]) -> None:
        """Tell a listener what happens until it leaves or its time is over."""
        stream = Stream(listener)
        self._admit(stream)
        leaving = asyncio.ensure_future(gone)
        leaving.add_done_callback(lambda _future: stream.end())
        try:
            await send(listener.greeting)
            for name in listener.sources:
                recent = self.sources[name].recent()
                if recent is not None:
                    stream.put(listener.hear(name, recent))
            loop = asyncio.get_running_loop()
            ends = loop.time() + listener.seconds
            while (left := ends - loop.time()) > 0 and not self.is_closed:
                try:
                    text = await asyncio.wait_for(stream.texts.get(), min(SILENCE, left))
                except TimeoutError:
                    text = ": sigo aquí\n\n"
                if text is None:
                    break
                await send(text)
        finally:
            self.streams.pop(stream, None)
            leaving.cancel()
            self._let_go(listener)

    def _let_go(self, listener: Listener) -> None:
        try:
            self._looker.submit(self._left, listener)
        except RuntimeError:  # the process ends, and no thread looks any more
            self._left(listener)

    def _left(self, listener: Listener) -> None:
        try:
            with self.context():
                listener.left()
        except Exception as error:
            logger.warning("no se pudo cerrar un aviso en vivo: %s", type(error))

    def _admit(self, stream: Stream) -> None:
        while len(self.streams) >= MOST:
            counts = Counter(other.listener.usuario_id for other in self.streams)
            largest = counts.most_common(1)[0][0]
            oldest = next(other for other in self.streams if other.listener.usuario_id == largest)
            self.streams.pop(oldest)
            oldest.end()
        self.streams[stream] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Look again and again, as long as somebody listens."""
        loop = asyncio.get_running_loop()
        while self.streams and not self.is_closed:
            listening: dict[str, list[Stream]] = defaultdict(list)
            for stream in self.streams:
                for name in stream.listener.sources:
                    listening[name].append(stream)
            asked: dict[str, Sequence[Listener]] = {
                name: [stream.listener for stream in streams] for name, streams in listening.items()
            }
            found = await loop.run_in_executor(self._looker, self._ask, asked)
            for name, news in found.items():
                for stream in listening[name]:
                    if not stream.listener.is_over:
                        stream.put(stream.listener.hear(name, news))
            for stream in self.streams:
                if stream.listener.is_over:
                    stream.end()
            await asyncio.sleep(INTERVAL)

    def _ask(self, asked: dict[str, Sequence[Listener]]) -> dict[str, Any]:
        found = {}
        try:
            with self.context():
                for name, listeners in asked.items():
                    news = self.sources[name].look(listeners)
                    if news is not None:
                        found[name] = news
            if self._has_failed:
                logger.warning("los avisos en vivo funcionan otra vez")
            self._has_failed = False
        except Exception as error:  # the database is away: streams stay, and it is said once
            if not self._has_failed:
                logger.warning("los avisos en vivo esperan a la base de datos: %s", type(error))
            self._has_failed = True
        return found

    def close(self) -> None:
        """End all streams; their readers come back to the process that follows."""
        self.is_closed = True
        for stream in self.streams:
            stream.end()
        self._looker.shutdown(wait=False)
