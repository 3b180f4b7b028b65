import re

import pytest

from app.auditoria.models import Auditoria
from app.jobs.runner import work
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.factories import PASSWORD

NEW = {
    "nombre": "Julia Pacheco",
    "email": "Julia@oficina.example",
    "rol": "investigador",
    "buffet_id": "",
    "telefono": "",
}

CHOSEN = {"password": "una clave larga", "repeated": "una clave larga"}


def test_an_admin_opens_an_account_and_its_person_chooses_the_password(app, admin, stranger, rows):
    assert admin.post("/admin/usuarios/nuevo", data=NEW).status_code == 303

    (usuario,) = rows(Usuario, email="julia@oficina.example")
    assert usuario.rol is Rol.INVESTIGADOR
    shown = admin.post(f"/admin/usuarios/{usuario.id}/clave")
    link = re.search(r"<code>http://localhost(/invitacion/[^<]+)</code>", shown.text)[1]
    assert link not in admin.get(f"/admin/usuarios/{usuario.id}").text
    assert stranger.post(link, data=CHOSEN).status_code == 303
    login = {"email": "julia@oficina.example", "password": CHOSEN["password"]}
    assert app.test_client().post("/entrar", data=login).status_code == 303
    assert len(rows(Auditoria, accion="usuario.enlace_visto", entidad_id=usuario.id)) == 1
    (entry,) = rows(Auditoria, accion="usuario.creado")
    assert entry.entidad_id == usuario.id
    assert link not in str(entry.detalle)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("nombre", "", "Escriba el nombre."),
        ("nombre", "x" * 161, "No puede tener más de 160 caracteres."),
        ("email", "no es un email", "email"),
        ("email", "ana@oficina.example", "Ya existe una cuenta con este correo"),
        ("rol", "jefe", "Elija una de las opciones de la lista."),
        ("rol", "cliente", "Un cliente pertenece a un buffet"),
        ("telefono", "12", "teléfono"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_written(
    admin, rows, field, value, sentence
):
    before = len(rows(Usuario))

    response = admin.post("/admin/usuarios/nuevo", data={**NEW, field: value})

    assert response.status_code == 422
    assert sentence.lower() in response.text.lower()
    assert NEW["email"] in response.text or field == "email"
    assert len(rows(Usuario)) == before


def test_only_a_cliente_belongs_to_a_buffet(admin, buffet):
    response = admin.post("/admin/usuarios/nuevo", data={**NEW, "buffet_id": str(buffet.id)})

    assert response.status_code == 422
    assert "Solo un cliente pertenece a un buffet" in response.text


def test_a_new_role_ends_the_sessions_of_the_account(admin, sign_in, usuario_investigador, buffet):
    client = sign_in(usuario_investigador)
    data = {
        "nombre": "Carla",
        "email": usuario_investigador.email,
        "rol": "cliente",
        "buffet_id": str(buffet.id),
    }

    assert admin.post(f"/admin/usuarios/{usuario_investigador.id}", data=data).status_code == 303
    assert client.get("/cuenta").status_code == 303


def test_the_last_admin_stays(admin, usuario_admin, rows):
    url = f"/admin/usuarios/{usuario_admin.id}"
    admin.post(f"{url}/activo", data={"activo": "0"})
    demotion = admin.post(
        url, data={"nombre": "Ana", "email": usuario_admin.email, "rol": "investigador"}
    )

    assert demotion.status_code == 422
    assert "último administrador" in demotion.text
    (row,) = rows(Usuario, id=usuario_admin.id)
    assert row.activo
    assert row.rol is Rol.ADMIN


def test_an_account_is_deactivated_and_brought_back(admin, usuario_investigador, rows, stranger):
    url = f"/admin/usuarios/{usuario_investigador.id}/activo"
    login = {"email": usuario_investigador.email, "password": PASSWORD}

    admin.post(url, data={"activo": "0"})
    assert stranger.post("/entrar", data=login).status_code == 403
    admin.post(url, data={"activo": "1"})
    assert stranger.post("/entrar", data=login).status_code == 303


def test_an_email_of_another_account_is_refused_in_an_edit(
    admin, usuario_admin, usuario_investigador
):
    response = admin.post(
        f"/admin/usuarios/{usuario_investigador.id}",
        data={"nombre": "Carla", "email": usuario_admin.email, "rol": "investigador"},
    )

    assert response.status_code == 422
    assert "Ya existe una cuenta con este correo" in response.text


def test_the_list_is_filtered_by_role(admin, usuario_cliente, usuario_investigador):
    text = admin.get("/admin/usuarios?rol=cliente").text

    assert usuario_cliente.email in text
    assert usuario_investigador.email not in text
    assert admin.get("/admin/usuarios?rol=nada").status_code == 200


def test_the_link_goes_by_mail_and_ends_the_sessions_when_it_is_used(
    app, admin, configure, smtp_server, sign_in, stranger, usuario_investigador
):
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    client = sign_in(usuario_investigador)
    url = f"/admin/usuarios/{usuario_investigador.id}"

    assert admin.post(f"{url}/clave").status_code == 303
    assert "/invitacion/" not in admin.get(url).text
    with app.app_context():
        work("test")
    (mail,) = smtp_server.messages
    link = re.search(r"/invitacion/\S+", mail.get_body(("plain",)).get_content())[0]
    assert client.get("/cuenta").status_code == 200
    assert stranger.post(link, data=CHOSEN).status_code == 303
    assert client.get("/cuenta").status_code == 303
    assert app.test_client().get(link).status_code == 404

    admin.post(f"{url}/activo", data={"activo": "0"})
    admin.post(f"{url}/clave")
    assert "actívelo antes" in admin.get(url).text


def test_a_person_changes_the_own_password_and_stays_signed_in_here_only(
    sign_in, usuario_investigador
):
    here, elsewhere = sign_in(usuario_investigador), sign_in(usuario_investigador)
    data = {"current": PASSWORD, "password": "otra clave larga", "repeated": "otra clave larga"}

    assert here.post("/cuenta", data=data).status_code == 303
    assert here.get("/cuenta").status_code == 200
    assert elsewhere.get("/cuenta").status_code == 303


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"current": "no es esta"}, "La contraseña actual no es esa."),
        ({"repeated": "distinta"}, "Las dos contraseñas nuevas no son iguales."),
        ({"password": "corta", "repeated": "corta"}, "entre 10 y 200"),
    ],
)
def test_a_password_change_that_does_not_fit_changes_nothing(
    investigador, stranger, usuario_investigador, change, sentence
):
    data = {"current": PASSWORD, "password": "otra clave larga", "repeated": "otra clave larga"}

    response = investigador.post("/cuenta", data={**data, **change})

    assert response.status_code == 422
    assert sentence in response.text
    login = {"email": usuario_investigador.email, "password": PASSWORD}
    assert stranger.post("/entrar", data=login).status_code == 303


def test_guessing_is_slowed_down_for_the_guesser_only(
    app, throttled, usuario_investigador, stranger
):
    right = {"email": usuario_investigador.email, "password": PASSWORD}
    own_device = app.test_client()
    assert own_device.post("/entrar", data=right).status_code == 303
    wrong = {"email": usuario_investigador.email, "password": "mala"}
    answers = [stranger.post("/entrar", data=wrong).status_code for _ in range(6)]
    elsewhere = own_device.post("/entrar", data=right, environ_base={"REMOTE_ADDR": "10.9.8.7"})

    assert answers == [401] * 5 + [429]
    assert elsewhere.status_code == 303


def test_the_first_admin_is_made_on_the_command_line(app, stranger, rows):
    runner = app.test_cli_runner()
    arguments = ["usuarios", "crear-admin", "jefa@oficina.example", "Jefa"]

    short = runner.invoke(args=[*arguments, "--password", "corta"])
    assert short.exit_code == 1
    done = runner.invoke(args=[*arguments, "--password", "una clave larga"])
    assert done.exit_code == 0
    again = runner.invoke(args=[*arguments, "--password", "una clave larga"])
    assert "Ya existe una cuenta con este correo" in again.output
    assert [row.rol for row in rows(Usuario)] == [Rol.ADMIN]
