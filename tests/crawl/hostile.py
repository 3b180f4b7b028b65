"""What a hostile person types, and how an answer shows that it was more than text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html
from werkzeug.test import TestResponse

#: An element of this name in a page is markup that somebody typed.
ELEMENT = "x-crawl"
HEADER = "X-Crawl"

#: By name; bytes, because some of them are no text at all.
VALUES: dict[str, bytes] = {
    "markup": b"\"'><x-crawl onx=1></x-crawl><script>crawl()</script>",
    "template": b"{{7*'crawl'}}${7*7}<%= 7*7 %>{% raise %}",
    "sql": b"' OR 1=1; DROP TABLE oficios; --",
    "header": b"a\r\nX-Crawl: 1\r\n\r\nb",
    "nul": b"a\x00b",
    "long": b"x " * 50_000,
    "bidi": "\u202egpj.exe\u2066\u200b\u00ad\ufeff".encode(),
    "surrogate": "a\ud800b".encode("utf-8", "surrogatepass"),
    "not_utf8": b"\xff\xfe\x80",
    "negative": b"-1",
    "huge": b"9" * 400,
    "beyond_64_bits": b"9223372036854775808",
    "infinite": b"1e999",
    "not_a_number": b"NaN",
    "other_digits": "\u0661\u0662\u0663".encode(),
    "date": b"0000-00-00T99:99",
    "first_day": b"0001-01-01",
    "last_day": b"9999-12-31",
    "path": b"../../../../etc/passwd",
    "address": b"javascript:crawl()",
    "blank": b" \t\r\n",
    "format": b"%s%n{0.__class__}",
}

_EVALUATED = re.compile("(?:crawl){3}")
_ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post")


def find_harm(response: TestResponse) -> Iterator[str]:
    """What in an answer shows that a hostile value did something."""
    if HEADER in response.headers:
        yield "a typed header came back as one"
    if response.mimetype != "text/html":
        return
    text = response.get_data(as_text=True)
    if _EVALUATED.search(text):
        yield "a typed template was evaluated"
    if "crawl" in text:
        yield from _find_markup(html.fromstring(text))


def _find_markup(root: html.HtmlElement) -> Iterator[str]:
    if next(root.iter(ELEMENT), None) is not None:
        yield "typed markup became an element"
    if any("crawl()" in (script.text or "") for script in root.iter("script")):
        yield "typed markup became a script"
    for name in _ADDRESSES:
        for address in root.xpath(f"//@{name}"):
            if address.strip().lower().startswith("javascript:"):
                yield f"a typed script became {name}"
