"""What a person is told after a deed: one channel, whoever asks and however the answer comes.

A view tells sentences (``tell``), and the answer decides where they are read: on top of the page
that it is, announced by HTMX with the fragment that it is, or on the page that it sends to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, flash, g, get_flashed_messages
from markupsafe import Markup, escape

from app.core.errors import RastroError
from app.feature import asked_above
from app.web.fragments import is_htmx, local_path


@dataclass(frozen=True)
class TextLink:
    """Where somebody may look or go on: words, and a path of this application.

    Raises:
        ValueError: the path leads elsewhere.
    """

    text: str
    href: str

    def __post_init__(self) -> None:
        if local_path(self.href) is None:
            raise ValueError("a sentence links to pages of this application only")


@dataclass(frozen=True)
class Sentence:
    """Words for a person; templates show them with their link, and nothing of them is markup."""

    text: str
    #: ok, error, aviso (somebody should look) or info.
    tone: str = "ok"
    link: TextLink | None = None

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        """The words and the link, which leaves the page with what was typed as it is."""
        if self.link is None:
            return escape(self.text)
        link = Markup('{} <a href="{}" target="_blank" rel="noopener">{}</a>')
        return link.format(self.text, self.link.href, self.link.text)


@asked_above
def link_about(_problem: RastroError, /) -> TextLink | None:
    """Where a person sees more of a refusal, which a feature above may know."""
    return None


def sentence_of(problem: RastroError, text: str = "") -> Sentence:
    """A refusal as a person reads it, with its link; ``text`` stands for the refusal's own words.

    A refusal of a service is also part of longer sentences and may lack its full stop.
    """
    text = text or str(problem)
    stop = "" if text.endswith((".", "?", "!")) else "."
    return Sentence(f"{text}{stop}", "error", link_about(problem))


def tell(said: str | Sentence, tone: str = "ok", link: TextLink | None = None) -> None:
    """Have the asker read a sentence with the answer to this request; an empty one is none."""
    sentence = said if isinstance(said, Sentence) else Sentence(said, tone, link)
    if sentence.text:
        _told().append(sentence)


def forget_told() -> None:
    """Take back what was told: the request is done anew."""
    _told().clear()


def _told() -> list[Sentence]:
    if "told" not in g:
        g.told = []
    told: list[Sentence] = g.told
    return told


def _take() -> list[Sentence]:
    told = [*_told()]
    forget_told()
    return told


def take_sentences() -> list[Sentence]:
    """What the page that is being drawn has to tell, each sentence once."""
    kept: Iterable[Any] = get_flashed_messages(with_categories=True)
    return [*(_unpack(tone, packed) for tone, packed in kept), *_take()]


def _pack(sentence: Sentence) -> Any:
    """What the session keeps beside the tone: the words, or with them their link."""
    link = sentence.link
    return [sentence.text, link.text, link.href] if link else sentence.text


def _unpack(tone: str, packed: Any) -> Sentence:
    if isinstance(packed, str):
        return Sentence(packed, tone)
    text, label, href = packed
    return Sentence(text, tone, TextLink(label, href))


def announce(response: Response) -> Response:
    """Send what was told and not shown: with a fragment, else to the next page."""
    told = _take()
    leads_on = 300 <= response.status_code < 400 or "HX-Redirect" in response.headers
    if told and is_htmx() and not leads_on:
        notice: dict[str, Any] = {
            "texto": " ".join(sentence.text for sentence in told),
            "tipo": told[0].tone,
        }
        links = [sentence.link for sentence in told if sentence.link]
        if links:
            notice["enlaces"] = [{"texto": link.text, "href": link.href} for link in links]
        response.headers["HX-Trigger"] = json.dumps({"aviso": notice})
        return response
    for sentence in told:
        flash(_pack(sentence), sentence.tone)
    return response


def init_sentences(app: Flask) -> None:
    """Let pages show what was told, and every answer carry the rest."""
    app.jinja_env.globals["take_sentences"] = take_sentences
    app.after_request(announce)
