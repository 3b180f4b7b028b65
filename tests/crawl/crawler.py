"""Follows every link and sends every form of one person, as a hostile one would."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote_from_bytes, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from tests.crawl.hostile import VALUES, find_harm
from tests.crawl.writes import Writes

#: These never end: nothing is typed in them, and tests of their own hold who listens.
ENDLESS = frozenset({"novedades.listen", "api.eventos.stream", "api.eventos.mine"})
#: Says with 503 that nobody works off the jobs here, and tries whether it can write.
HEALTH = "health.health"
#: What the refusal of a form may write: that it was refused, what was counted of it, and, every
#: few minutes, that the session is used.
#: The stamps of tables are written with any of these.
TOLD = frozenset({"auditoria", "cambios_de_tabla", "sellos", "sesiones"})
#: A wrong password is counted, and a job tells the audit of it; see ``usuarios.intentos``.
COUNTED = dict.fromkeys(
    ("auth.login_page", "usuarios.profile", "pasos.confirm_page"), frozenset({"trabajos"})
)
#: That somebody asked for what is not theirs is counted likewise.
REFUSED = {403: frozenset({"trabajos"}), 404: frozenset({"trabajos"})}
_FOLLOWED = ("href", "src", "hx-get", "data-url")
_SENT = {"hx-post": "post", "hx-put": "put", "hx-patch": "patch", "hx-delete": "delete"}
#: How many sets of filters a page is asked for with, unless thoroughly.
FEW = 2
#: What a field needs for the rest of its form to be read.
_VALID = (
    ("patente", b"BCDF23"),
    ("rut", b"12.345.678-5"),
    ("mail", b"crawl@oficina.example"),
    ("correo", b"crawl@oficina.example"),
    ("telefono", b"+56 9 8765 4321"),
    ("comuna", "Ñuñoa".encode()),
)
_BY_TYPE = {
    "email": b"crawl@oficina.example",
    "date": b"2026-11-20",
    "datetime-local": b"2026-11-20T10:00",
    "time": b"10:00",
    "number": b"1",
    "url": b"https://oficina.example/",
}
_NOT_SENT = {"submit", "button", "reset", "image"}

Pairs = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Field:
    name: str
    #: The type of an input, or the name of another element.
    kind: str
    valid: bytes

    @property
    def takes_words(self) -> bool:
        return self.kind in {"textarea", "text", "search"} and not any(
            part in self.name for part, _ in _VALID
        )


@dataclass(frozen=True)
class Form:
    url: str
    method: str
    multipart: bool
    fields: tuple[Field, ...]
    endpoint: str

    @property
    def shape(self) -> tuple[str, str, frozenset[str]]:
        """Forms of one shape are read by the same code."""
        return self.endpoint, self.method, frozenset(field.name for field in self.fields)


@dataclass
class Crawler:
    """One person who looks at everything and types what is hostile; ``findings`` says what broke.

    ``sign_in`` gives a client again after something signed it out. ``forbidden`` is what must never
    be seen: words of another buffet.
    """

    app: Flask
    who: str
    sign_in: Callable[[], FlaskClient]
    writes: Writes
    thorough: bool = False
    forbidden: str | None = None
    findings: dict[str, None] = field(default_factory=dict)
    endpoints: set[str] = field(default_factory=set)
    forms: dict[tuple[str, str, frozenset[str]], Form] = field(default_factory=dict)
    #: Endpoints that took a hostile text as what it is.
    taken: set[str] = field(default_factory=set)
    requests: int = 0
    _turn: int = 0

    def __post_init__(self) -> None:
        self.client = self.sign_in()
        self.adapter = self.app.url_map.bind("localhost")

    def run(self, seeds: Iterable[str]) -> None:
        """Look at everything, send everything, and look at what has become of it."""
        seeds = list(seeds)
        self.look(seeds)
        # What takes no words often removes something that others need.
        for form in sorted(self.forms.values(), key=lambda form: not form.fields):
            self.attack(form)
        self.client = self.sign_in()
        self.look(seeds)

    def look(self, seeds: Iterable[str]) -> None:
        """Follow links, one of each shape."""
        # Seeds are asked for all: the rows of another buffet have the shape of one's own.
        waiting = deque((url, True) for url in seeds)
        seen: set[tuple[str, frozenset[str]]] = set()
        shapes: Counter[str] = Counter()
        while waiting:
            url, is_seed = waiting.popleft()
            endpoint = self._endpoint(url, "GET")
            if endpoint is None or endpoint in ENDLESS or endpoint == "static":
                continue
            shape = (endpoint, frozenset(name for name, _ in parse_qsl(urlsplit(url).query)))
            known = shape in seen or (not self.thorough and shapes[endpoint] >= FEW)
            if known and not is_seed:
                continue
            seen.add(shape)
            shapes[endpoint] += 1
            response = self._ask(url, "get")
            waiting.extend((link, False) for link in self._read(url, response))

    def attack(self, form: Form) -> None:
        """Send a form in every hostile way, or in a few that change from one form to the next."""
        for what, pairs in self._ways(form):
            self._send(form, pairs, what)

    def _ways(self, form: Form) -> Iterator[tuple[str, Pairs]]:
        valid = [(field.name, field.valid) for field in form.fields]
        words = [(name, value) for name, value in VALUES.items() if name != "markup"]
        if not self.thorough:
            self._turn += 1
            words = [words[self._turn % len(words)]]
        yield "missing", []
        for name, value in words:
            yield (f"{name} everywhere", [(field.name, value) for field in form.fields])
        if self.thorough or self._turn % 2:
            yield "repeated", [pair for pair in valid for _ in range(3)]
        if self.thorough or not self._turn % 2:
            yield "arrays", [(f"{name}{end}", value) for name, value in valid for end in ("[]", "")]
        if self.thorough:
            for field_, (name, value) in itertools.product(form.fields, VALUES.items()):
                others = [pair for pair in valid if pair[0] != field_.name]
                yield f"{name} in {field_.name}", [*others, (field_.name, value)]
        # Last, for these are what the form may take.
        for name, value in [*words, ("markup", VALUES["markup"])]:
            yield (
                f"{name} as words",
                [
                    (field.name, value if field.takes_words else field.valid)
                    for field in form.fields
                ],
            )

    def _send(self, form: Form, pairs: Pairs, what: str) -> None:
        if form.method == "get":
            address = form.url.partition("?")[0]
            self._ask(f"{address}?{_urlencoded(pairs)}", "get", what)
            return
        if form.multipart:
            files = {field.name for field in form.fields if field.kind == "file"}
            body, kind = _multipart(pairs, files)
        else:
            body, kind = _urlencoded(pairs).encode(), "application/x-www-form-urlencoded"
        self._ask(form.url, form.method, what, data=body, content_type=kind)

    def _ask(self, url: str, method: str, what: str = "", **options: object) -> TestResponse:
        with self.writes.watch() as written:
            response = self.client.open(url, method=method.upper(), **options)  # type: ignore[arg-type]
        self.requests += 1
        endpoint = self._endpoint(url, method.upper()) or url
        self.endpoints.add(endpoint)
        if what.endswith("as words") and response.status_code < 400:
            self.taken.add(endpoint)
        if response.status_code >= 500 and endpoint != HEALTH:
            self._tell(endpoint, method, what, f"answered {response.status_code}")
        for harm in find_harm(response):
            self._tell(endpoint, method, what, harm)
        kept = written - TOLD - COUNTED.get(endpoint, frozenset())
        kept -= REFUSED.get(response.status_code, frozenset())
        if response.status_code >= 400 and kept and endpoint != HEALTH:
            self._tell(endpoint, method, what, f"refused, but wrote {sorted(kept)}")
        if self.forbidden and self.forbidden.encode() in response.data:
            self._tell(endpoint, method, what, "shows another buffet's words")
        where = response.headers.get("Location", "/entrar")
        if response.status_code in {302, 303, 401} and any(
            page in where for page in ("/entrar", "/cuenta/confirmar")
        ):
            self.client = self.sign_in()
        response.close()
        return response

    def _tell(self, endpoint: str, method: str, what: str, harm: str) -> None:
        self.findings[f"{self.who}: {method.upper()} {endpoint} ({what}): {harm}"] = None

    def _endpoint(self, url: str, method: str) -> str | None:
        parts = urlsplit(url)
        if parts.scheme not in {"", "http"} or parts.netloc not in {"", "localhost"}:
            return None
        try:
            return self.adapter.match(parts.path, method=method)[0]
        except (HTTPException, RequestRedirect):
            return None

    def _read(self, url: str, response: TestResponse) -> Iterator[str]:
        """Note the forms of a page; yield its links."""
        if response.status_code in {301, 302, 303}:
            yield urljoin(url, response.headers["Location"])
        if response.mimetype != "text/html" or not response.text.strip():
            return
        root = html.fromstring(response.text)
        for form in self._forms(url, root):
            self.forms.setdefault(form.shape, form)
        for name in _FOLLOWED:
            for address in root.xpath(f"//@{name}"):
                yield _join(url, address)

    def _forms(self, url: str, root: html.HtmlElement) -> Iterator[Form]:
        for element in root.xpath("//form"):
            kind = element.get("enctype") == "multipart/form-data"
            own = element.get("id")
            inside = element.xpath(".//*[@name]")
            outside = root.xpath("//*[@name][@form=$id]", id=own) if own else []
            fields = tuple(_fields([*inside, *outside]))
            targets = {(element.get("action") or url, (element.get("method") or "get").lower())}
            targets |= {(a, "post") for a in element.xpath(".//@formaction")}
            targets |= {(element.get(n), m) for n, m in _SENT.items() if element.get(n)}
            for address, method in targets:
                yield from self._form(url, address, method, kind, fields)
        for name, method in _SENT.items():
            for element in root.xpath(f"//*[@{name}][not(self::form)]"):
                near = element.xpath("ancestor::form[1]//*[@name]") or [element]
                yield from self._form(url, element.get(name), method, False, tuple(_fields(near)))

    def _form(
        self, url: str, address: str, method: str, multipart: bool, fields: tuple[Field, ...]
    ) -> Iterator[Form]:
        target = _join(url, address)
        endpoint = self._endpoint(target, method.upper())
        if endpoint:
            yield Form(target, method, multipart, fields, endpoint)


def _join(url: str, address: str) -> str:
    try:
        return urljoin(url, address).partition("#")[0]
    except ValueError:
        return "other:"


def _fields(elements: Iterable[html.HtmlElement]) -> Iterator[Field]:
    known = set()
    for element in elements:
        name = element.get("name")
        kind = element.get("type", "text").lower() if element.tag == "input" else element.tag
        if not name or kind in _NOT_SENT or name in known:
            continue
        known.add(name)
        yield Field(name, kind, _valid(element, name, kind))


def _valid(element: html.HtmlElement, name: str, kind: str) -> bytes:
    if kind == "select":
        options = [value for value in element.xpath(".//option/@value") if value]
        return (options[0] if options else "").encode()
    if kind == "textarea":
        return (element.text or "crawl").encode()
    if element.get("value"):
        return str(element.get("value")).encode()
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    return next((value for part, value in _VALID if part in name), b"crawl")


def _urlencoded(pairs: Pairs) -> str:
    return "&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs
    )


def _multipart(pairs: Pairs, files: set[str]) -> tuple[bytes, str]:
    parts = []
    for name, value in pairs:
        head = f'Content-Disposition: form-data; name="{name}"'.encode()
        if name in files:
            # A name of a file in which a line ends would end the header, not be read.
            head += b'; filename="' + value[:200].translate(None, b'\r\n"') + b'.jpg"'
        parts.append(b"--crawl\r\n" + head + b"\r\n\r\n" + value + b"\r\n")
    return b"".join(parts) + b"--crawl--\r\n", "multipart/form-data; boundary=crawl"
