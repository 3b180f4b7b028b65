"""Somebody hostile of every role finds nothing that breaks, runs, or belongs to others.

``make crawl`` tries every value in every field; here each form gets a few, which change from one
form to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from app.buffets.models import Buffet
from app.db import db
from app.oficios.service import PropietarioData
from app.usuarios.models import Usuario
from tests.architecture.world import url_arguments
from tests.crawl.crawler import ENDLESS, Crawler
from tests.crawl.hostile import find_harm
from tests.crawl.writes import Writes
from tests.factories import make_link, make_oficio

# Other tests reach the same lines, and measuring doubles what these take.
pytestmark = pytest.mark.no_cover

#: At least so many routes store what was typed, or else the crawler has lost its way.
TAKEN = {"anonimo": 1, "enlace": 4, "cliente": 4, "investigador": 35, "admin": 75}
#: In everything that belongs to another buffet.
FOREIGN = "Quilapilún"


@pytest.fixture
def writes(app: Flask) -> Iterator[Writes]:
    with app.app_context():
        writes = Writes(db.engine)
    yield writes
    writes.close()


@pytest.fixture
def seeds(app: Flask, buffet: Buffet, usuario_admin: Usuario) -> list[str]:
    """The address of every page, with the rows of ``buffet``."""
    arguments = url_arguments(app, buffet, usuario_admin)
    adapter = app.url_map.bind("localhost")
    return [
        adapter.build(rule.endpoint, {name: arguments[name] for name in rule.arguments})
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in ENDLESS
    ]


def come_in(app: Flask, link: str | None) -> FlaskClient:
    """A client of nobody, who has opened the link to a dashboard if there is one."""
    client = app.test_client()
    if link:
        client.post(f"/b/{link}")
    return client


@pytest.mark.hostile
@pytest.mark.parametrize("who", ["anonimo", "enlace", "cliente", "investigador", "admin"])
def test_nothing_hostile_breaks_runs_or_is_seen_by_others(
    who: str,
    app: Flask,
    seeds: list[str],
    writes: Writes,
    sign_in: Callable[[Usuario], FlaskClient],
    buffet: Buffet,
    otro_buffet: Buffet,
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    thorough = pytestconfig.getoption("--thorough-crawl")
    if who in {"investigador", "enlace"} and not thorough:
        return  # the admin is shown the same forms and more, a cliente those of a link
    has_account = who not in {"anonimo", "enlace"}
    usuario = request.getfixturevalue(f"usuario_{who}") if has_account else None
    link = make_link(app, buffet) if who == "enlace" else None
    ajeno = make_oficio(
        app,
        otro_buffet,
        request.getfixturevalue("usuario_admin"),
        propietario=PropietarioData(nombre=FOREIGN),
    )
    crawler = Crawler(
        app,
        who,
        lambda: sign_in(usuario) if usuario else come_in(app, link),
        writes,
        thorough=thorough,
        forbidden=FOREIGN if who in {"anonimo", "enlace", "cliente"} else None,
    )

    crawler.run([*seeds, f"/portal/oficios/{ajeno.id}", f"/oficios/{ajeno.id}"])

    with capsys.disabled():
        print(
            f"\n{who}: {len(crawler.endpoints)} routes, {len(crawler.forms)} forms, "
            f"{sum(len(form.fields) for form in crawler.forms.values())} inputs, "
            f"{crawler.requests} requests, {len(crawler.taken)} routes took hostile words"
        )
        # pytest cuts a long text short, and what took so long to find is to be read whole.
        print(*crawler.findings, sep="\n")
    assert "\n".join(crawler.findings) == ""
    assert len(crawler.taken) >= TAKEN[who]


@pytest.mark.parametrize(
    ("page", "harm"),
    [
        ("<p>&lt;x-crawl onx=1&gt; crawl() javascript:crawl()</p>", []),
        ("<p><x-crawl onx=1></x-crawl></p>", ["typed markup became an element"]),
        ("<p>a</p><script>crawl()</script>", ["typed markup became a script"]),
        ("<p><a href=' JavaScript:crawl()'>a</a></p>", ["a typed script became href"]),
        ("<p>" + "crawl" * 7 + "</p>", ["a typed template was evaluated"]),
    ],
)
def test_the_crawler_knows_harm_when_it_sees_it(page: str, harm: list[str]) -> None:
    request = EnvironBuilder().get_request()

    response = TestResponse(
        [page.encode()], "200 OK", Headers([("Content-Type", "text/html")]), request
    )

    assert list(find_harm(response)) == harm
