import re

import pytest

from app.auditoria.models import Auditoria
from app.buffets.models import Buffet, Enlace
from app.buffets.rules import make_token, read_token

NEW = {
    "nombre": "Pérez Abogados",
    "rut": "76.123.456-0",
    "email_principal": "casos@perez.example",
    "telefono": "",
    "contacto_nombre": "",
}


def link_in(text: str) -> str:
    found = re.search(r"http://localhost(/b/[^<\"]+)", text)
    assert found, "the page shows no link"
    return found[1]


def test_a_buffet_is_registered_with_a_link_that_opens(admin, stranger, rows):
    response = admin.post("/admin/buffets/nuevo", data=NEW)

    (buffet,) = rows(Buffet)
    assert buffet.rut == "76123456-0"
    assert response.headers["Location"] == f"/admin/buffets/{buffet.id}"
    link = link_in(admin.get(f"/admin/buffets/{buffet.id}").text)
    assert stranger.get(link).status_code == 200
    assert [entry.accion for entry in rows(Auditoria)] == ["buffet.creado"]


def test_nothing_stored_is_usable_as_a_link(admin, stranger, rows):
    admin.post("/admin/buffets/nuevo", data=NEW)
    (enlace,) = rows(Enlace)

    assert stranger.get(f"/b/{enlace.selector}").status_code == 404
    assert read_token(make_token(enlace.selector, "another secret"), "the secret") is None
    assert read_token(make_token(enlace.selector, "the secret"), "the secret") == enlace.selector


def test_a_rut_exists_once_however_it_is_written(admin, rows):
    admin.post("/admin/buffets/nuevo", data=NEW)

    for rut in ("76123456-0", "76.123.456-0", "76123456-5"):
        response = admin.post("/admin/buffets/nuevo", data={**NEW, "rut": rut})
        assert response.status_code == 422
        assert "Ya existe un buffet con este RUT" in response.text
    assert len(rows(Buffet)) == 1


def test_a_wrong_check_digit_is_kept_and_flagged(admin, rows):
    admin.post("/admin/buffets/nuevo", data={**NEW, "rut": "76.123.456-7"})

    (buffet,) = rows(Buffet)
    assert buffet.rut == "76123456-7"
    assert (
        "76.123.456-0" in admin.get(f"/admin/buffets/{buffet.id}").text
        or "«0»" in (buffet.advertencias[0])
    )


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("nombre", " ", "Escriba el nombre del buffet."),
        ("rut", "no es un rut", "RUT"),
        ("email_principal", "a@b.example, c@d.example", "email"),
        ("telefono", "abc", "teléfono"),
        ("contacto_nombre", "x" * 161, "160"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_written(
    admin, rows, field, value, sentence
):
    response = admin.post("/admin/buffets/nuevo", data={**NEW, field: value})

    assert response.status_code == 422
    assert sentence.lower() in response.text.lower()
    assert "field-error" in response.text
    assert rows(Buffet) == []


def test_data_are_corrected(admin, buffet, otro_buffet, rows):
    url = f"/admin/buffets/{buffet.id}"

    assert admin.post(url, data={**NEW, "nombre": "Otro nombre"}).status_code == 303
    (row,) = rows(Buffet, id=buffet.id)
    assert (row.nombre, row.version) == ("Otro nombre", 2)
    taken = admin.post(url, data={**NEW, "rut": otro_buffet.rut})
    assert taken.status_code == 422


def test_a_rotated_link_replaces_the_old_one(admin, stranger, buffet):
    url = f"/admin/buffets/{buffet.id}"
    admin.post(f"{url}/rotar")
    old = link_in(admin.get(url).text)
    admin.post(f"{url}/rotar")
    new = link_in(admin.get(url).text)

    assert stranger.get(old).status_code == 404
    assert stranger.get(new).status_code == 200


def test_a_revoked_link_opens_nothing_and_the_page_says_so(admin, stranger, buffet):
    url = f"/admin/buffets/{buffet.id}"
    admin.post(f"{url}/rotar")
    link = link_in(admin.get(url).text)
    admin.post(f"{url}/revocar")

    assert stranger.get(link).status_code == 404
    assert "no tiene un enlace que funcione" in admin.get(url).text


def test_a_closed_buffet_locks_its_people_out(admin, cliente, buffet):
    url = f"/admin/buffets/{buffet.id}"
    assert cliente.get("/portal").status_code == 200

    admin.post(f"{url}/activo", data={"activo": "0"})
    assert cliente.get("/portal").status_code == 303
    assert "inactivo" in admin.get(url).text
    admin.post(f"{url}/activo", data={"activo": "1"})
    assert cliente.get("/portal").status_code == 200


def test_the_list_shows_each_buffet(admin, buffet, otro_buffet):
    text = admin.get("/admin/buffets").text

    assert buffet.nombre in text
    assert otro_buffet.nombre in text
