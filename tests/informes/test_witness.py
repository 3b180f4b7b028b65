"""A ZIP is checked without Rastro: what is whole passes, and what was altered is named."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from app.anclaje.outside.tsa import VERIFIER
from app.anclaje.service import anchor
from app.core.clock import utcnow
from app.db import transaction
from app.informes.rules import Variante
from app.jobs.runner import work
from tests.adjuntos.files import make_adjunto
from tests.anclaje.tsa import serve_authority
from tests.informes.expedientes import make_stub, take


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    with serve_authority(tmp_path_factory.mktemp("tsa")) as found:
        yield found


@pytest.fixture
def zip_of(app, investigador, oficio, usuario_investigador, authority, tmp_path):
    """Unpack the ZIP of an expediente, anchored and stamped or not yet."""
    config = app.extensions["rastro_config"]
    app.extensions["rastro_config"] = replace(config, tsa_urls=(authority.url,))

    def unpack(variante=Variante.TRIBUNAL, *, anchored=True):
        make_adjunto(app, oficio, usuario_investigador)
        row = make_stub(app, oficio, usuario_investigador, variante)
        if anchored:
            with app.app_context():
                with transaction():
                    anchor(utcnow() + timedelta(days=1))
                work("test")
        answer = take(investigador, f"/expedientes/{row.id}/zip")
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            archive.extractall(tmp_path)
        return row

    return unpack


def check(folder, *options):
    """What the program says in an empty folder, on a machine without Rastro."""
    done = subprocess.run(
        [sys.executable, "-I", str(folder / VERIFIER.name), str(folder), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.parametrize("variante", list(Variante))
def test_a_whole_zip_passes(zip_of, tmp_path, authority, variante):
    zip_of(variante)

    code, said = check(tmp_path, "--ca", str(authority.ca))

    assert code == 0, said
    assert "estaba en el ancla 1" in said
    assert "TSA de prueba" in said
    root = json.loads((tmp_path / "custodia/ancla.json").read_text())["raiz"]
    assert check(tmp_path, "--raiz", root)[0] == 0
    assert check(tmp_path, "--raiz", "ab" * 32)[0] == 1
    links = json.loads((tmp_path / "custodia/cadena.json").read_text())["eslabones"]
    if variante is Variante.BUFFET:
        assert all(link["reservado"] for link in links[1:])


def test_what_is_not_anchored_yet_is_said_to_be_so(zip_of, tmp_path):
    zip_of(anchored=False)

    code, said = check(tmp_path)

    assert code == 2, said
    assert "todavía no estaba anclado" in said
    assert "todavía no está anclado" in (tmp_path / "LEAME.txt").read_text()


def alter(path, old, new):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def test_what_was_altered_is_named(zip_of, tmp_path):
    row = zip_of()
    chain = json.loads((tmp_path / "custodia/cadena.json").read_text())
    proof = json.loads((tmp_path / "custodia/prueba.json").read_text())
    salt = chain["eslabones"][0]["sal"].encode()
    root = json.loads((tmp_path / "custodia/ancla.json").read_text())["raiz"].encode()
    leaf_end = chain["eslabones"][-1]["hash"].encode()
    for name, old, new, words in (
        (row.filename, b"PDF", b"PDX", row.filename),
        ("custodia/cadena.json", salt, salt[::-1], "el contenido del eslabón 1"),
        ("custodia/cadena.json", leaf_end, b"0" * 64, "fue cambiado"),
        ("custodia/prueba.json", leaf_end, b"0" * 64, "la prueba de inclusión es de otra cadena"),
        ("custodia/prueba.json", b'"indice": ', b'"indice": 9', "no lleva a la raíz"),
        ("custodia/ancla.json", root, b"0" * 64, "no lleva a la raíz"),
        ("custodia/sello-1.tsr", bytes.fromhex("0420"), bytes.fromhex("0421"), "sello-1.tsr"),
    ):
        path = tmp_path / name
        whole = path.read_bytes()
        alter(path, old, new)
        code, said = check(tmp_path)
        assert code == 1, (name, said)
        assert words in said, (name, said)
        path.write_bytes(whole)
    assert proof["sellos"]
    assert check(tmp_path)[0] == 0
