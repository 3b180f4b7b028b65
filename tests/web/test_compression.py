"""Compressed answers: for whom, what, and for whom not."""

from __future__ import annotations

import gzip

import brotli
import pytest

OWN = {"Sec-Fetch-Site": "same-origin"}


def ask(client, path="/tablero", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers={"Accept-Encoding": "gzip, br", **names})


def test_a_page_is_compressed_with_what_the_browser_knows(investigador):
    plain = investigador.get("/tablero")
    small = ask(investigador, **OWN)
    older = ask(investigador, **OWN, Accept_Encoding="gzip")

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "br"
    assert b"<title>Tablero" in brotli.decompress(small.data)
    assert older.headers["Content-Encoding"] == "gzip"
    assert b"<title>Tablero" in gzip.decompress(older.data)
    assert len(small.data) < len(plain.data) / 3
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Cookie" in small.headers["Vary"]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_what_another_site_made_the_browser_ask_for_is_not_compressed(investigador, site):
    """Its length would tell a listener what the page's secret looks like."""
    assert "Content-Encoding" not in ask(investigador, Sec_Fetch_Site=site).headers
    assert ask(investigador, **OWN).headers["Content-Encoding"] == "br"


def test_a_browser_that_does_not_say_who_asked_is_trusted_only_without_tls(investigador):
    assert ask(investigador).headers["Content-Encoding"] == "br"
    secure = investigador.get(
        "/tablero", base_url="https://localhost", headers={"Accept-Encoding": "br"}
    )
    assert "Content-Encoding" not in secure.headers


def test_short_answers_and_redirects_stay_as_they_are(stranger):
    assert "Content-Encoding" not in ask(stranger, **OWN).headers
    assert "Content-Encoding" not in ask(stranger, "/health", **OWN).headers
    assert ask(stranger, "/entrar", **OWN).headers["Content-Encoding"] == "br"
