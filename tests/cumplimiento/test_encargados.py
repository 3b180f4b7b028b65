"""A law firm's contract: its versions, the warning of its end, and what is done then."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.auditoria.models import Divulgacion
from app.avisos.models import Aviso
from app.core.clock import local_today, utcnow
from app.cumplimiento.models.encargados import Encargo, TerminoEncargo
from app.cumplimiento.pages import returned_data
from app.cumplimiento.queries.encargados import count_sorted, sort_cases
from app.cumplimiento.rules.encargados import EstadoEncargo, ModoTermino, contract_state
from app.cumplimiento.service.encargados import warn_of_ends
from app.db import db, transaction
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Estado
from app.oficios.service import PropietarioData
from app.titulares.models import Bloqueo
from tests.adjuntos.files import make_adjunto
from tests.cumplimiento.encargo_rows import make_contract
from tests.factories import make_oficio
from tests.titulares.rows import make_block

TODAY = date(2026, 12, 31)
CONTRACT = {
    "objeto": "Ubicar vehículos",
    "desde": "2026-12-01",
    "hasta": "",
    "finalidad": "Ejercicio de derechos",
    "categorias": "Nombre\nPatente",
    "instrucciones": "",
    "version": "0",
}


@pytest.fixture(autouse=True)
def own_list(configure, tmp_path):
    """The list of erasures lies beside the backups; that of another test is not read here."""
    configure(backup_dir=tmp_path / "respaldos")


@pytest.mark.parametrize(
    ("desde", "hasta", "state"),
    [
        (None, None, EstadoEncargo.SIN_CONTRATO),
        (date(2026, 1, 1), None, EstadoEncargo.VIGENTE),
        (date(2027, 1, 1), None, EstadoEncargo.FUTURO),
        (date(2026, 1, 1), date(2027, 1, 31), EstadoEncargo.VIGENTE),
        (date(2026, 1, 1), date(2027, 1, 30), EstadoEncargo.POR_TERMINAR),
        (date(2026, 1, 1), date(2026, 12, 31), EstadoEncargo.POR_TERMINAR),
        (date(2026, 1, 1), date(2026, 12, 30), EstadoEncargo.TERMINADO),
    ],
)
def test_how_a_contract_stands(desde, hasta, state):
    assert contract_state(desde, hasta, TODAY, 30) is state


def test_a_change_is_a_version_more_and_nothing_is_rewritten(admin, buffet, usuario_admin, rows):
    url = f"/admin/encargos/{buffet.id}"
    sub = {"sub_nombre": ["Nube <b>SpA</b>", ""], "sub_servicio": ["alojamiento", ""]}
    refused = admin.post(url, data={**CONTRACT, **sub, "sub_autorizado": ["", ""]})
    assert refused.status_code == 422
    assert "sin esa autorización no se registra" in refused.text
    assert "Nube &lt;b&gt;SpA&lt;/b&gt;" in refused.text, "what was typed stays"
    assert rows(Encargo) == []

    sub["sub_autorizado"] = ["02-12-2026", ""]
    assert admin.post(url, data={**CONTRACT, **sub}).status_code == 303
    same = {**CONTRACT, **sub, "version": "1"}
    assert admin.post(url, data=same).status_code == 303
    assert len(rows(Encargo)) == 1, "the same is no new version"
    wrong = admin.post(url, data={**same, "hasta": "2026-11-30"})
    assert wrong.status_code == 422
    assert "anterior al comienzo" in wrong.text
    assert admin.post(url, data={**CONTRACT, "objeto": "Otro"}).status_code == 409
    ended = {**CONTRACT, "hasta": "30-11-2027", "version": "1"}
    assert admin.post(url, data=ended).status_code == 303

    first, second = rows(Encargo)
    assert (first.numero, first.hasta, second.numero) == (1, None, 2)
    assert first.subencargados == [
        {"nombre": "Nube <b>SpA</b>", "servicio": "alojamiento", "autorizado": "2026-12-02"}
    ]
    assert (second.hasta, second.subencargados) == (date(2027, 11, 30), [])
    assert second.creado_por_id == usuario_admin.id
    page = admin.get(url).text
    assert "autorizado por escrito el 02-12-2026" in page
    assert page.count("<summary>Versión") == 2
    assert 'Último cambio: <a href="/admin/auditoria/registro-' in page
    assert url in admin.get(f"/admin/buffets/{buffet.id}").text
    every = admin.get("/admin/encargos").text
    assert "hasta el 30-11-2027" in every
    assert "Último cambio" in every


def test_the_bell_warns_before_the_end_and_at_it_once_each(app, buffet, usuario_admin, rows):
    make_contract(app, buffet, usuario_admin, ends_in=30)
    now = utcnow()
    for days in (-1, 0, 15, 31, 40):
        with app.app_context(), transaction():
            warn_of_ends(now + timedelta(days=days))

    told = [row.texto for row in rows(Aviso)]
    assert len(told) == 2
    assert "termina el" in told[0]
    assert "devuelva sus datos o suprímalos" in told[1]


def finish_jobs(app):
    """Do what waits, then watch the contracts once, as is done by the clock."""
    with app.app_context():
        work("test")
        with transaction():
            enqueue("cumplimiento.encargos", key="watch", now=utcnow())
        work("test")


def test_at_the_end_the_data_go_back_with_a_certificate(
    app, admin, buffet, otro_buffet, usuario_admin, rows
):
    url = f"/admin/encargos/{buffet.id}"
    person = PropietarioData(nombre="Rosa Soto", rut="15987654-9")
    caso = make_oficio(app, buffet, usuario_admin, propietario=person)
    photo = make_adjunto(app, caso, usuario_admin)
    other = PropietarioData(nombre="Nadie Ajeno")
    ajeno = make_oficio(app, otro_buffet, usuario_admin, propietario=other)
    make_block(app, buffet, usuario_admin)
    send = {"entrega": "Marcela González, en un disco cifrado"}
    assert admin.post(f"{url}/devolver", data=send).status_code == 409, "no contract"
    make_contract(app, buffet, usuario_admin)
    assert admin.post(f"{url}/devolver", data={}).status_code == 422
    assert rows(TerminoEncargo) == []

    answer = admin.post(f"{url}/devolver", data=send)

    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        sums = archive.read("SHA256SUMS")
        listed = dict(reversed(line.split("  ")) for line in sums.decode().splitlines())
        for name, digest in listed.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest, name
        assert {*archive.namelist()} == {*listed, "SHA256SUMS", "LEAME.txt"}
        people = archive.read("tablas/propietarios.csv").decode("utf-8-sig")
        cases = archive.read("tablas/oficios.csv").decode("utf-8-sig").splitlines()
    assert "Rosa Soto" in people
    assert "Nadie Ajeno" not in people
    assert len(cases) == 2, "the header and the one case that is not blocked"
    assert any(name.startswith(f"archivos/{caso.id}/{photo.id}-") for name in listed)
    (row,) = rows(TerminoEncargo)
    assert (row.casos, len(row.conservados), row.archivos) == ([caso.id], 1, 1)
    assert row.manifiesto_sha256 == hashlib.sha256(sums).hexdigest()
    (told,) = rows(Divulgacion)
    assert (told.buffet_id, told.base) == (buffet.id, "Término del contrato de encargo")
    assert "disco cifrado" in told.destinatario
    looks = "/admin/divulgaciones/quien-miro?oficio="
    assert row.numero in admin.get(f"{looks}{caso.id}").text
    assert row.numero not in admin.get(f"{looks}{ajeno.id}").text

    finish_jobs(app)
    (row,) = rows(TerminoEncargo)
    pdf = admin.get(f"/admin/encargos/certificados/{row.id}.pdf").data
    assert pdf.startswith(b"%PDF-")
    assert hashlib.sha256(pdf).hexdigest() == row.pdf_sha256
    page = admin.get(url).text
    assert row.pdf_sha256 in page


def test_a_package_that_nobody_reads_to_its_end_leaves_no_open_files(
    app, admin, buffet, usuario_admin, monkeypatch
):
    make_oficio(app, buffet, usuario_admin)
    make_contract(app, buffet, usuario_admin)
    opened = []
    monkeypatch.setattr(
        returned_data, "_open_table", lambda: opened.append(io.BytesIO()) or opened[-1]
    )
    answer = admin.post(f"/admin/encargos/{buffet.id}/devolver", data={"entrega": "En un disco"})

    answer.close()

    assert answer.mimetype == "application/zip"
    assert opened
    assert all(file.closed for file in opened)


def test_at_the_end_closed_cases_are_erased_and_open_ones_stay(
    app, admin, buffet, usuario_admin, rows
):
    url = f"/admin/encargos/{buffet.id}/suprimir"
    person = PropietarioData(nombre="Rosa Soto", rut="15987654-9")
    closed, still_open = (
        make_oficio(app, buffet, usuario_admin, estado=estado, propietario=person).id
        for estado in (Estado.NO_ENCONTRADO, Estado.PENDIENTE)
    )
    make_contract(app, buffet, usuario_admin, ends_in=0)
    assert admin.post(url, data={"porque": "x", "confirma": "y"}).status_code == 409, "in force"
    admin.post(
        f"/admin/encargos/{buffet.id}",
        data={
            **CONTRACT,
            "desde": "2025-12-01",
            "hasta": (local_today(utcnow()) - timedelta(days=1)).isoformat(),
            "version": "1",
        },
    )
    assert admin.post(url, data={"porque": "Sigue abierto."}).status_code == 422
    unsaid = admin.post(url, data={"porque": "", "confirma": "y"})
    assert unsaid.status_code == 422
    assert "por qué se conservan" in unsaid.text
    assert rows(TerminoEncargo) == []

    assert admin.post(url, data={"porque": "Sigue abierto.", "confirma": "y"}).status_code == 303
    (row,) = rows(TerminoEncargo)
    assert (row.casos, row.conservados) == ([closed], [still_open])
    assert "cuando la supresión termine" in admin.get(f"/admin/encargos/{buffet.id}").text
    finish_jobs(app)

    names = {each.oficio_id: each.nombre for each in rows(Propietario)}
    assert names == {closed: None, still_open: "Rosa Soto"}
    assert {each.id for each in rows(Oficio)} == {closed, still_open}
    (row,) = rows(TerminoEncargo)
    assert row.certificado_at is not None
    assert admin.get(f"/admin/encargos/certificados/{row.id}.pdf").data.startswith(b"%PDF-")
    again = admin.post(url, data={"porque": "Sigue abierto.", "confirma": "y"})
    assert again.status_code == 409, "nothing is left to erase"


def test_the_page_counts_what_the_end_would_find(app, admin, buffet, usuario_admin):
    """Of a blocked case that was erased before, too; the numbers are those of the lists."""
    cases = [
        make_oficio(app, buffet, usuario_admin, estado=estado).id
        for estado in (*Estado, Estado.ENCONTRADO, Estado.PENDIENTE, Estado.NO_ENCONTRADO)
    ]
    closed, gone, both, still_open = cases[3], cases[4], cases[5], cases[6]
    make_contract(app, buffet, usuario_admin, ends_in=0)
    with app.app_context(), transaction():
        (contract,) = db.session.scalars(sa.select(Encargo))
        for oficio_id in (closed, both, still_open):
            db.session.add(
                Bloqueo(
                    oficio_id=oficio_id,
                    motivo="Lo pidió.",
                    bloqueado_at=utcnow(),
                    bloqueado_por_id=usuario_admin.id,
                )
            )
        db.session.add(
            TerminoEncargo(
                encargo_id=contract.id,
                buffet_id=buffet.id,
                numero="E-2026-0001",
                modo=ModoTermino.SUPRESION,
                casos=[gone, both, 99_999],
                conservados=[],
                decidido_por_id=usuario_admin.id,
                decidido_at=utcnow(),
            )
        )
    with app.app_context():
        counted, found = count_sorted(buffet.id), sort_cases(buffet.id)
        told = {name: len(getattr(found, name)) for name in vars(counted)}
        assert vars(counted) == told
        assert told == {"cerrados": 1, "abiertos": 3, "bloqueados": 2, "borrados": 2}
    page = admin.get(f"/admin/encargos/{buffet.id}").text
    assert "1 casos cerrados, 3 abiertos, 2 bloqueados" in " ".join(page.split())
