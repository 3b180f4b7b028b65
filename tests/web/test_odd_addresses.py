"""What stands behind the question mark of an address never breaks a page."""

from __future__ import annotations

import pytest

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
)


@pytest.mark.parametrize("word", ["a%00b", "%ED%A0%80", "%E2%80%AEx", "x" * 3000, "%27%20OR%201=1"])
def test_no_word_of_an_address_breaks_a_page(admin, word):
    for page, name in READ:
        answer = admin.get(f"{page}?{name}={word}")
        assert answer.status_code < 500, (page, name)


def test_no_draft_has_such_a_name(admin, oficio):
    answer = admin.get(f"/oficios/{oficio.id}/notificaciones/nuevo?borrador=a%00b")
    assert answer.status_code < 500
