"""The ETag of conditional pages: a browser that has a page as it is now gets a 304, and who asks
for one that this process has just made gets it once more.
"""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from sqlalchemy import event

from app.cambios.queries import name_set, read_stamps, table_names
from app.cambios.rules import LONGEST, Tag, named_in
from app.core.clock import is_within, utcnow
from app.db import limited_reader
from app.usuarios.pages.open_sessions import current_session
from app.usuarios.queries.sesiones import SessionFacts, find_session_facts
from app.usuarios.rules.sesiones import SEEN_EVERY
from app.web.conditional import is_conditional, is_read_noted, is_shown_once
from app.web.fragments import is_htmx, is_read
from app.web.kept_answers import keep_answer, kept_answers, request_key
from app.web.static_files import fingerprint
from config import ROOT

#: Read by every page, before its own reads are noted: who asks, and how sessions last.
_ALWAYS = frozenset({"usuarios", "buffets", "ajustes"})


class PageReads:
    """What a page has read so far, and the stamps from before it read anything."""

    def __init__(self, stamps: dict[str, str], now: datetime) -> None:
        self.stamps = stamps
        self.now = now
        self.tables: set[str] = set(_ALWAYS)
        #: A page stands without a part that could not be read; the next one may have it.
        self.has_failed = False


_reading: ContextVar[PageReads | None] = ContextVar("reading", default=None)


def answer_unchanged() -> Response | None:
    """Answers ``app.web.conditional.find_unchanged``: a 304, or the page as it was just made.

    Else it begins to note what the page reads.

    Account, rights and settings are read by every page, so a tag that fits says that they are as
    they were when the page was made for this cookie.
    """
    _reading.set(None)
    if not is_read() or request.method == "HEAD" or is_htmx() or not _is_on():
        return None
    if not is_conditional(current_app.view_functions.get(request.endpoint or "")):
        return None
    now = utcnow()
    reading = PageReads(read_stamps(), now)
    tag = Tag.read(request.headers.get("If-None-Match", ""))
    if tag is not None and tag.is_of_now(now) and _fits(tag, reading, now):
        response = Response(status=304)
        # Who asks so has it: a browser that must not keep pages has none to ask about.
        _mark(response, tag, is_kept=True)
        return response
    kept = kept_answers(current_app).find(request_key())
    if kept is not None:
        tag = Tag.read(kept.tag)
        if tag is not None and tag.is_of_now(now) and _fits(tag, reading, now):
            return kept.respond()
    # Who asks is read before, so that others' sessions are nothing that the page depends on.
    if current_user.is_authenticated:
        _reading.set(reading)
    return None


def _fits(tag: Tag, reading: PageReads, now: datetime) -> bool:
    names = table_names()
    facts = find_session_facts(session.get("_user_id", ""), now=now)
    if facts is None or _must_be_written(facts, now):
        return False
    wanted = Tag.of(_key(), _about(facts), tag.tables(names), reading.stamps, names, tag.made)
    return wanted == tag


def _must_be_written(facts: SessionFacts, now: datetime) -> bool:
    """Whether this read has to leave a trace, which only a whole answer writes."""
    if not is_within(facts.vista_at, now, SEEN_EVERY):
        return True
    oficio_id = (request.view_args or {}).get("oficio_id")
    return oficio_id is not None and not is_read_noted(facts.usuario_id, oficio_id)


def _tag_page(response: Response) -> Response:
    """Give a conditional page its tag."""
    reading = _reading.get()
    if reading is None:
        return response
    _reading.set(None)
    found = current_session()
    if response.status_code != 200 or response.mimetype != "text/html":
        return response
    if found is None or found.id is None or limited_reader() is not None:
        return response
    if reading.has_failed or is_shown_once() or response.is_streamed:
        return response
    facts = SessionFacts(
        found.id, found.usuario_id, found.tipo, found.vista_at, found.confirmada_at
    )
    names, made = table_names(), int(reading.now.timestamp())
    tag = Tag.of(_key(), _about(facts), reading.tables, reading.stamps, names, made)
    if tag is not None:
        is_private = "no-store" in response.headers.get("Cache-Control", "")
        _mark(response, tag, is_kept=found.keeps_pages and not is_private)
        g.rastro_page = (str(tag), reading.now)
    return response


def _keep_page(response: Response) -> Response:
    """Keep a page that has a tag, as it is sent."""
    page = g.pop("rastro_page", None)
    if page is not None:
        tag, made = page
        keep_answer(response, tag, made, since=made - timedelta(seconds=LONGEST))
    return response


def _mark(response: Response, tag: Tag, *, is_kept: bool) -> None:
    """Name what the page is made of.

    If the office has it so, this browser alone may keep it, and asks each time whether it is still
    right. Else no browser writes it to its disk; who has it in memory may still ask.
    """
    response.headers["ETag"] = str(tag)
    response.headers["Cache-Control"] = "private, no-cache" if is_kept else "no-store"
    response.headers["Vary"] = "Cookie, HX-Request, Accept-Encoding, Sec-Fetch-Site"


def _about(facts: SessionFacts) -> str:
    """What a page depends on besides the database: address, session, program."""
    parts = (
        current_app.extensions["rastro_program"],
        request.full_path,
        request.headers.get("Cookie", ""),
        request.host_url,
        str(facts.id),
        str(facts.usuario_id),
        facts.tipo.value,
        facts.confirmada_at.isoformat(),
    )
    return "\n".join(parts)


def _key() -> bytes:
    return str(current_app.secret_key).encode()


def _is_on() -> bool:
    return bool(current_app.extensions.get("rastro_program"))


def _note_read(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    reading = _reading.get()
    if reading is not None:
        reading.tables |= named_in(statement, name_set())


def _note_failure(_context: object) -> None:
    reading = _reading.get()
    if reading is not None:
        reading.has_failed = True


def init_conditional(app: Flask, engine: sa.Engine) -> None:
    """Tag pages, unless templates are read anew while the application runs."""
    config = app.extensions["rastro_config"]
    if config.web_reload:
        return
    parts = [fingerprint(ROOT / "templates"), *_sources(), app.extensions["static_version"]]
    program = "\n".join([*parts, repr(config)])
    app.extensions["rastro_program"] = hashlib.sha256(program.encode()).hexdigest()
    app.after_request(_tag_page)
    # Flask calls the first of them last: what is kept is compressed, with all its headers.
    app.after_request_funcs[None].insert(0, _keep_page)
    event.listen(engine, "before_cursor_execute", _note_read)
    event.listen(engine, "handle_error", _note_failure)


def _sources() -> list[str]:
    """The program's own files by size and time: another version is another program."""
    found = sorted((ROOT / "app").rglob("*.py"))
    return [
        f"{path.relative_to(ROOT)} {(s := path.stat()).st_size} {s.st_mtime_ns}" for path in found
    ]
