"""What anybody sees of the anchors, what commands print, and what the verifier says of links."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from app.anclaje.models import Ancla
from app.anclaje.outside.verificar_rastro import check_links, is_consistent
from app.core.clock import utcnow
from app.custodia.rules import ERASURE, GENESIS, canonical, link_text, make_sello, text_hash
from app.db import db
from tests.anclaje.test_anchors import note, run
from tests.factories import make_oficio


@pytest.fixture
def three(app, buffet, admin, usuario_admin, night, rows):
    """Three anchors; something happened before the first and the third."""
    oficio = make_oficio(app, buffet, usuario_admin)
    note(app, oficio, usuario_admin)
    night(0)
    night(1)
    note(app, oficio, usuario_admin)
    night(3)
    return rows(Ancla)


def is_proof(first, second, path):
    roots = bytes.fromhex(first.raiz), bytes.fromhex(second.raiz)
    return is_consistent(first.tamano, second.tamano, [bytes.fromhex(one) for one in path], *roots)


def test_a_stranger_reads_the_anchors_and_looks_for_a_root(stranger, three):
    page = stranger.get("/anclas")
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    text = page.get_data(as_text=True)
    assert all(ancla.raiz in text for ancla in three)
    for typed, said in (
        (three[0].raiz, "Esa raíz está entre las anclas"),
        ("ab" * 32, "Ningún ancla tiene esa raíz"),
        ("ab", "Una raíz tiene 64 letras"),
    ):
        found = stranger.get("/anclas", query_string={"raiz": typed})
        assert said in found.get_data(as_text=True)


def test_the_head_of_a_case_says_until_when_it_is_anchored(
    app, buffet, admin, usuario_admin, night, rows
):
    oficio = make_oficio(app, buffet, usuario_admin)
    note(app, oficio, usuario_admin)
    assert "Anclado hasta el" not in admin.get(f"/oficios/{oficio.id}").text
    night(0)
    (ancla,) = rows(Ancla)
    with app.app_context():
        asked = []
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    head = admin.get(f"/oficios/{oficio.id}").text

    assert f"Anclado hasta el {ancla.fecha:%d-%m-%Y}" in head
    assert sum("anclas" in statement for statement in asked) == 1, "beside the counts, no more"


def test_programs_get_anchors_and_proofs(stranger, three):
    first, _, third = three
    told = stranger.get("/anclas/1.json").get_json()
    assert told["raiz"] == first.raiz
    assert json.loads(told["declaracion"])["raiz"] == first.raiz
    assert told["sellos"] == []
    growth = stranger.get("/anclas/1/hasta/3.json").get_json()
    assert is_proof(first, third, growth["camino"])
    assert stranger.get("/anclas/3/hasta/1.json").status_code == 422
    assert stranger.get("/anclas/9.json").status_code == 404


def test_the_commands_print_what_can_be_checked(app, three):
    first, _, third = three
    assert "ya está" in run(app, "anclaje", "anclar").output

    found = run(app, "anclaje", "raiz", first.raiz.upper())
    assert (found.exit_code, found.output.count("Ancla")) == (0, 2)
    missing = run(app, "anclaje", "raiz", "ab" * 32)
    assert (missing.exit_code, missing.output) == (1, "Ningún ancla tiene esa raíz.\n")

    lines = run(app, "anclaje", "consistencia", "1", "3").output.splitlines()
    assert third.raiz in lines[1]
    assert is_proof(first, third, lines[2:])
    assert run(app, "anclaje", "consistencia", "3", "1").exit_code == 1
    assert run(app, "anclaje", "consistencia", "1", "9").exit_code == 1


def bundle(*, tomb, salted):
    """A chain of two links as a ZIP brings it: the first erased unless ``tomb`` is None."""
    now = utcnow()
    content = canonical({"nombre": "Ana"})
    one = make_sello(7, "propietario", 3, content, (0, GENESIS), now)
    if not salted:
        one = replace(one, formato=1, sal=None, contenido_hash=text_hash(content))
    text = link_text(one, 1)
    one = replace(one, hash=text_hash(text))
    tipo, said = (ERASURE, {"eslabones": [1]}) if tomb else ("nota", {"texto": "x"})
    two = make_sello(7, tipo, 0, canonical(said), (1, one.hash), now + timedelta(seconds=1))
    gone = tomb is not None
    return {
        "lapida": ERASURE,
        "desde": 1,
        "anterior": GENESIS,
        "eslabones": [
            {
                "secuencia": link.secuencia,
                "tipo": link.tipo,
                "nombre": "x",
                "texto": link_text(link, link.secuencia),
                "hash": link.hash,
                "contenido": None if gone and link is one else link.contenido,
                "sal": None if gone and link is one else link.sal,
                "reservado": False,
            }
            for link in (one, two)
        ],
    }


@pytest.mark.parametrize("salted", [True, False])
@pytest.mark.parametrize(
    ("tomb", "words"), [(None, None), (True, None), (False, "ningún eslabón dice que se borró")]
)
def test_an_erased_link_needs_a_tomb(tomb, words, salted):
    found = check_links(bundle(tomb=tomb, salted=salted))
    assert [words in text for text in found] == ([True] if words else [])


@pytest.mark.parametrize("salted", [True, False])
def test_another_content_is_noticed_in_either_format(salted):
    chain = bundle(tomb=None, salted=salted)
    chain["eslabones"][0]["contenido"] = canonical({"nombre": "Eva"})
    (text,) = check_links(chain)
    assert "fue cambiado" in text
