"""Files carry the version of all of them in their address, and come compressed."""

from __future__ import annotations

import gzip
import re
import shutil

import brotli
import pytest
from werkzeug.test import Client

from app.web.static_files import KEPT, LIFETIME, StaticFiles, fingerprint, keep_version
from config import ROOT

NAME = "css/app.css"
PATH = f"/static/{NAME}"
FOREVER = f"public, max-age={LIFETIME}, immutable"


def fetch(client, path, **headers):
    """An answer read to its end, so that its file is closed."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.get(path, headers=names) as response:
        response.get_data()
    return response


@pytest.fixture
def versioned(app) -> str:
    return f"/static/{app.extensions['static_version']}/{NAME}"


def test_every_file_that_a_page_names_is_of_this_version_and_kept_for_ever(app, admin, stranger):
    version = app.extensions["static_version"]
    assert re.fullmatch(r"[0-9a-f]{16}", version)
    for client, page in ((stranger, "/entrar"), (admin, "/tablero"), (admin, "/terreno")):
        paths = set(re.findall(r'"(/static/[^"#?]+)', fetch(client, page).text))
        assert len(paths) > 3
        for path in paths:
            assert path.startswith(f"/static/{version}/")
            response = fetch(stranger, path)
            assert response.status_code == 200, path
            assert response.headers["Cache-Control"] == FOREVER


def test_what_a_module_or_a_style_sheet_names_beside_itself_is_of_its_version(app, stranger):
    """Relative addresses only: they stay below the version that they were asked under."""
    files = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".js", ".css"}]
    named = re.compile(r"""(?:from|import)\s*\(?["']([./][^"']+)["']|url\(["']?([./][^"')]+)""")
    found = [
        (path, one or other)
        for path in files
        if "swagger" not in path.name
        for one, other in named.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 20
    for path, name in found:
        assert not name.startswith("/"), (path, name)
        assert (path.parent / name.partition("#")[0]).resolve().is_file(), (path, name)


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ],
)
def test_a_file_comes_compressed_as_the_asker_can_read_it(
    stranger, versioned, accepted, encoding, unpack
):
    plain = (ROOT / "static" / NAME).read_bytes()
    for path in (versioned, PATH):
        response = fetch(stranger, path, Accept_Encoding=accepted)
        assert response.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in response.headers["Vary"]
        assert int(response.headers["Content-Length"]) == len(response.data) < len(plain) / 2
        assert unpack(response.data) == plain


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PATH, {}),
        (PATH, {"Accept_Encoding": "br", "Range": "bytes=0-9"}),
        ("/static/img/icono-192.png", {"Accept_Encoding": "br"}),
        ("/static/vendor/inter/inter-latin.woff2", {"Accept_Encoding": "br"}),
    ],
)
def test_what_is_not_worth_it_or_not_asked_for_comes_as_it_is(stranger, path, headers):
    response = fetch(stranger, path, **headers)

    assert response.status_code in {200, 206}
    assert "Content-Encoding" not in response.headers


def test_the_plain_name_works_and_is_asked_for_again_each_time(stranger):
    first = fetch(stranger, PATH, Accept_Encoding="br")
    again = fetch(
        stranger,
        PATH,
        Accept_Encoding="br",
        If_Modified_Since=first.headers["Last-Modified"],
    )

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/css/nada.css",
        "/static/0123456789abcdef/css/app.css",
        "/static/0123456789abcdef/../css/app.css",
        "/static/css/./app.css",
        "/static/../config.py",
        "/static/.lock",
    ],
)
def test_a_file_that_is_not_there_is_not_found_and_that_is_not_kept(stranger, path):
    response = fetch(stranger, path, Accept_Encoding="br")

    assert response.status_code == 404
    assert "Recargue la página" in response.text
    assert response.headers["Cache-Control"] == "no-store"


def nothing(_environ, start_response):
    start_response("404 Not Found", [])
    return [b""]


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "static"
    (folder / "js").mkdir(parents=True)
    (folder / "js" / "uno.js").write_text("export const uno = 1;\n" * 100)
    (folder / "logo.svg").write_text("<svg/>")
    return folder


def test_another_content_or_name_is_another_version(source):
    first = fingerprint(source)
    assert fingerprint(source) == first
    (source / "js" / "uno.js").rename(source / "js" / "dos.js")
    second = fingerprint(source)
    (source / "logo.svg").write_text("<svg></svg>")

    assert len({first, second, fingerprint(source)}) == 3


def test_after_an_update_each_page_gets_the_scripts_it_was_made_with(source, tmp_path):
    versions = tmp_path / "estaticos"
    old = fingerprint(source)
    running = Client(StaticFiles(nothing, source, versions, old))
    before = fetch(running, f"/static/{old}/js/uno.js").text

    (source / "js" / "uno.js").write_text("export const uno = 'otra';\n" * 100)
    new = fingerprint(source)
    updated = Client(StaticFiles(nothing, source, versions, new))
    assert "otra" in fetch(updated, f"/static/{new}/js/uno.js").text

    # The process that still runs, and the new one, for a page that was open during the update.
    for client in (running, updated):
        assert fetch(client, f"/static/{old}/js/uno.js").text == before
    # Of two machines the older one serves what the newer one has put there.
    assert "otra" in fetch(running, f"/static/{new}/js/uno.js").text


def test_sources_replaced_before_their_first_use_are_never_sent_under_the_old_name(
    source, tmp_path
):
    versions = tmp_path / "estaticos"
    old = fingerprint(source)
    client = Client(StaticFiles(nothing, source, versions, old))
    (source / "js" / "uno.js").write_text("export const uno = 'otra';\n" * 100)

    assert fetch(client, f"/static/{old}/js/uno.js").status_code == 404
    assert not (versions / old).exists()


def test_a_few_old_versions_are_kept(source, tmp_path):
    versions = tmp_path / "estaticos"
    names = []
    for number in range(KEPT + 2):
        (source / "logo.svg").write_text(f"<svg>{number}</svg>")
        names.append(fingerprint(source))
        keep_version(source, versions, names[-1])

    kept = {path.name for path in versions.iterdir() if path.is_dir()}
    assert kept == set(names[-KEPT:])


def test_where_nothing_can_be_written_files_are_sent_uncompressed_and_not_kept(source, tmp_path):
    blocked = tmp_path / "estaticos"
    blocked.write_text("a file where the folder should be")
    version = fingerprint(source)
    client = Client(StaticFiles(nothing, source, blocked, version))
    response = fetch(client, f"/static/{version}/js/uno.js", Accept_Encoding="br")

    assert response.status_code == 200
    assert "Content-Encoding" not in response.headers
    assert response.headers["Cache-Control"] == "no-cache"


def test_while_the_sources_are_worked_on_each_change_is_seen(source, tmp_path):
    client = Client(StaticFiles(nothing, source, tmp_path / "estaticos", ""))
    assert fetch(client, "/static/logo.svg").text == "<svg/>"
    (source / "logo.svg").write_text("<svg>otra</svg>")

    assert fetch(client, "/static/logo.svg").text == "<svg>otra</svg>"
    assert fetch(client, "/static/logo.svg").headers["Cache-Control"] == "no-cache"
    assert not (tmp_path / "estaticos").exists()
    shutil.rmtree(source)
    assert fetch(client, "/static/logo.svg").status_code == 404
