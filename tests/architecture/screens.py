"""Every page that somebody is shown, asked for as them: what a browser is to judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.architecture.permissions import PERMISSIONS


def pages_of(
    app: Flask, client: FlaskClient, who: str, arguments: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """The endpoint and the address of each whole page that somebody is shown by a GET."""
    adapter = app.url_map.bind("localhost")
    for endpoint in sorted(PERMISSIONS):
        if who not in PERMISSIONS[endpoint] or endpoint == "static":
            continue
        for rule in app.url_map.iter_rules(endpoint):
            if "GET" not in (rule.methods or set()):
                continue
            url = adapter.build(endpoint, {name: arguments[name] for name in rule.arguments})
            with client.get(url, buffered=False) as response:
                # A mail is shown in a frame without scripts: nothing can look at it from within.
                is_mail = "sandbox" in response.headers.get("Content-Security-Policy", "")
                if response.status_code != 200 or response.mimetype != "text/html" or is_mail:
                    continue
                if b"<!doctype html" in next(response.iter_encoded(), b"")[:2000].lower():
                    yield endpoint, url
