"""Every form: what must be filled in says so, and what is wrong leads to its field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.buffets.models import Buffet
from app.usuarios.models import Usuario
from tests.architecture.screens import pages_of
from tests.architecture.world import url_arguments

pytestmark = pytest.mark.no_cover

#: Signing out, and who one is: nothing is typed there, or it is not asked for twice.
LEFT_OUT = {"/salir"}
TYPED = (
    "self::textarea or self::input[not(@type) or @type='text' or @type='email' or @type='tel' or "
    "@type='url' or @type='number' or @type='date' or @type='datetime-local']"
)


def forms_of(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The forms of a page that somebody types in and sends to be stored."""
    for form in root.xpath("//main//form[@method='post']"):
        if form.get("action") not in LEFT_OUT and form.xpath(f".//*[{TYPED}]"):
            yield form


def sent_empty(form: html.HtmlElement) -> MultiDict[str, str]:
    """What a browser sends of a form in which every word was taken out."""
    values: MultiDict[str, str] = MultiDict()
    for name, value in form.form_values():
        values.add(name, value)
    for control in form.xpath(f".//*[@name][{TYPED}]"):
        values.setlist(control.get("name"), [""])
    return values


def unmarked(form: html.HtmlElement) -> Iterator[str]:
    """What must be filled in, and whose label is not where the style sheet marks it."""
    for control in form.xpath(".//*[@required][not(@type='checkbox' or @type='radio')]"):
        before = control.getprevious()
        if control.get("aria-label") or control.xpath("ancestor::label"):
            continue
        if before is None or before.tag != "label" or "form-label" not in before.get("class", ""):
            yield f"{control.get('name')} is required and not marked"


def lost(response: TestResponse) -> Iterator[str]:
    """What a refused form does not lead to."""
    root = html.fromstring(response.text)
    ids = {element.get("id") for element in root.xpath("//*[@id]")}
    wrong = root.xpath("//*[contains(@class, 'is-invalid') or @aria-invalid='true']")
    if not (wrong or root.xpath("//*[@data-errors or @role='alert']")):
        yield "a refusal without a word"
    for control in root.xpath("//*[@aria-invalid='true']"):
        named = (control.get("aria-describedby") or "").split()
        if not any(name.endswith("-error") for name in named) or not set(named) <= ids:
            yield f"what is wrong with {control.get('name')} is not told with it"
    for link in root.xpath("//*[@data-errors]//a[starts-with(@href, '#')]"):
        if link.get("href")[1:] not in ids:
            yield f"{link.get('href')} leads nowhere"


@pytest.mark.parametrize("who", ["admin", "cliente"])
def test_a_form_says_what_is_wrong_and_leads_there(
    who: str,
    app: Flask,
    sign_in: Callable[[Usuario], FlaskClient],
    buffet: Buffet,
    usuario_admin: Usuario,
    request: pytest.FixtureRequest,
):
    client = sign_in(request.getfixturevalue(f"usuario_{who}"))
    arguments: dict[str, Any] = url_arguments(app, buffet, usuario_admin)
    found: dict[str, None] = {}
    refused = 0
    for endpoint, url in list(pages_of(app, client, who, arguments)):
        page = client.get(url)
        if page.status_code != 200:
            continue  # a form before it changed what there was
        for form in forms_of(html.fromstring(page.text)):
            found |= dict.fromkeys(f"{endpoint}: {one}" for one in unmarked(form))
            values = sent_empty(form)
            with_files = form.get("enctype") == "multipart/form-data"
            answer = client.post(
                form.get("action") or url,
                data=values,
                content_type="multipart/form-data" if with_files else None,
            )
            if answer.status_code == 422:
                refused += 1
                found |= dict.fromkeys(f"{endpoint}: {one}" for one in lost(answer))

    assert not found, "\n".join(found)
    assert refused >= {"admin": 40, "cliente": 1}[who], refused
