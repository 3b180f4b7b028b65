"""The application of a test, served to a real browser on a free port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.serving import make_server

from app.usuarios.models import Usuario


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address at which the test's application answers; with CSRF checked, as in production."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # It is asked to end after each test, and sees that when it looks.
    looks = {"poll_interval": 0.02}
    thread = threading.Thread(target=server.serve_forever, kwargs=looks, name="live server")
    app.config["WTF_CSRF_ENABLED"] = True
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def browse(
    live_server: str,
    new_page: Callable[..., Page],
    sign_in: Callable[[Usuario], FlaskClient],
) -> Callable[..., Page]:
    """Open a page in which an account is signed in: ``browse(usuario, "/tablero", width=360)``."""

    def open_as(usuario: Usuario, path: str, **options: Any) -> Page:
        cookie = sign_in(usuario).get_cookie("rastro")
        assert cookie
        page = new_page(base_url=live_server, **options)
        page.context.add_cookies([{"name": "rastro", "value": cookie.value, "url": live_server}])
        page.goto(path)
        return page

    return open_as
