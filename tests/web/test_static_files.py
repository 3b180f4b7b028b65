"""Style sheets and scripts are sent compressed to whoever can read that."""

from __future__ import annotations

import gzip

import brotli
import pytest

from config import ROOT

PATH = "/static/css/app.css"


def test_a_file_comes_compressed_as_the_asker_can_read_it(stranger):
    plain = (ROOT / PATH.lstrip("/")).read_bytes()

    for accepted, encoding, unpack in (
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ):
        for _ in range(2):
            response = stranger.get(PATH, headers={"Accept-Encoding": accepted})
            assert response.headers["Content-Encoding"] == encoding
            assert "Accept-Encoding" in response.headers["Vary"]
            assert int(response.headers["Content-Length"]) == len(response.data) < len(plain) / 2
            assert unpack(response.data) == plain


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PATH, {}),
        (PATH, {"Accept-Encoding": "br", "Range": "bytes=0-9"}),
        # Under its endless other names it would be kept as often.
        ("/static/css/./app.css", {"Accept-Encoding": "br"}),
        ("/static/js/../css/app.css", {"Accept-Encoding": "br"}),
        ("/static/img/icono-192.png", {"Accept-Encoding": "br"}),
        ("/static/vendor/inter/inter-latin.woff2", {"Accept-Encoding": "br"}),
    ],
)
def test_what_is_not_worth_it_or_not_asked_for_comes_as_it_is(stranger, path, headers):
    response = stranger.get(path, headers=headers)

    assert response.status_code in {200, 206}
    assert "Content-Encoding" not in response.headers
    response.close()


def test_a_browser_that_has_the_file_is_told_so(stranger):
    first = stranger.get(PATH, headers={"Accept-Encoding": "br"})
    again = stranger.get(
        PATH,
        headers={
            "Accept-Encoding": "br",
            "If-Modified-Since": first.headers["Last-Modified"],
        },
    )

    assert (again.status_code, again.data) == (304, b"")


def test_a_file_that_is_not_there_is_not_found(stranger):
    assert (
        stranger.get("/static/css/nada.css", headers={"Accept-Encoding": "br"}).status_code == 404
    )
