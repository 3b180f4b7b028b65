"""One table of papers, sent through the form, the API and a buffet's list: judged alike.

Where a text can be kept, all three keep the same value with the same warning. Where it cannot be,
the form and the API refuse it, and the list keeps the order with the very same sentence, followed
by what it says.
"""

from __future__ import annotations

import html
from datetime import date

import pytest

from app.core.clock import local_today, utcnow
from app.db import db
from app.oficios.models import Oficio
from tests.planillas.listados import make_importacion, make_list, press_import

#: By the calendar of the office, as the application judges: not by that of the machine.
NEXT_YEAR = local_today(utcnow()).year + 1

#: Fields of a paper to where a case keeps them, and to their names in the form and in the API.
KEPT_IN = {
    **dict.fromkeys(("patente", "marca", "modelo", "anio", "color", "vin"), "vehiculo"),
    **dict.fromkeys(("nombre", "rut", "email", "telefono"), "propietarios"),
    **dict.fromkeys(("direccion", "comuna", "region"), "direcciones"),
}
IN_FORM = {"notas": "notas_generales"} | {
    f"propietario_{name}": f"persona_{name}" for name in ("nombre", "rut", "email", "telefono")
}
IN_API = {"notas": "notas_generales", "anio": "año"}
HEADERS = {
    "numero_oficio": "N° Oficio",
    "patente": "Patente",
    "rol": "Rol",
    "tribunal": "Tribunal",
    "caratulado": "Caratulado",
    "marca": "Marca",
    "modelo": "Modelo",
    "anio": "Año",
    "color": "Color",
    "vin": "VIN",
    "propietario_rut": "RUT deudor",
    "propietario_nombre": "Nombre deudor",
    "propietario_email": "Correo",
    "propietario_telefono": "Teléfono",
    "direccion": "Dirección",
    "comuna": "Comuna",
    "fecha_oficio": "Fecha oficio",
    "fecha_ingreso": "Fecha ingreso",
    "fecha_limite": "Fecha límite",
    "prioridad": "Prioridad",
    "notas": "Observaciones",
}

#: Texts that can be kept: the field, what is stored, and a part of the warning or None.
KEPT = {
    "a plate with its digit": ({"patente": "lg.cr-75-1"}, "LGCR75", None),
    "a plate whose digit is wrong": ({"patente": "LGCR75-3"}, "LGCR75", "debería ser 1"),
    "a plate of letters that there are not": ({"patente": "BANM12"}, "BANM12", "no usan"),
    "a rol in small letters": ({"rol": "c 3.030-2017"}, "C-3030-2017", None),
    "a court as people write it": (
        {"tribunal": "19 juzgado civil de santiago"},
        "19º Juzgado Civil de Santiago",
        None,
    ),
    "a court that is not on the list": (
        {"tribunal": "Juzgado de la Luna, sala segunda, de un nombre que no se acaba nunca"},
        "Juzgado de la Luna, sala segunda, de un nombre que no se acaba nunca",
        "no está en la lista",
    ),
    "next year's model": ({"anio": str(NEXT_YEAR)}, NEXT_YEAR, None),
    "a whole VIN": ({"vin": "js2zc-83s4.m61 00723"}, "JS2ZC83S4M6100723", None),
    "a short VIN": ({"vin": "ABC123"}, "ABC123", "El VIN tiene 6 signos"),
    "a VIN with an O": ({"vin": "8APO2345678901234"}, "8APO2345678901234", "I, O ni Q"),
    "a comuna without its accents": (
        {"comuna": "nunoa", "direccion": "Av. Grecia 1180"},
        "Ñuñoa",
        None,
    ),
    "a RUT with dots": (
        {"propietario_rut": "12.345.678-5", "propietario_nombre": "Rosa"},
        "12345678-5",
        None,
    ),
    "a RUT whose digit is wrong": ({"propietario_rut": "12.345.678-9"}, "12345678-9", "ser 5"),
    "a telephone": (
        {"propietario_telefono": "9 1234 5678", "propietario_nombre": "Rosa"},
        "+56912345678",
        None,
    ),
    "an e-mail": (
        {"propietario_email": "Rosa@CORREO.example", "propietario_nombre": "Rosa"},
        "Rosa@correo.example",
        None,
    ),
    "a name with spaces": ({"propietario_nombre": " Rosa   Soto "}, "Rosa Soto", None),
    "a limit before the entry": (
        {"fecha_limite": "2026-10-08", "fecha_ingreso": "2026-10-24"},
        date(2026, 10, 8),
        "anterior a la de ingreso",
    ),
    "an order later than its entry": (
        {"fecha_oficio": "2026-10-24", "fecha_ingreso": "2026-10-08"},
        date(2026, 10, 24),
        "posterior a la de ingreso",
    ),
    "notes in two lines": ({"notas": "Portón azul.\nHay perro."}, "Portón azul.\nHay perro.", None),
    "a caption with spaces": ({"caratulado": "BANCO  DE CHILE/CEA"}, "BANCO DE CHILE/CEA", None),
    "a word for nothing": ({"color": "S/I"}, None, None),
    "a dash": ({"modelo": "-"}, None, None),
    "nothing of a RUT": ({"propietario_rut": "sin información"}, None, None),
}
#: Texts that cannot be: the field, and the sentence that all three say.
CANNOT_BE = {
    "the year 3050": ({"anio": "3050"}, "El año 3050 no es creíble para un vehículo."),
    "the year 1850": ({"anio": "1850"}, "El año 1850 no es creíble para un vehículo."),
    "a year of two digits": ({"anio": "15"}, "«15» no es un año. Escríbalo con cuatro cifras"),
    "a comuna that there is not": (
        {"comuna": "Nunoaa", "direccion": "Av. Grecia 1180"},
        "La comuna «Nunoaa» no existe. ¿Será «Ñuñoa»?",
    ),
    "a comuna like none": (
        {"comuna": "Springfield", "direccion": "Av. Grecia 1180"},
        "La comuna «Springfield» no existe. Revise el nombre en el documento.",
    ),
    "a VIN of signs": ({"vin": "¿?"}, "«¿?» no es un VIN: lleva solo letras y números"),
    "a rol without its type": ({"rol": "3030-2017"}, "«3030-2017» no es un rol de causa."),
    "a RUT of letters": ({"propietario_rut": "pendiente"}, "«pendiente» no es un RUT."),
    "two e-mails": (
        {"propietario_email": "a@x.cl, b@x.cl", "propietario_nombre": "Rosa"},
        "Escriba una sola dirección de correo",
    ),
    "half a telephone": (
        {"propietario_telefono": "123", "propietario_nombre": "Rosa"},
        "«123» no es un teléfono chileno.",
    ),
    "a make that is too long": ({"marca": "x" * 61}, "No puede tener más de 60 caracteres."),
    "a street that is too long": (
        {"direccion": "x" * 201},
        "No puede tener más de 200 caracteres.",
    ),
    "an error of a sheet": ({"color": "#REF!"}, "El texto es un error de planilla (#REF!)."),
}


def as_form(paper, buffet):
    fields = {IN_FORM.get(name, name): text for name, text in paper.items()}
    chosen = {"prioridad": "media", "persona_tipo": "principal", "direccion_tipo": "domicilio"}
    return {"buffet_id": str(buffet.id), **chosen, **fields}


def as_body(paper, buffet):
    values = {IN_API.get(name, name): text for name, text in paper.items()}
    if "anio" in paper:
        values["año"] = int(paper["anio"])
    return {"buffet_id": buffet.id, **values}


def as_list(paper):
    return make_list(list(paper.values()), header=[HEADERS[name] for name in paper])


@pytest.fixture
def doors(app, investigador, investigador_api, buffet, usuario_investigador):
    """Send a paper through each door; the answers of the form and the API, and the preview."""

    def send(**paper):
        def numbered(door):
            return {"numero_oficio": f"OF-{door}", "patente": "BBCL12", **paper}

        # First the list: of a plate that is looked for a row stays out until somebody decides.
        draft = make_importacion(
            app, buffet, usuario_investigador, contenido=as_list(numbered("list"))
        )
        preview = investigador.get(f"/importar/{draft}").text
        press_import(investigador, f"/importar/{draft}")
        form = investigador.post("/oficios/nuevo", data=as_form(numbered("form"), buffet))
        api = investigador_api("POST", "/oficios/", as_body(numbered("api"), buffet))
        return form, api, html.unescape(preview)

    return send


@pytest.fixture
def case(app):
    """What the case that came through a door keeps: the value of a field, and its warnings."""

    def look(door, name):
        with app.app_context():
            oficio = db.session.scalar(db.select(Oficio).filter_by(numero_oficio=f"OF-{door}"))
            if oficio is None:
                return None
            attribute = name.removeprefix("propietario_")
            part = getattr(oficio, KEPT_IN[attribute]) if attribute in KEPT_IN else oficio
            row = (part or [None])[0] if isinstance(part, list) else part
            attribute = "notas_generales" if attribute == "notas" else attribute
            return getattr(row, attribute, None), sorted(oficio.advertencias)

    return look


@pytest.mark.parametrize("what", KEPT)
def test_what_can_be_kept_is_the_same_case_through_every_door(what, doors, case):
    paper, value, warning = KEPT[what]
    name = next(iter(paper))

    form, api, preview = doors(**paper)

    assert form.status_code == 303, form.text
    assert api.status_code == 201, api.text
    by_form, by_api, by_list = case("form", name), case("api", name), case("list", name)
    assert by_form == by_api == by_list
    assert by_form is not None
    assert by_form[0] == value
    if warning is None:
        assert by_form[1] == []
    else:
        assert warning in " ".join(by_form[1])
        assert warning in preview


@pytest.mark.parametrize("what", CANNOT_BE)
def test_what_cannot_be_is_refused_where_it_can_be_mended_and_marked_on_a_list(what, doors, case):
    paper, sentence = CANNOT_BE[what]
    name = next(iter(paper))

    form, api, preview = doors(**paper)

    beside = html.unescape(form.text).partition(f'id="{IN_FORM.get(name, name)}-error"')[2]
    assert form.status_code == api.status_code == 422
    assert sentence in beside.partition("</div>")[0]
    (problem,) = api.get_json()["detail"]
    assert problem["loc"] == ["body", IN_API.get(name, name)]
    assert problem["msg"].startswith(sentence)
    assert case("form", name) is None
    assert case("api", name) is None
    kept = case("list", name)
    if what == "two e-mails":  # a cell of a list may hold several; the others go to the notes
        assert kept is not None
        assert kept[0] == "a@x.cl"
        return
    assert sentence in preview
    (warning,) = kept[1]
    assert warning.startswith(problem["msg"])
    # Either the field itself has what was written, or the warning says it.
    assert str(kept[0]) == paper[name] or f"«{paper[name]}»" in warning


@pytest.mark.parametrize(
    ("paper", "sentence", "on_list"),
    [
        ({"patente": "-"}, "Escriba la patente del vehículo.", "Falta la patente."),
        *[({"patente": "pendiente"}, *["«pendiente» no es una patente chilena."] * 2)],
    ],
)
def test_without_a_plate_there_is_no_order_at_any_door(paper, sentence, on_list, doors, rows):
    form, api, preview = doors(**paper)

    assert form.status_code == api.status_code == 422
    assert sentence in html.unescape(form.text)
    assert sentence in api.get_json()["detail"][0]["msg"]
    assert on_list in preview
    assert rows(Oficio) == []


@pytest.mark.parametrize(
    ("paper", "sentence"),
    [
        ({"comuna": "Ñuñoa"}, "Escriba la calle y el número, o deje la comuna vacía."),
        ({"propietario_email": "a@b.example"}, "Escriba el nombre o el RUT de la persona."),
    ],
)
def test_half_a_place_or_a_person_is_asked_about_and_a_list_keeps_it(paper, sentence, doors, case):
    form, api, _preview = doors(**paper)

    assert form.status_code == api.status_code == 422
    assert sentence in html.unescape(form.text)
    assert api.get_json()["detail"][0]["msg"] == sentence
    ((name, text),) = paper.items()
    assert case("list", name) == (text, [])


def test_a_formula_is_kept_with_a_warning_where_it_was_typed_and_never_from_a_sheet(doors, case):
    form, api, preview = doors(marca="=1+1")

    assert (form.status_code, api.status_code) == (303, 201)
    assert case("form", "marca") == case("api", "marca")
    value, (warning,) = case("form", "marca")
    assert (value, "parece una fórmula de planilla" in warning) == ("=1+1", True)
    assert "parece una fórmula de planilla y no se importa" in preview
    value, (warning,) = case("list", "marca")
    assert value is None
    assert "«=1+1»" in warning


def test_a_warning_that_was_confirmed_stays_so_until_its_field_changes(
    investigador, investigador_api, doors, rows
):
    doors(vin="ABC123")
    case_id = rows(Oficio)[0].id
    confirmed = {"clave": "ingreso-vin"}
    assert investigador.post(f"/oficios/{case_id}/confirmar", data=confirmed).status_code == 303

    kept = {"patente": "BBCL12", "vin": "ABC123", "marca": "Kia"}
    version = str(rows(Oficio)[0].version)
    investigador.post(f"/oficios/{case_id}/vehiculo", data={**kept, "version": version})
    assert rows(Oficio)[0].advertencias_ingreso == {}
    told = investigador_api("PATCH", f"/oficios/{case_id}", {"vin": "ABC12"}).get_json()
    assert told["advertencias"] == ["El VIN tiene 5 signos; los de hoy tienen 17. Revíselo."]
    mended = {**kept, "vin": "JS2ZC83S4M6100723", "version": str(told["version"])}
    investigador.post(f"/oficios/{case_id}/vehiculo", data=mended)

    assert rows(Oficio)[0].advertencias_ingreso == {}
    assert rows(Oficio)[0].version == told["version"] + 1


@pytest.mark.parametrize(
    ("region", "kept", "warning"),
    [
        ("RM", "Metropolitana de Santiago", None),
        ("Valparaíso", "Metropolitana de Santiago", "no de Valparaíso"),
        ("Marte", "Metropolitana de Santiago", "La región «Marte» no existe."),
    ],
)
def test_a_region_is_held_against_its_comuna_by_the_api_as_by_a_list(
    region, kept, warning, app, investigador, investigador_api, buffet, usuario_investigador, case
):
    paper = {"numero_oficio": "OF-api", "patente": "BBCL12", "direccion": "Av. Grecia 1180"}
    paper |= {"comuna": "Ñuñoa", "region": region}
    header = [*(HEADERS[name] for name in paper if name != "region"), "Región"]
    listado = make_list(["OF-list", *list(paper.values())[1:]], header=header)
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    press_import(investigador, f"/importar/{draft}")
    assert investigador_api("POST", "/oficios/", as_body(paper, buffet)).status_code == 201

    assert case("api", "region") == case("list", "region")
    value, warnings = case("api", "region")
    assert value == kept
    assert warning in warnings[0] if warning else warnings == []
