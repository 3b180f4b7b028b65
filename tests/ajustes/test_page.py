"""The page of the settings: what an admin may change, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from app.ajustes.models import Ajuste, Logo
from app.ajustes.queries import current_office, number_setting, text_setting
from app.ajustes.rules import LOGO_MAX_BYTES, OFFICE_NAME, Setting
from app.ajustes.rules.logo_drawing import draw_logo
from app.ajustes.rules.settings_registry import list_settings
from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.db import transaction
from app.notificaciones.rules import ANSWER_HOURS, MAX_MAIL_MB
from tests.adjuntos.files import encode
from tests.ajustes.logos import logo_file, make_logo

URL = "/admin/ajustes"


@pytest.fixture
def typed(app):
    """What the page's form sends when one thing is changed."""

    def typed(**changes):
        with app.app_context():
            values = {setting.field: str(setting.defecto) for setting in list_settings()}
        return {**values, **changes}

    return typed


@pytest.fixture
def stored(app):
    """What a setting is worth to the features that read it."""

    def stored(setting):
        with app.app_context():
            return number_setting(setting) if setting.is_number else text_setting(setting)

    return stored


def test_what_is_saved_holds_and_is_written_down(admin, stored, typed, rows, usuario_admin):
    answer = admin.post(URL, data=typed(oficina_nombre="Oficina Sur", correo_max_mb="20"))

    assert answer.status_code == 303
    assert stored(OFFICE_NAME) == "Oficina Sur"
    assert stored(MAX_MAIL_MB) == 20
    assert stored(ANSWER_HOURS) == 24
    entries = rows(Auditoria, accion="ajuste.cambiado")
    assert [(entry.detalle["clave"], entry.detalle["a"]) for entry in entries] == [
        ("oficina_nombre", "Oficina Sur"),
        ("correo.max_mb", 20),
    ]
    assert {entry.usuario_id for entry in entries} == {usuario_admin.id}
    page = admin.get(URL).get_data(as_text=True)
    assert 'value="Oficina Sur"' in page


def test_what_did_not_change_is_not_written_down(admin, typed, rows):
    assert admin.post(URL, data=typed()).status_code == 303

    assert rows(Auditoria, accion="ajuste.cambiado") == []
    assert rows(Ajuste) == []


@pytest.mark.parametrize("hours", ["0", "337", "-3", "2,5", "pronto", "", "1_0", "٢", "9" * 30])
def test_a_number_out_of_its_range_is_refused_and_nothing_is_saved(
    hours, admin, stored, typed, rows
):
    answer = admin.post(URL, data=typed(oficina_nombre="Otra", receptor_horas_respuesta=hours))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "entre 1 y 336 horas" in page
    assert 'value="Otra"' in page
    assert rows(Ajuste) == []
    assert stored(ANSWER_HOURS) == 24


@pytest.mark.parametrize(
    ("name", "sentence"), [("x" * 81, "más de 80"), ("Oficina\r\nBcc: a@b.example", None)]
)
def test_a_name_is_one_line_of_a_certain_length(name, sentence, admin, stored, typed):
    answer = admin.post(URL, data=typed(oficina_nombre=name))

    if sentence:
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)
    else:
        assert answer.status_code == 303
        assert stored(OFFICE_NAME) == "Oficina Bcc: a@b.example"


def test_a_stored_value_that_cannot_be_read_is_the_default(app, stored):
    with app.app_context(), transaction():
        set_setting(ANSWER_HOURS.clave, "muchas")

    assert stored(ANSWER_HOURS) == 24


def test_every_setting_of_a_feature_has_a_place_on_the_page(app, admin):
    page = admin.get(URL).get_data(as_text=True)

    with app.app_context():
        settings = list_settings()
    assert settings
    for setting in settings:
        assert f'name="{setting.field}"' in page
        assert setting.etiqueta in page
    assert "/admin/plantillas" in page
    assert "/tablero/limites" in page


def test_two_settings_never_share_a_name_or_a_field(app):
    with app.app_context():
        settings = list_settings()

    assert len({setting.field for setting in settings}) == len(settings)
    assert all(len(setting.clave) <= 60 for setting in settings)


def test_a_setting_says_what_may_be_written():
    days = Setting("x.dias", "X", "Días", 30, unidad="días", minimo=1, maximo=90)

    assert days.parse(" 7 ") == 7
    with pytest.raises(InvalidValue, match="entre 1 y 90 días"):
        days.parse("91")


def test_a_logo_is_drawn_anew_and_shown_to_whoever_has_a_mail(app, admin, stranger, rows):
    answer = admin.post(f"{URL}/logo", data={"logo": (BytesIO(logo_file((2000, 400))), "a.png")})

    assert answer.status_code == 303
    [logo] = rows(Logo)
    assert (logo.ancho, logo.alto) == (480, 96)
    assert rows(Auditoria, accion="ajuste.logo")[0].detalle == {"sha256": logo.sha256}
    seen = stranger.get(f"/oficina/logo/{logo.sha256}.png")
    assert seen.mimetype == "image/png"
    assert "immutable" in seen.headers["Cache-Control"]
    with Image.open(BytesIO(seen.data)) as image:
        assert image.size == (480, 96)
        assert image.info == {}
    assert logo.sha256 in admin.get(URL).get_data(as_text=True)


def test_an_earlier_logo_is_kept_for_the_mails_that_show_it(app, admin, usuario_admin, stranger):
    first = make_logo(app, usuario_admin)

    admin.post(f"{URL}/logo", data={"logo": (BytesIO(logo_file(colour="#aa0000")), "b.png")})
    with app.app_context():
        assert current_office().logo.sha256 != first
    admin.post(f"{URL}/logo/quitar")

    with app.app_context():
        assert current_office().logo is None
    assert stranger.get(f"/oficina/logo/{first}.png").status_code == 200
    assert stranger.get(f"/oficina/logo/{'0' * 64}.png").status_code == 404
    for name in ("x", "%00" * 64, "ñ" * 64, "0" * 10_000):
        assert stranger.get(f"/oficina/logo/{name}.png").status_code == 404


def _text_png():
    """A PNG that carries words beside its pixels."""
    from PIL import PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "somebody")
    return encode(Image.new("RGB", (40, 20)), "PNG", pnginfo=info)


def test_what_travels_beside_the_pixels_is_left_behind(app, admin, rows, stranger):
    admin.post(f"{URL}/logo", data={"logo": (BytesIO(_text_png() + b"<script>"), "a.png")})

    [logo] = rows(Logo)
    data = stranger.get(f"/oficina/logo/{logo.sha256}.png").data
    assert b"somebody" not in data
    assert b"script" not in data
    assert Image.open(BytesIO(data)).format == "PNG"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no es una imagen"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no es una imagen"),
        (b"MZ\x90\x00 a program", "no es una imagen"),
        (logo_file()[:-30], "cortada o dañada"),
        (encode(Image.new("1", (13000, 13000)), "PNG"), "demasiados píxeles"),
        (encode(Image.new("1", (3000, 3000)), "PNG"), "demasiados píxeles"),
    ],
    ids=["empty", "svg", "program", "truncated", "bomb", "pixels"],
)
def test_what_is_no_good_as_a_logo_is_refused_in_words(data, sentence, admin, rows):
    answer = admin.post(f"{URL}/logo", data={"logo": (BytesIO(data), "logo.png")})

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert rows(Logo) == rows(Ajuste) == []


def test_a_file_that_is_too_heavy_is_not_even_looked_at():
    with pytest.raises(InvalidValue, match="pesa más de 2 MB"):
        draw_logo(logo_file() + bytes(LOGO_MAX_BYTES))


def test_a_form_without_a_file_says_so(admin):
    answer = admin.post(f"{URL}/logo", data={})

    assert answer.status_code == 422
    assert "Elija la imagen" in answer.get_data(as_text=True)


def test_who_finds_a_weakness_reads_where_to_write(admin, stranger, typed):
    address = "/.well-known/security.txt"
    assert stranger.get(address).status_code == 404, "nobody was named yet"

    admin.post(URL, data=typed(oficina_correo="seguridad@oficina.example"))
    text = stranger.get(address).get_data(as_text=True)

    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"] == "mailto:seguridad@oficina.example"
    assert fields["Canonical"].endswith(address)
    left = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - utcnow()
    assert timedelta(days=170) < left < timedelta(days=366)
