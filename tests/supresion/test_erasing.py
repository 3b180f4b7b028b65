"""An erasure is decided on a page, and goes on where its process died."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from app.adjuntos.outside.storage import current_storage
from app.auditoria.models import Auditoria
from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.bandeja.models import Ingreso
from app.bandeja.service.deciding import note_made
from app.core.clock import utcnow
from app.core.dates import ERASED_DAY
from app.core.sealed import OFFICE_CHAIN
from app.custodia.models import Eslabon
from app.custodia.rules import UNSALTED
from app.custodia.service import execute_sealed, verify, verify_all
from app.db import append_only_door, db, transaction
from app.jobs.models import Trabajo
from app.jobs.runner import work
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Estado
from app.oficios.service import PropietarioData
from app.planillas.models import Importacion
from app.porticos.models import Portico
from app.supresion import service
from app.supresion.models import PasoSupresion, Supresion
from app.supresion.outside.erasure_list import read_list
from app.supresion.rules import EstadoSupresion, proof_of
from app.supresion.service import emptying
from app.supresion.service.reapplying import apply_missing, write_erasures
from app.titulares.queries.persona import find_person
from app.titulares.rules.identidad import read_buscado
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo
from tests.bandeja.rows import LIST, make_item, make_zip
from tests.factories import make_oficio
from tests.planillas.listados import make_importacion
from tests.supresion.rows import make_erasure

PERSON = {"rut": "5.126.663-3", "nombre": "José Núñez Peña"}
URL = "/admin/personas/supresiones/nueva"


@pytest.fixture(autouse=True)
def own_list(configure, tmp_path):
    """The list of erasures lies beside the backups; that of another test is not read here."""
    configure(backup_dir=tmp_path / "respaldos")


@pytest.fixture
def casos(app, buffet, usuario_admin):
    """Two closed cases of the person and one that is open."""
    data = PropietarioData(nombre=PERSON["nombre"], rut="5126663-3")
    return [
        make_oficio(app, buffet, usuario_admin, estado=estado, propietario=data, rol="C-1-2026").id
        for estado in (Estado.ENCONTRADO, Estado.NO_ENCONTRADO, Estado.PENDIENTE)
    ]


def send(client, casos, *tratos, porque=""):
    return client.post(
        URL,
        data={
            **PERSON,
            "motivo": "Solicitud S-2026-0001",
            "confirma": "1",
            "caso": [str(each) for each in casos],
            "trato": list(tratos),
            "porque": ["", "", porque],
        },
    )


def test_what_is_open_is_refused_and_what_stays_needs_a_reason(admin, casos, rows):
    page = admin.post(URL, data=PERSON)
    assert page.status_code == 200
    assert page.text.count('value="anonimizar"') == 2
    assert page.text.count("El procedimiento judicial sigue abierto.") == 1

    for tratos in (["anonimizar"] * 3, ["anonimizar", "anonimizar", "conservar"]):
        answer = send(admin, casos, *tratos)
        assert answer.status_code == 422
        assert f"caso {casos[2]}" in answer.text
    named = send(
        admin, casos, "anonimizar", "anonimizar", "conservar", porque="Lo pide Peña Núñez, José"
    )
    assert named.status_code == 422
    assert "nombra a la persona" in named.text
    assert rows(Supresion) == []


def test_it_goes_on_where_its_process_died(app, admin, casos, rows, monkeypatch):
    answer = send(admin, casos, "anonimizar", "anonimizar", "conservar", porque="Sigue abierto.")
    assert answer.status_code == 303
    with app.app_context(), transaction():
        of_0_1 = sa.update(Eslabon).where(Eslabon.cadena == casos[0])
        with append_only_door(db.session.connection()):
            db.session.execute(of_0_1.values(formato=UNSALTED, sal=None))
    empty_rows, emptied = emptying.empty_rows, []

    def die_in_the_second(model, ids, *args, **options):
        if model is Vehiculo and ids == second:
            raise SystemExit
        if model is Propietario:
            emptied.extend(ids)
        empty_rows(model, ids, *args, **options)

    vehicles = [row.id for row in rows(Vehiculo)]
    second = [vehicles[1]]
    monkeypatch.setattr(emptying, "empty_rows", die_in_the_second)
    with app.app_context(), pytest.raises(SystemExit):
        work("test")
    persons = rows(Propietario)
    assert [each.nombre for each in persons] == [None, None, PERSON["nombre"]]
    assert [each.rol for each in rows(Oficio)] == [None, "C-1-2026", "C-1-2026"], "the case is last"
    (listed,) = read_list(app.extensions["rastro_config"].backup_dir)
    assert [each["id"] for each in listed["casos"]] == casos, "the list is beside the backups first"
    assert listed["huella"] is None

    (row,) = rows(Supresion)
    second = []
    with app.app_context():
        while service.erase_next(row.id, now=row.confirmada_at):
            pass
    assert emptied == [each.id for each in persons[:2]], "what was done is not done again"
    assert rows(PasoSupresion) == []
    assert [each.nombre for each in rows(Propietario)] == [None, None, PERSON["nombre"]]
    assert [each.rol for each in rows(Oficio)] == [None, None, "C-1-2026"]
    (row,) = rows(Supresion)
    assert row.buscado == []
    assert row.estado is EstadoSupresion.CONFIRMADA
    unsalted = [each for each in rows(Eslabon) if each.formato == UNSALTED and not each.contenido]
    assert row.hechos["sin_sal"] == len(unsalted) > 0
    page = admin.get(f"/admin/personas/supresiones/{row.id}").text
    assert "Sigue abierto." in page
    assert f"sin sal: {len(unsalted)}." in page
    assert PERSON["nombre"] not in page
    proof = admin.get(f"/admin/personas/supresiones/{row.id}/prueba.json").json
    assert proof["sha256"] == row.huella
    assert "Núñez" not in str([each.detalle for each in rows(Auditoria)])


def test_a_large_case_is_emptied_in_steps_and_its_sightings_say_neither_where_nor_when(
    app, admin, casos, rows, monkeypatch
):
    with app.app_context(), transaction():
        portico = Portico(clave="ruta 5/p5", autopista="Ruta 5", codigo="P5")
        db.session.add(portico)
        db.session.flush()
        db.session.add_all(
            Avistamiento(
                oficio_id=casos[0],
                fuente=Fuente.PORTICO,
                fecha=date(2026, 10, number),
                fecha_hora=datetime(2026, 10, number, 12, tzinfo=UTC),
                ubicacion="Pórtico",
                portico_id=portico.id,
                portico_motivo="por su código",
                clave=str(number),
            )
            for number in range(1, 8)
        )
    monkeypatch.setattr(emptying, "_ROWS_OF_A_CASE", 2)
    send(admin, casos, "anonimizar", "anonimizar", "conservar", porque="Sigue abierto.")
    steps = []
    empty_rows = emptying.empty_rows

    def count(model, ids, *args, **options):
        steps.append((model, len(ids)))
        empty_rows(model, ids, *args, **options)

    monkeypatch.setattr(emptying, "empty_rows", count)
    with app.app_context():
        work("test")
        found = list(verify_all([OFFICE_CHAIN, *casos]))
    assert [n for model, n in steps if model is Avistamiento] == [2, 2, 2, 1]
    assert [each.texto for one in found for each in one.problemas] == []
    assert {
        (row.fecha, row.fecha_hora, row.ubicacion, row.portico_id, row.portico_motivo)
        for row in rows(Avistamiento)
    } == {(ERASED_DAY, None, None, None, None)}
    answer = admin.get(f"/oficios/{casos[0]}/avistamientos")
    page = answer.text
    assert answer.status_code == 200, page[-1500:]
    assert "(borrado)" in page
    assert "1900" not in page


def test_a_backup_restored_while_an_erasure_is_at_work_is_erased_by_the_list(
    app, admin, casos, rows
):
    send(admin, casos, "anonimizar", "anonimizar", "conservar", porque="Sigue abierto.")
    config = app.extensions["rastro_config"]
    with app.app_context():
        write_erasures(config.backup_dir)
        # As in the backup, which was made before anybody confirmed it.
        with transaction():
            db.session.execute(sa.delete(Trabajo).where(Trabajo.tipo == service.ERASE_JOB))
            execute_sealed(sa.delete(Supresion))
        assert apply_missing(config) == {"supresiones": 1}
        assert apply_missing(config) == {}
    assert [each.nombre for each in rows(Propietario)] == [None, None, PERSON["nombre"]]
    (row,) = rows(Supresion)
    assert row.estado is EstadoSupresion.HECHA
    assert row.huella == proof_of(row.numero, row.motivo, row.hechos)
    assert row.hechos["vaciadas"]["oficios"] == casos[:2]


@pytest.fixture
def mentioned(app, admin, buffet, usuario_admin, casos, rows):
    """A finished erasure with two texts of one surname: of an open case, and of somebody else's."""
    texts = {}
    for text in (
        "El vecino Peña, del 1204, no abre.",
        "La señora PEÑA vende el auto.",
        "Peñalolén",
    ):
        case = make_oficio(app, buffet, usuario_admin, notas_generales=text, rol=None)
        texts[case.id] = text
    send(admin, casos, "anonimizar", "anonimizar", "conservar", porque="Sigue abierto.")
    with app.app_context():
        work("test")
    (row,) = rows(Supresion)
    assert row.estado is EstadoSupresion.HECHA
    return row, texts


def test_an_admin_decides_on_each_probable_mention(app, admin, mentioned, rows):
    before, texts = mentioned
    url = f"/admin/personas/supresiones/{before.id}"
    ours, other, _commune = texts
    assert [(each["caso"], each["columna"]) for each in before.menciones] == [
        (ours, "notas_generales"),
        (other, "notas_generales"),
    ]
    assert "pena" not in str(before.hechos).lower(), "the proof names nobody"
    page = admin.get(url).text
    assert texts[ours] in page
    assert texts[other] in page

    for case, decision in ((ours, "borrar"), (other, "otra")):
        sent = {"lugar": f"oficios.{case}.notas_generales", "decision": decision}
        assert admin.post(f"{url}/menciones", data=sent).status_code == 303
        again = admin.post(f"{url}/menciones", data=sent, follow_redirects=True)
        assert "alguien decidió antes" in again.text
    assert [each.notas_generales for each in rows(Oficio) if each.id in texts] == [
        None,
        texts[other],
        texts[_commune],
    ]
    (row,) = rows(Supresion)
    assert row.menciones == []
    assert row.huella != before.huella
    with app.app_context():
        assert b"vecino" not in b"".join(
            (contenido or "").encode()
            for contenido in db.session.scalars(sa.select(Eslabon.contenido))
        )
        work("test")
        config = app.extensions["rastro_config"]
        assert read_list(config.backup_dir)[0]["hechos"]["decididas"] == [
            ["oficios", ours, ["notas_generales"]]
        ]
        # As in a backup that was made after the erasure and before the decision.
        with transaction():
            db.session.get_one(Oficio, ours).notas_generales = texts[ours]
            db.session.get_one(Supresion, row.id).hechos = before.hechos
        assert apply_missing(config) == {"supresiones": 1}
        assert apply_missing(config) == {}
        found = list(verify_all([ours, other]))
        assert [each.texto for one in found for each in one.problemas] == []
    assert [each.notas_generales for each in rows(Oficio) if each.id == ours] == [None]


def test_who_stands_only_inside_what_came_in_is_found_and_the_files_go(
    app, admin, buffet, casos, rows, usuario_admin
):
    line = b"Deudor;RUT\nNUNEZ PENA Jose;5.126.663-3\n"
    package = make_item(app, buffet, make_zip({"lista.csv": line}), "todo.zip")
    paper = make_item(app, buffet, b"%PDF-1.7 %%EOF", "orden.pdf")
    kept = make_item(app, buffet, line + b"2\n", "conservada.csv")
    upload = make_importacion(app, buffet, usuario_admin)
    with app.app_context():
        work("test")
        with transaction():
            db.session.get_one(Ingreso, paper).texto = "contra jose nunez pena, 5.126.663-3"
            db.session.get_one(Importacion, upload).contenido = line
            note_made(
                db.session.get_one(Ingreso, kept),
                casos[2:],
                actor=db.session.get_one(Usuario, usuario_admin.id),
                now=utcnow(),
            )
        found = find_person(read_buscado(**PERSON))
    (part,) = rows(Ingreso, padre_id=package)
    places = {each.tabla: {row.fila_id for row in each.hallazgos} for each in found.lugares}
    assert places["ingresos"] == {package, part.id, paper, kept}
    assert upload in places["importaciones"]

    sent = send(admin, casos, "anonimizar", "anonimizar", "conservar", porque="Sigue")
    assert sent.status_code == 303
    with app.app_context():
        work("test")
    left = {row.id: row.archivo_key for row in rows(Ingreso)}
    assert [left[pk] for pk in (package, part.id, paper)] == ["", "", ""]
    assert left[kept], "its case stays"
    with app.app_context():
        assert db.session.get_one(Ingreso, paper).texto is None
        assert db.session.get_one(Importacion, upload).contenido == b""
    (erasure,) = rows(Supresion)
    judged = [each for each in erasure.hechos["por_juzgar"] if each["tabla"] == "ingresos"]
    assert [each["fila"] for each in judged] == [kept]


def test_the_file_of_the_tray_that_a_case_came_of_goes_with_it(
    app, admin, buffet, casos, rows, usuario_admin
):
    package = make_zip({"lista.csv": LIST})
    top = make_item(app, buffet, package, "todo.zip")
    other = make_item(app, buffet, LIST + b"x", "otra.csv")
    named = make_item(app, buffet, b"Deudor;RUT\nNUNEZ PENA Jose;5.126.663-3\n", "sin-caso.csv")
    with app.app_context():
        work("test")
        found = find_person(read_buscado(**PERSON))
        (place,) = (each for each in found.lugares if each.tabla == "ingresos")
        assert [each.fila_id for each in place.fuera] == [named]
        assert place.fuera[0].extracto == "NUNEZ PENA Jose;5.126.663-3"
    (part,) = rows(Ingreso, padre_id=top)
    stored = {row.id: row.archivo_key for row in rows(Ingreso)}
    with app.app_context(), transaction():
        note_made(
            db.session.get_one(Ingreso, part.id),
            casos[:1],
            actor=db.session.get_one(Usuario, usuario_admin.id),
            now=utcnow(),
        )

    assert (
        send(admin, casos, "anonimizar", "anonimizar", "conservar", porque="Sigue").status_code
        == 303
    )
    with app.app_context():
        work("test")
        left = {file.key for file in current_storage().files("ingresos")}

    items = {row.id: row for row in rows(Ingreso)}
    assert [items[pk].archivo_key for pk in (top, part.id, named)] == ["", "", ""]
    # Other tests of this process have files in the same storage.
    assert not left & {stored[pk] for pk in (top, part.id, named)}
    assert items[other].archivo_key in left
    assert "lista.csv" not in items[part.id].nombre
    assert admin.post(f"/bandeja/{part.id}/archivo").status_code == 404
    with app.app_context():
        found = list(verify_all([OFFICE_CHAIN, casos[0]]))
    assert [each.texto for one in found for each in one.problemas] == []


def test_a_copy_of_the_audit_on_another_machine_is_named_before_and_after(
    app, admin, usuario_admin, configure, casos, rows
):
    configure(audit_syslog_url="syslog+tls://registros.ejemplo.cl")
    where = "registros.ejemplo.cl:6514"
    pk = make_erasure(app, usuario_admin)
    with app.app_context():
        while service.erase_next(pk, now=utcnow()):
            pass

    assert where in admin.get(f"/admin/personas/supresiones/{pk}").text
    proof = admin.get(f"/admin/personas/supresiones/{pk}/prueba.json").json
    assert proof["hechos"]["copias"] == [f"la auditoría que recibió {where}"]
    assert proof["sha256"] == proof_of(proof["numero"], proof["motivo"], proof["hechos"])
    found = admin.post("/admin/personas", data={"rut": PERSON["rut"], "motivo": "Solicitud"}).text
    assert "Copias que no se pueden buscar por dentro" in found
    assert f"{where} recibe una copia de la auditoría" in found


@pytest.mark.parametrize("column", ["hechos", "casos"])
def test_what_an_erasure_says_that_it_did_is_evidence(app, usuario_admin, column):
    supresion_id = make_erasure(app, usuario_admin)
    with app.app_context():
        while service.erase_next(supresion_id, now=utcnow()):
            pass
        assert verify(OFFICE_CHAIN).problemas == []
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE supresiones SET {column} = '[1]'"))
    with app.app_context():
        [problem] = verify(OFFICE_CHAIN).problemas
    assert "Se cambió la supresión" in problem.texto
    assert column in problem.texto
