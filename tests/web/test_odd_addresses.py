"""What stands behind the question mark of an address never breaks a page."""

from __future__ import annotations

from itertools import chain

import pytest

from config import ROOT

#: A page, and the name of a word that it reads from its address.
READ = (
    ("/admin/divulgaciones/quien-miro", "numero"),
    ("/admin/divulgaciones", "oficio"),
    ("/admin/personas", "texto"),
    ("/anclas", "raiz"),
    ("/verificar", "codigo"),
    ("/terreno", "q"),
    ("/tablero", "q"),
    ("/tablero/lista", "q"),
    ("/bandeja", "q"),
    ("/acceso", "q"),
    ("/admin/correos", "ver"),
    ("/admin/trabajos", "estado"),
    ("/admin/usuarios", "rol"),
    ("/bandeja", "buffet"),
    ("/anclas", "antes"),
    ("/admin/personas/bloqueos", "caso"),
    ("/avisos/novedades", "desde"),
    ("/tablero/columnas/pendiente", "carril"),
)
PAGES = (ROOT / "app").glob("*/pages/**/*.py"), (ROOT / "app").glob("*/pages.py")


@pytest.mark.parametrize(
    "word", ["a%00b", "%ED%A0%80", "%E2%80%AEx", "x" * 3000, "%27%20OR%201=1", "9" * 25]
)
def test_no_word_of_an_address_breaks_a_page(admin, word):
    for page, name in READ:
        answer = admin.get(f"{page}?{name}={word}")
        assert answer.status_code < 500, (page, name)


def test_numbers_of_addresses_fit_the_database():
    """``row_id`` does, and so does what is cut to a range at once."""
    found = [
        f"{path.name}: {line.strip()}"
        for path in chain(*PAGES)
        for line in path.read_text("utf-8").splitlines()
        if "type=int" in line and "min(" not in line
    ]

    assert found == []


def test_no_draft_has_such_a_name(admin, oficio):
    answer = admin.get(f"/oficios/{oficio.id}/notificaciones/nuevo?borrador=a%00b")
    assert answer.status_code < 500
