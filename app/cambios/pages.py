"""The ETag of conditional pages: a browser that has a page as it is now gets a 304, and who asks
for one that this process has just made gets it once more. Parts of pages, for which HTMX asks, are
given again in the same way; no browser is told their tag.
"""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from sqlalchemy import event

from app.cambios.queries import name_set, read_stamps, read_stamps_and_session, table_names
from app.cambios.rules import LONGEST, LONGEST_OPEN, Tag, named_in
from app.core.clock import is_within, utcnow
from app.db import limited_reader
from app.usuarios.pages.open_sessions import OpenSession, current_session, is_by_a_person
from app.usuarios.queries.sesiones import SessionFacts
from app.usuarios.rules.sesiones import SEEN_EVERY
from app.web.conditional import (
    find_open_link,
    hold_numbers,
    is_conditional,
    is_read_noted,
    is_shown_once,
    put_numbers,
)
from app.web.fragments import asked_part, is_htmx, is_read
from app.web.kept_answers import keep_answer, kept_answers, request_key
from app.web.static_files import fingerprint
from config import ROOT

#: Read by every page, before its own reads are noted: who asks, and how sessions last.
_ALWAYS = frozenset({"usuarios", "buffets", "ajustes"})
#: Where the session's cookie names an account's session.
_SESSION = "_user_id"


class PageReads:
    """What a page has read so far, and the stamps from before it read anything."""

    def __init__(self, stamps: dict[str, str], now: datetime) -> None:
        self.stamps = stamps
        self.now = now
        self.tables: set[str] = set(_ALWAYS)
        #: A page stands without a part that could not be read; the next one may have it.
        self.has_failed = False
        #: The magic link of who asks without an account, as a tag names it.
        self.link: str | None = None


_reading: ContextVar[PageReads | None] = ContextVar("reading", default=None)


def answer_unchanged() -> Response | None:
    """Answers ``app.web.conditional.find_unchanged``: a 304, or the page as it was just made.

    Else it begins to note what the page reads.

    Account, rights and settings are read by every page, so a tag that fits says that they are as
    they were when the page was made for this cookie.
    """
    _reading.set(None)
    if not is_read() or request.method == "HEAD" or not _is_on():
        return None
    if not is_conditional(current_app.view_functions.get(request.endpoint or "")):
        return None
    now = utcnow()
    is_part = is_htmx()
    theirs = None if is_part else Tag.read(request.headers.get("If-None-Match", ""))
    if theirs is not None and not theirs.is_of_now(now):
        theirs = None
    kept = kept_answers(current_app).find(request_key())
    ours = Tag.read(kept.tag) if kept is not None else None
    if ours is not None and not ours.is_of_now(now, LONGEST_OPEN if is_part else LONGEST):
        ours = None
    if theirs is None and ours is None:
        reading = PageReads(read_stamps(), now)
    else:
        stamps, asker = _find_asker(now)
        reading = PageReads(stamps, now)
        if theirs is not None and asker is not None and _fits(theirs, reading, asker):
            response = Response(status=304)
            # Who asks so has it: a browser that must not keep pages has none to ask about.
            _mark(response, theirs, is_kept=True)
            return response
        if kept and ours is not None and asker is not None and _fits(ours, reading, asker):
            return kept.respond()
    # Who asks is read before, so that others' sessions are nothing that the page depends on.
    if not current_user.is_authenticated:
        reading.link = _find_link(now)
    if current_user.is_authenticated or reading.link is not None:
        _reading.set(reading)
        hold_numbers()
    return None


def stamps_of(*tables: str) -> tuple[str, ...] | None:
    """What a page may keep an answer about these tables by, as they were before it read anything.

    The page depends on them from here on. None where nothing is known of them: the page is not a
    conditional one.
    """
    reading = _reading.get()
    if reading is None:
        return None
    reading.tables.update(tables)
    return tuple(reading.stamps.get(name, "") for name in tables)


def _fits(tag: Tag, reading: PageReads, asker: str) -> bool:
    names = table_names()
    wanted = Tag.of(_key(), _about(asker), tag.tables(names), reading.stamps, names, tag.made)
    return wanted == tag


def _find_asker(now: datetime) -> tuple[dict[str, str], str | None]:
    """The stamps, and who asks as a tag names them; None where only a whole answer will do."""
    if _SESSION not in session:
        return read_stamps(), _find_link(now)
    stamps, facts = read_stamps_and_session(session[_SESSION], now)
    if facts is None or _must_be_written(facts, now):
        return stamps, None
    return stamps, _name_session(facts)


def _find_link(now: datetime) -> str | None:
    """The open link of a browser in which nobody signed in, not even long ago.

    What its buffet is shown is recorded once an hour, which is how long a tag lasts. A page of one
    case is recorded by its view, so that it is made anew each time.
    """
    if _SESSION in session or "oficio_id" in (request.view_args or {}):
        return None
    enlace_id = find_open_link(now)
    return None if enlace_id is None else f"enlace {enlace_id}"


def _must_be_written(facts: SessionFacts, now: datetime) -> bool:
    """Whether this read has to leave a trace, which only a whole answer writes."""
    if is_by_a_person() and not is_within(facts.vista_at, now, SEEN_EVERY):
        return True
    oficio_id = (request.view_args or {}).get("oficio_id")
    return oficio_id is not None and not is_read_noted(facts.usuario_id, oficio_id)


def _tag_page(response: Response) -> Response:
    """Give a conditional page its tag."""
    reading = _reading.get()
    if reading is None:
        return response
    _reading.set(None)
    held = _put_numbers(response)
    if response.status_code != 200 or response.mimetype != "text/html":
        return response
    asker = _name_asker(reading)
    if asker is None or limited_reader() is not None:
        return response
    if reading.has_failed or is_shown_once() or response.is_streamed:
        return response
    names, made = table_names(), int(reading.now.timestamp())
    tag = Tag.of(_key(), _about(asker), reading.tables, reading.stamps, names, made)
    if tag is None:
        return response
    # With numbers of its own every answer is another one.
    if held is None and not is_htmx():
        found = current_session()
        is_private = "no-store" in response.headers.get("Cache-Control", "")
        is_kept = found is not None and found.keeps_pages and not is_private
        _mark(response, tag, is_kept=is_kept)
    g.rastro_page = (str(tag), reading.now, held)
    return response


def _put_numbers(response: Response) -> bytes | None:
    """Put fresh numbers into an answer; what it was before, where places were held for some."""
    if response.is_streamed or response.direct_passthrough:
        return None
    body: bytes = response.get_data()
    numbered = put_numbers(body)
    if numbered == body:
        return None
    response.set_data(numbered)
    return body


def _name_asker(reading: PageReads) -> str | None:
    """For whom the page was made; None for a session that has no row."""
    found = current_session()
    if found is None:
        return None if current_user.is_authenticated else reading.link
    return None if found.id is None else _name_session(found)


def _keep_page(response: Response) -> Response:
    """Keep a page that has a tag, as it is sent."""
    page = g.pop("rastro_page", None)
    if page is not None:
        tag, made, held = page
        keep_answer(response, tag, made, since=made - timedelta(seconds=LONGEST), held=held)
    return response


def _mark(response: Response, tag: Tag, *, is_kept: bool) -> None:
    """Name what the page is made of.

    If the office has it so, this browser alone may keep it, and asks each time whether it is still
    right. Else no browser writes it to its disk; who has it in memory may still ask.
    """
    response.headers["ETag"] = str(tag)
    response.headers["Cache-Control"] = "private, no-cache" if is_kept else "no-store"
    response.headers["Vary"] = "Cookie, HX-Request, Accept-Encoding, Sec-Fetch-Site"


def _about(asker: str) -> str:
    """What a page depends on besides the database: address, part, who asks, program."""
    parts = (
        current_app.extensions["rastro_program"],
        request.full_path,
        request.headers.get("Cookie", ""),
        request.scheme,
        request.host,
        asked_part(),
        asker,
    )
    return "\n".join(parts)


def _name_session(facts: SessionFacts | OpenSession) -> str:
    confirmed = facts.confirmada_at.isoformat()
    return f"sesion {facts.id}\n{facts.usuario_id}\n{facts.tipo.value}\n{confirmed}"


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
