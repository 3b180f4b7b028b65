"""A real browser shows what hostile people stored, and nothing of it runs.

It reads the pages with our scripts and, to see more, without the policy (CSP) that would stop a
script all the same. ``make crawl`` shows it every page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

from app.buffets.models import Buffet
from app.db import Model, append_only_door, db
from app.usuarios.models import Usuario
from tests.architecture.permissions import EVERYBODY, PERMISSIONS
from tests.architecture.world import url_arguments
from tests.crawl.crawler import ENDLESS

pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]

SITE = "http://crawl.localhost"
#: Short enough for every column of words.
MARKUP = "\"'><img src=x onerror=crawl()>"
#: Columns that people's words reach, whichever table they stand in.
WORDS = {
    *("nombre", "descripcion", "notas", "motivo", "problema", "filename", "nombre_archivo"),
    *("direccion", "marca", "modelo", "color", "titulo", "remitente", "destinatario_nombre"),
    *("ubicacion", "texto", "asunto", "mensaje", "solicitud", "respuesta_texto", "comentario"),
    *("concesionaria", "portico", "que", "destinatario", "error", "resultado", "medidas"),
}
#: What a short look shows: where the most of it comes together.
SHORT = {
    "admin": (
        *("tablero.board", "tablero.listing", "oficios.detail", "oficios.personas"),
        *("oficios.direcciones", "adjuntos.detail", "notificaciones.detail", "patrones.show"),
        *("avistamientos.section", "ubicado.section", "bandeja.detail", "terreno.index"),
        *("trabajos.index", "buffets.detail", "cumplimiento.disclosures", "titulares.requests"),
    ),
    "cliente": ("portal.home", "portal.detail", "portal.sent"),
}


def poison(app: Flask) -> int:
    """Put markup in every column of words, as if it had been typed; returns how many columns."""
    count = 0
    with app.app_context(), db.engine.begin() as connection, append_only_door(connection):
        for table in Model.metadata.sorted_tables:
            values = {
                column.name: MARKUP
                for column in table.columns
                if column.name in WORDS and _takes_words(column)
            }
            if values and table.name not in {"custodia", "auditoria", "ajustes"}:
                connection.execute(sa.update(table).values(values))
                count += len(values)
    return count


def _takes_words(column: sa.Column[Any]) -> bool:
    kind = column.type
    length = getattr(kind, "length", None) or 1000
    is_text = isinstance(kind, sa.String | sa.Text) or isinstance(
        getattr(kind, "impl", None), sa.String
    )
    return is_text and not isinstance(kind, sa.Enum) and not column.unique and length >= len(MARKUP)


class Shown:
    """A browser that is answered by an application in this process, as one person."""

    def __init__(self, browser: Browser, client: FlaskClient) -> None:
        self.client = client
        self.harm: list[str] = []
        self.context = browser.new_context(bypass_csp=True, service_workers="block")
        self.context.add_init_script("window.crawl = () => { window.top.name = 'harmed'; }")
        self.context.route("**/*", self._answer)
        self.page: Page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.dismiss())

    def look(self, path: str, *, until: Any = "load") -> int:
        """Open a page, and note whether something ran in it; returns its status."""
        response = self.page.goto(f"{SITE}{path}", wait_until=until)
        if self.page.evaluate("window.name") == "harmed":
            self.harm.append(path)
            self.page.evaluate("window.name = ''")
        return response.status if response else 0

    def _answer(self, route: Route) -> None:
        request, parts = route.request, urlsplit(route.request.url)
        if parts.netloc != "crawl.localhost" or request.resource_type == "eventsource":
            route.abort()
            return
        kept = {k: v for k, v in request.headers.items() if k.startswith(("hx-", "accept"))}
        answer = self.client.open(
            f"{parts.path}?{parts.query}",
            method=request.method,
            data=request.post_data_buffer,
            headers=kept,
        )
        headers = {k: v for k, v in answer.headers.items() if k.lower() != "content-length"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.data)
        answer.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[[FlaskClient], Shown]]:
    opened: list[Shown] = []

    def open_for(client: FlaskClient) -> Shown:
        opened.append(Shown(browser, client))
        return opened[-1]

    yield open_for
    for each in opened:
        each.context.close()


def test_nothing_that_was_stored_runs_in_a_browser(
    app: Flask,
    show: Callable[[FlaskClient], Shown],
    sign_in: Callable[[Usuario], FlaskClient],
    buffet: Buffet,
    usuario_admin: Usuario,
    usuario_cliente: Usuario,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = url_arguments(app, buffet, usuario_admin)
    assert poison(app) > 40
    thorough = pytestconfig.getoption("--thorough-crawl")
    adapter = app.url_map.bind("localhost")
    rules = {
        rule.endpoint: rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    for who, usuario in (("admin", usuario_admin), ("cliente", usuario_cliente)):
        shown = show(sign_in(usuario))
        client = shown.client
        looked = 0
        for endpoint, rule in rules.items():
            theirs = who in PERMISSIONS.get(endpoint, EVERYBODY)
            if not theirs or endpoint in ENDLESS or endpoint == "static":
                continue
            if not thorough and endpoint not in SHORT[who]:
                continue
            path = adapter.build(endpoint, {name: arguments[name] for name in rule.arguments})
            answer = client.get(path)
            # A file that is not read to its end keeps its request, and the rows of it, open.
            answer.close()
            if answer.mimetype == "text/html" and answer.status_code == 200:
                assert shown.look(path, until="networkidle" if thorough else "load") == 200
                looked += 1
        with capsys.disabled():
            print(f"\n{who}: {looked} pages in a browser, {len(shown.harm)} where markup ran")
        assert looked >= len(SHORT[who]) - 2
        assert shown.harm == []


def test_the_browser_knows_harm_when_it_sees_it(app: Flask, show: Any, stranger: Any) -> None:
    shown = show(stranger)
    shown.page.goto(f"{SITE}/entrar")
    shown.page.set_content(f"<p title='{MARKUP}'>a</p>", wait_until="load")

    assert shown.page.evaluate("window.name") == "harmed"
