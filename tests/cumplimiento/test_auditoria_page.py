"""The page of the audit: all deeds in one order, in words, and from where each was done."""

from __future__ import annotations

import ast
import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.ajustes.service import save_settings
from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import audit, record_disclosure
from app.core.clock import utcnow
from app.cumplimiento.pages.auditoria import show_deeds
from app.cumplimiento.queries.auditoria import (
    HechoFilter,
    HechoRow,
    count_deeds,
    find_cases_named,
    list_deeds,
    statements_of,
)
from app.cumplimiento.rules.auditoria import (
    HECHOS,
    ClaseHecho,
    Diferencia,
    FuenteHecho,
    differences_of,
    hecho_of,
)
from app.db import db, transaction
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from tests.factories import make_oficio, make_personal_link
from tests.indicadores.monthly_rows import make_month_stub
from tests.notificaciones.rows import make_receptor

APP = Path(__file__).resolve().parents[2] / "app"
PAGE = "/admin/auditoria"


def _audited_words() -> set[str]:
    """Every word that the application hands to ``audit``, through other functions or not."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in APP.rglob("*.py")]
    functions = [
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    ]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    handing, words = {"audit"}, set()
    while True:
        found = set()
        for function in functions:
            named = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _name(node) in handing and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Name) and first.id in [*named[:1], "accion"]:
                        found.add(function.name)
                        words |= _texts(*function.args.kw_defaults)
        if found <= handing:
            break
        handing |= found
    for call in calls:
        if _name(call) in handing:
            words |= _texts(*call.args[:1], *(k.value for k in call.keywords if k.arg == "accion"))
    return words


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _texts(*nodes: ast.AST | None) -> set[str]:
    return {
        each.value
        for node in nodes
        if node is not None
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and "." in each.value
    }


def test_every_word_of_the_audit_has_its_sentence():
    words = {each for each in _audited_words() if not each.endswith(".")}
    assert {
        "adjunto.eliminado",
        "usuario.creado",
        "brecha.cerrada",
        "importacion.importada",
    } <= words
    assert words - HECHOS.keys() == set()
    assert hecho_of("algo.de_antes").frase == "algo: de antes"


@pytest.mark.parametrize(
    ("detalle", "said"),
    [
        (
            {"clave": "oficina_nombre", "de": "Sur", "a": "Norte"},
            [("Oficina nombre", "Sur", "Norte")],
        ),
        ({"clave": "oficina_nombre", "de": "", "a": "Norte"}, [("Oficina nombre", None, "Norte")]),
        (
            {
                "antes": {"rol": "admin", "activo": True},
                "despues": {"rol": "cliente", "activo": True},
            },
            [("Rol", "admin", "cliente")],
        ),
        ({"antes": {"plazo": 3}, "ahora": {"plazo": 5}, "campos": []}, [("Plazo", "3", "5")]),
        ({"antes": [12, "borrar"]}, [("Valor", "12, borrar", None)]),
        ({"trabajos": ["x"]}, []),
    ],
)
def test_before_and_after_are_read_from_what_deeds_record(detalle, said):
    assert differences_of(detalle) == [Diferencia(*each) for each in said]


def _entry(oficio, usuario, now, text="Llamó el deudor"):
    db.session.add(
        Investigacion(
            oficio_id=oficio.id,
            tipo=Actividad.NOTA,
            descripcion=text,
            usuario_id=usuario.id,
            ocurrido_at=now,
            created_at=now,
        )
    )


@pytest.fixture
def busy(app, buffet, usuario_investigador):
    """Seven deeds of each of the three tables, all of one moment, in one case."""
    caso = make_oficio(app, buffet, usuario_investigador)
    now = utcnow() + timedelta(hours=1)
    with app.app_context(), transaction():
        for n in range(7):
            audit("adjunto.portada", actor=usuario_investigador, now=now, oficio_id=caso.id)
            _entry(caso, usuario_investigador, now, f"Nota {n}")
            record_disclosure(
                CanalDivulgacion.LECTURA,
                f"Ficha {n}",
                "carla@oficina.example",
                now=now,
                actor=usuario_investigador,
                **({"casos": [caso.id]} if n % 2 else {"oficio_id": caso.id}),
            )
    return caso


def test_pages_show_each_deed_once_also_of_one_moment(app, busy):
    with app.app_context():
        wanted = HechoFilter(oficio_ids=(busy.id,))
        whole = list_deeds(wanted, limit=500)
        paged, after = [], None
        while rows := list_deeds(wanted, after=after, limit=4):
            paged += rows
            after = rows[-1].place
    assert [row.place for row in paged] == [row.place for row in whole]
    assert len({(row.fuente, row.id) for row in paged}) == len(paged)
    moments = [row.momento for row in paged]
    assert moments == sorted(moments, reverse=True)
    assert [sum(row.fuente is each for row in paged[:21]) for each in FuenteHecho] == [7, 7, 7]


def test_a_filter_leaves_what_fits(app, busy, usuario_investigador, usuario_admin):
    with app.app_context():

        def count(**wanted):
            return count_deeds(HechoFilter(oficio_ids=(busy.id,), **wanted))

        everything = count()
        assert count(clase=ClaseHecho.LECTURA) == 7
        assert count(clase=ClaseHecho.CASO) == everything - 7
        assert count(clase=ClaseHecho.CASO, acciones=("adjunto.portada",)) == 7
        assert count(usuario_id=usuario_investigador.id) == everything
        assert count(usuario_id=usuario_admin.id) == 0
        assert count(desde=(utcnow() + timedelta(days=3)).date()) == 0
        assert count_deeds(HechoFilter(oficio_ids=())) == 0
        assert find_cases_named(busy.numero_oficio.lower()) == (busy.id,)
        assert find_cases_named("no hay") == ()


def test_an_admin_reads_who_did_what_from_where_before_and_after(
    app, admin, usuario_admin, rows, buffet, otro_buffet
):
    with (
        app.test_request_context(
            "/admin/ajustes",
            environ_base={"REMOTE_ADDR": "192.0.2.14"},
            headers={
                "User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
            },
        ),
        transaction(),
    ):
        save_settings({"oficina_nombre": "Oficina Norte"}, actor=usuario_admin, now=utcnow())
    (row,) = rows(Auditoria, accion="ajuste.cambiado")
    assert row.equipo == "Firefox en Windows"
    assert row.lugar
    assert "192.0.2.14" not in row.lugar, "a network, not an address"

    page = admin.get(f"{PAGE}?que=ajuste").text
    assert "cambió el ajuste «Nombre de la oficina»" in page
    assert "Firefox en Windows" in page
    assert f"{PAGE}/registro-{row.id}" in page
    one = admin.get(f"{PAGE}/registro-{row.id}").text
    assert "<ins>Oficina Norte</ins>" in one
    assert "Ana Vega" in one
    assert "Último cambio" in admin.get("/admin/ajustes").text
    assert "Último cambio" not in admin.get("/tablero/limites").text
    # Of a page that is about one thing, what was changed of that.
    with app.app_context(), transaction():
        audit(
            "buffet.modificado",
            actor=usuario_admin,
            now=utcnow(),
            entidad="buffet",
            entidad_id=buffet.id,
        )
    assert "Último cambio" in admin.get(f"/admin/buffets/{buffet.id}").text
    assert "Último cambio" not in admin.get(f"/admin/buffets/{otro_buffet.id}").text


@pytest.mark.parametrize(
    ("accion", "about", "lugar", "said"),
    [
        ("usuario.intento", "usuario", None, "Carla Muñoz recibió contraseñas equivocadas"),
        ("usuario.intento", None, None, "Alguien sin cuenta recibió contraseñas equivocadas"),
        ("factor.respaldo", "usuario", "192.0.2.0", "Carla Muñoz entró con un código de respaldo"),
        ("enlace.abierto", "enlace", None, "Alguien sin cuenta abrió el tablero de un buffet"),
        ("buffet.correos", "buffet", "192.0.2.0", "Alguien sin cuenta cambió qué correos"),
        ("supresion.hecha", "supresion", None, "Rastro terminó una supresión"),
    ],
)
def test_what_no_account_did_is_not_said_of_rastro(
    app, usuario_investigador, accion, about, lugar, said
):
    row = HechoRow(
        fuente=FuenteHecho.REGISTRO,
        id=1,
        momento=utcnow(),
        usuario_id=None,
        oficio_id=None,
        accion=accion,
        entidad=about,
        entidad_id=usuario_investigador.id,
        detalle={"veces": 3},
        lugar=lugar,
    )
    with app.app_context():
        (shown,) = show_deeds([row])
    assert f"{shown.quien} {shown.frase}".startswith(said)
    assert shown.frase.endswith("(3 veces)")


@pytest.mark.parametrize(
    ("canal", "que", "said"),
    [
        (CanalDivulgacion.LECTURA, "Leyó el caso", "leyó el caso"),
        (CanalDivulgacion.LECTURA, "Enlace a su calendario", "leyó: Enlace a su calendario"),
        (CanalDivulgacion.PORTAL, "Lista de sus oficios", "vio: Lista de sus oficios"),
        (
            CanalDivulgacion.RECEPTOR,
            "Enlace del aviso n.º 1",
            "preparó: Enlace del aviso n.º 1, a R",
        ),
    ],
)
def test_what_a_look_was_is_said_once(app, usuario_investigador, canal, que, said):
    row = HechoRow(
        fuente=FuenteHecho.SALIDA,
        id=1,
        momento=utcnow(),
        usuario_id=usuario_investigador.id,
        oficio_id=None,
        canal=canal,
        que=que,
        destinatario="R",
    )
    with app.app_context():
        (shown,) = show_deeds([row])
    assert shown.frase == said


def test_the_file_holds_what_the_page_shows_and_taking_it_is_a_deed(admin, busy):
    answer = admin.post(f"{PAGE}/exportar.csv?caso={busy.numero_oficio}&que=lectura")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert {line["Qué hizo"] for line in lines} == {f"leyó: Ficha {n}" for n in range(7)}
    assert "exportó: Auditoría (csv)" in admin.get(f"{PAGE}?que=salida").text


def test_a_long_file_goes_out_in_parts_and_each_names_its_cases_before(
    admin, busy, app, buffet, usuario_investigador, rows, monkeypatch
):
    other = make_oficio(app, buffet, usuario_investigador, patente="BBCL98", numero_oficio="OF-9")
    monkeypatch.setattr("app.cumplimiento.queries.auditoria._PART", 2)
    answer = admin.post(f"{PAGE}/exportar.csv?que=caso", buffered=False)
    parts = iter(answer.response)
    next(parts)
    (taken,) = rows(Divulgacion, canal=CanalDivulgacion.EXPORTACION)
    early = {one.oficio_id for one in rows(DivulgacionCaso, divulgacion_id=taken.id)}
    text = b"".join(parts).decode()
    answer.close()
    named = {one.oficio_id for one in rows(DivulgacionCaso, divulgacion_id=taken.id)}
    assert len(rows(Divulgacion, canal=CanalDivulgacion.EXPORTACION)) == 1
    assert len(text.splitlines()) - 1 == taken.cantidad
    assert early < named
    assert named == {busy.id, other.id}


@pytest.mark.parametrize(
    "address",
    [f"{PAGE}/registro-999999", f"{PAGE}/nada-1", f"{PAGE}/exportar.exe"],
)
def test_what_is_not_there_is_not_found(admin, address):
    send = admin.post if "exportar" in address else admin.get
    assert send(address).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        "despues=ayer",
        "despues=0001-01-01T00:00:00%2B14:00~registro-1",
        "despues=9999-12-31T23:59:59-14:00~registro-1",
        f"despues=2099-01-01T00:00:00%2B00:00~registro-{2**63}",
        "hasta=9999-12-31",
        "hasta=31-12-9999",
        "quien=x",
        f"quien={2**70}",
        "que=x",
        "desde=x",
    ],
)
def test_an_address_that_cannot_be_read_shows_all(admin, busy, asked):
    answer = admin.get(f"{PAGE}?{asked}")
    assert answer.status_code == 200
    assert "anotó: Nota 0" in answer.text


@pytest.mark.parametrize(
    ("wanted", "found_by"),
    [
        (HechoFilter(), set()),
        (HechoFilter(usuario_id=1), {"(usuario_id=?)"}),
        (HechoFilter(clase=ClaseHecho.SALIDA), {"(accion=?)", "(canal=?)"}),
        (
            HechoFilter(usuario_id=1, clase=ClaseHecho.SALIDA),
            {"(usuario_id=? AND accion=?)", "(usuario_id=? AND canal=?)"},
        ),
    ],
)
def test_an_index_leads_to_the_rows_of_a_page_in_their_order(app, database_kind, wanted, found_by):
    """Among a million and a half deeds, searching for a person's of one kind took five seconds."""
    if database_kind != "sqlite":
        pytest.skip("an empty table of PostgreSQL is read whole, whatever its indexes")
    plans = []
    with app.app_context():
        for fuente in (FuenteHecho.REGISTRO, FuenteHecho.SALIDA):
            for statement in statements_of(fuente, wanted):
                text = statement.limit(50).compile(
                    db.engine, compile_kwargs={"literal_binds": True}
                )
                rows = db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {text}"))
                plans.append(" / ".join(row.detail for row in rows))
    assert plans
    for plan in plans:
        assert "USING INDEX" in plan
        assert "ORDER BY" not in plan
    led = {plan[plan.index("(") :] for plan in plans if "(" in plan}
    assert led == found_by


def test_a_deed_says_about_what_it_was_by_the_name_that_people_know(
    app, admin, buffet, usuario_admin
):
    link_id = make_personal_link(app, buffet, etiqueta="Laura Soto, abogada")
    month_id = make_month_stub(app, buffet)
    receptor = make_receptor(app, usuario_admin, nombre="Ema Soto")
    with app.app_context(), transaction():
        for entidad, pk in (
            ("buffet", buffet.id),
            ("enlace", link_id),
            ("informe_mensual", month_id),
            ("receptor", receptor.id),
            # Gone, or of a kind that has no names.
            ("receptor", 2_000_000),
            ("webhook", 1),
        ):
            audit("buffet.creado", actor=None, now=utcnow(), entidad=entidad, entidad_id=pk)
        shown = {
            (deed.row.entidad, deed.row.entidad_id): deed.sobre
            for deed in show_deeds(list_deeds(HechoFilter(), limit=50))
        }
    assert shown["buffet", buffet.id] == buffet.nombre
    assert shown["enlace", link_id] == f"Laura Soto, abogada · {buffet.nombre}"
    assert shown["informe_mensual", month_id] == f"{buffet.nombre}, octubre de 2026"
    assert shown["receptor", receptor.id] == "Ema Soto"
    assert (shown["receptor", 2_000_000], shown["webhook", 1]) == ("", "")
    assert "Laura Soto, abogada" in admin.get(PAGE).get_data(as_text=True)
