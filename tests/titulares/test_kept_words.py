"""The words of files are read once, found without opening the file, and go with it."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa
import typst

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import get_storage
from app.bandeja.models import Ingreso
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.oficios.rules import Estado
from app.oficios.service import PropietarioData
from app.planillas.models import Importacion
from app.supresion.models import Supresion
from app.supresion.rules import EstadoSupresion, Trato
from app.supresion.service import confirm_erasure
from app.supresion.service.emptied_rows import empty_columns
from app.titulares.models import TextoDeArchivo
from app.titulares.queries import archivos
from app.titulares.queries.kept_words import list_unread
from app.titulares.queries.persona import find_person
from app.titulares.rules.identidad import read_buscado
from app.titulares.service.kept_words import keep_text
from app.usuarios.models import Usuario
from tests.adjuntos.files import make_adjunto
from tests.bandeja.rows import make_item, make_zip
from tests.factories import make_oficio
from tests.planillas.listados import make_importacion

NAME, RUT = "José Núñez Peña", "5.126.663-3"
PERSON = read_buscado(nombre=NAME, rut=RUT)
LINE = f"Deudor;RUT\n{NAME};{RUT}\n".encode()
PAPER = f"#set page(height: 5cm)\nVive con #linebreak() José Núñez\nPeña, RUT {RUT}."


@pytest.fixture
def own_list(configure, tmp_path):
    """The list of erasures lies beside the backups of this test alone."""
    configure(backup_dir=tmp_path / "respaldos")


@pytest.fixture
def read(app, buffet, usuario_admin, own_list):
    """Their case, a paper of somebody else's case, a package, and a list that was uploaded."""
    data = PropietarioData(nombre=NAME, rut="5126663-3")
    own = make_oficio(app, buffet, usuario_admin, estado=Estado.ENCONTRADO, propietario=data)
    other = make_oficio(app, buffet, usuario_admin)
    pdf = typst.compile(PAPER.encode(), format="pdf", ignore_system_fonts=True)
    ids = {
        "own": own.id,
        "paper": make_adjunto(app, other, usuario_admin, "informe.pdf", pdf).id,
        "package": make_item(app, buffet, make_zip({"lista.csv": LINE}), "todo.zip"),
        "list": make_importacion(app, buffet, usuario_admin, contenido=LINE),
    }
    with app.app_context():
        work("test")
    read_again(app, 1)
    return ids


def read_again(app, number):
    with app.app_context():
        with transaction():
            enqueue("titulares.textos", key=f"textos {number}", now=utcnow())
        work("test")


def places(app):
    with app.app_context():
        found = find_person(PERSON)
    return {each.tabla: {row.fila_id for row in each.hallazgos} for each in found.lugares}


def test_a_person_in_files_is_found_without_opening_them(app, read, rows, monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(archivos, "get_storage", refuse)
    monkeypatch.setattr(archivos, "line_that_names", refuse)
    found = places(app)
    (part,) = rows(Ingreso, padre_id=read["package"])
    assert found["adjuntos"] == {read["paper"]}
    assert found["ingresos"] == {read["package"], part.id}
    assert found["importaciones"] == {read["list"]}
    assert len(found["textos_de_archivos"]) == 3, "of the list and the part it is the same text"
    assert all("\0" not in row.texto for row in rows(TextoDeArchivo))


def test_an_erasure_leaves_no_word_but_of_the_file_that_a_person_judges(
    app, read, rows, usuario_admin
):
    with app.app_context():
        with transaction():
            confirm_erasure(
                PERSON,
                {read["own"]: Trato.ANONIMIZAR},
                "Solicitud 1",
                secret="secret",
                actor=db.session.get_one(Usuario, usuario_admin.id),
                now=utcnow(),
            )
        work("test")
    (done,) = rows(Supresion)
    assert done.estado is EstadoSupresion.HECHA
    assert {"tabla": "adjuntos", "fila": read["paper"], "que": "el archivo mismo"} in (
        done.hechos["por_juzgar"]
    )
    assert [row.texto for row in rows(TextoDeArchivo) if "5.126.663" in row.texto] == []
    with app.app_context():
        assert db.session.get_one(Importacion, read["list"]).contenido == b""

    read_again(app, 2)
    (left,) = (row for row in rows(TextoDeArchivo) if "5.126.663" in row.texto)
    assert left.sha256 == rows(Adjunto)[0].sha256, "the search goes on finding what is there"


def test_words_go_with_their_file_also_when_it_goes_while_they_are_read(app, read, rows):
    new = hashlib.sha256(b"x").hexdigest()
    with app.app_context():
        db.session.execute(sa.update(Importacion).values(sha256=new))
        db.session.commit()
        (waiting,) = (each for each in list_unread() if each.model is Importacion)
        db.session.rollback()
        with transaction():
            empty_columns(Importacion, read["list"], ["contenido", "sha256"])
        with transaction():
            assert not keep_text(waiting, "José", now=utcnow())
    assert "José" not in {row.texto for row in rows(TextoDeArchivo)}


def test_the_words_of_a_file_that_no_row_has_are_swept(app, read, rows):
    with app.app_context(), transaction():
        db.session.add(TextoDeArchivo(sha256="0" * 64, texto=NAME, entero=True))
    read_again(app, 2)
    assert "0" * 64 not in {row.sha256 for row in rows(TextoDeArchivo)}
    assert len(rows(TextoDeArchivo)) == 3


def test_a_lost_file_keeps_the_others_from_nothing(app, buffet, rows):
    lost = make_item(app, buffet, LINE, "uno.csv")
    make_item(app, buffet, LINE + b"2", "dos.csv")
    with app.app_context():
        work("test")
        row = db.session.get_one(Ingreso, lost)
        get_storage(row.almacen).delete(row.archivo_key)
        db.session.rollback()
    read_again(app, 1)
    (kept,) = rows(TextoDeArchivo)
    assert RUT in kept.texto
