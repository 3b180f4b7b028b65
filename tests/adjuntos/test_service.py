"""Files and rows come and stay together; each file of several is a unit."""

from __future__ import annotations

import errno
import hashlib
import threading
from contextlib import contextmanager
from io import BytesIO

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from app.adjuntos import service
from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import LocalStorage
from app.adjuntos.queries import count_adjuntos, list_adjuntos, list_images
from app.adjuntos.rules import TipoAdjunto
from app.adjuntos.service import (
    Upload,
    UploadResult,
    add_adjuntos,
    delete_adjunto,
    placing,
    read_copy,
    summarize,
    update_adjunto,
)
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused
from app.custodia.service import execute_sealed
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.usuarios.models import Usuario
from tests.adjuntos.conftest import keys_in
from tests.adjuntos.files import camera_exif, encode, jpeg, make_adjunto, pdf, picture, send
from tests.factories import make_oficio


def test_the_original_is_kept_byte_for_byte_under_its_hash(
    app, archive, oficio, usuario_investigador, rows
):
    data = jpeg(exif=camera_exif(6)) + b"trailing junk"

    make_adjunto(app, oficio, usuario_investigador, "IMG 1.JPG", data)

    (adjunto,) = rows(Adjunto)
    assert archive.read(adjunto.original_key) == data
    assert adjunto.sha256 == hashlib.sha256(data).hexdigest()
    assert adjunto.sha256 in adjunto.original_key
    assert adjunto.tamano_bytes == len(data)
    assert archive.read(adjunto.copia_key).startswith(b"\xff\xd8")
    assert len(archive.keys()) == 3
    assert (adjunto.filename, adjunto.mime_type) == ("IMG 1.JPG", "image/jpeg")
    assert (adjunto.ancho, adjunto.alto) == (48, 64)
    assert adjunto.metadatos["gps"] == {"lat": -33.4375, "lon": -70.65}
    assert adjunto.usuario_id == usuario_investigador.id
    assert adjunto.tipo is TipoAdjunto.FOTO_VEHICULO


def test_the_bitacora_tells_of_it_in_the_same_transaction(
    app, archive, oficio, usuario_investigador, rows
):
    adjunto = make_adjunto(app, oficio, usuario_investigador, "frente.jpg")

    (entry,) = rows(Investigacion, tipo=Actividad.ADJUNTO)
    assert entry.descripcion == "Agrega la foto «frente.jpg»"
    assert entry.usuario_id == usuario_investigador.id
    assert entry.detalle == {"adjunto_id": adjunto.id, "sha256": adjunto.sha256}
    assert rows(Oficio)[0].ultima_actividad_at == entry.ocurrido_at


def test_the_good_files_are_kept_and_the_bad_ones_named(
    app, archive, oficio, usuario_investigador, rows
):
    results = send(
        app,
        oficio,
        usuario_investigador,
        ("uno.jpg", jpeg()),
        ("virus.jpg", b"MZ" + bytes(100)),
        ("orden.pdf", pdf()),
        ("vacio.png", b""),
        tipo=TipoAdjunto.FOTO_VEHICULO,
        descripcion="Frente a la casa",
    )

    assert [result.filename for result in results] == [
        "uno.jpg",
        "virus.jpg",
        "orden.pdf",
        "vacio.png",
    ]
    assert "programa" in results[1].problem
    assert "vacío" in results[3].problem
    assert [row.filename for row in rows(Adjunto)] == ["uno.jpg", "orden.pdf"]
    assert [row.tipo.value for row in rows(Adjunto)] == ["foto_vehiculo", "documento"]
    assert {row.descripcion for row in rows(Adjunto)} == {"Frente a la casa"}
    assert len(archive.keys()) == 4
    assert summarize(results) == "Se guardaron 2 archivos. 2 archivos no se guardaron: vea por qué."


def test_the_same_file_twice_is_recognised_and_stored_once(
    app, archive, oficio, usuario_investigador, rows
):
    data = jpeg()

    first, again, other = send(
        app,
        oficio,
        usuario_investigador,
        ("a.jpg", data),
        ("b.jpg", data),
        ("c.jpg", jpeg()),
    )

    assert first.adjunto_id
    assert other.adjunto_id
    assert again.is_repeated
    assert not again.is_failed
    assert again.problem == "Ya está en este oficio, como «a.jpg»: no se guardó otra vez."
    assert len(rows(Adjunto)) == 2
    assert len(archive.keys()) == 6


def test_another_oficio_may_have_the_same_file_with_files_of_its_own(
    app, archive, buffet, oficio, usuario_investigador, rows
):
    data = jpeg()
    other = make_oficio(app, buffet, usuario_investigador)

    make_adjunto(app, oficio, usuario_investigador, "a.jpg", data)
    make_adjunto(app, other, usuario_investigador, "a.jpg", data)

    assert len({row.original_key for row in rows(Adjunto)}) == 2
    assert len(archive.keys()) == 6


def test_a_deleted_file_may_be_added_again(app, archive, oficio, usuario_investigador):
    data = jpeg()
    adjunto = make_adjunto(app, oficio, usuario_investigador, "a.jpg", data)
    remove(app, adjunto, usuario_investigador)

    make_adjunto(app, oficio, usuario_investigador, "a.jpg", data)

    with app.app_context():
        assert db.session.scalar(count_adjuntos(oficio.id)) == 1


def test_two_people_who_send_the_same_photo_at_once_store_it_once(
    app, archive, oficio, usuario_investigador, rows, monkeypatch
):
    data = jpeg()
    both = threading.Barrier(2)
    original = placing.read_content

    def together(content):
        both.wait(10)
        return original(content)

    monkeypatch.setattr(placing, "read_content", together)
    results: list[UploadResult] = []

    def one(name):
        results.extend(send(app, oficio, usuario_investigador, (name, data)))

    threads = [threading.Thread(target=one, args=(name,)) for name in ("a.jpg", "b.jpg")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(result.is_repeated for result in results) == [False, True]
    assert len(rows(Adjunto)) == 1
    assert len(archive.keys()) == 3
    assert archive.exists(rows(Adjunto)[0].original_key)


class FullStorage(LocalStorage):
    """A disk with room for a number of files."""

    def __init__(self, root, room):
        super().__init__(root)
        self.room = room

    def put(self, key, data):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= 1
        super().put(key, data)


@pytest.mark.parametrize("room", [0, 1, 2])
def test_a_full_disk_is_said_and_leaves_no_row_and_no_file(
    app, tmp_path, oficio, usuario_investigador, rows, room
):
    (result,) = send(
        app,
        oficio,
        usuario_investigador,
        ("a.jpg", jpeg()),
        storage=FullStorage(tmp_path / "lleno", room),
    )

    assert "No hay espacio en el almacenamiento del servidor" in result.problem
    assert rows(Adjunto) == []
    assert rows(Investigacion, tipo=Actividad.ADJUNTO) == []
    assert keys_in(LocalStorage(tmp_path / "lleno")) == []


def test_what_fitted_before_the_disk_was_full_is_kept(
    app, tmp_path, oficio, usuario_investigador, rows
):
    first, second = send(
        app,
        oficio,
        usuario_investigador,
        ("a.jpg", jpeg()),
        ("b.jpg", jpeg()),
        storage=FullStorage(tmp_path / "lleno", 4),
    )

    assert (first.problem, second.adjunto_id) == (None, None)
    assert len(rows(Adjunto)) == 1
    assert len(keys_in(LocalStorage(tmp_path / "lleno"))) == 3


class StubbornStorage(FullStorage):
    """A disk that neither takes nor gives back."""

    def delete(self, key):
        raise OSError(errno.EIO, "Input/output error")


def test_a_file_that_cannot_be_taken_back_does_not_hide_why_it_failed(
    app, tmp_path, oficio, usuario_investigador, rows
):
    (result,) = send(
        app,
        oficio,
        usuario_investigador,
        ("a.jpg", jpeg()),
        storage=StubbornStorage(tmp_path / "roto", 1),
    )

    assert "almacenamiento" in result.problem
    assert rows(Adjunto) == []


def test_a_transaction_that_fails_leaves_no_file(
    app, archive, oficio, usuario_investigador, rows, monkeypatch
):
    def fail(*_args, **_kwargs):
        raise OperationalError("COMMIT", {}, Exception("the disk of the database is full"))

    monkeypatch.setattr(service, "record", fail)

    with pytest.raises(OperationalError):
        send(app, oficio, usuario_investigador, ("a.jpg", jpeg()))

    assert rows(Adjunto) == []
    assert archive.keys() == []


def test_a_row_that_was_stored_although_the_answer_was_lost_keeps_its_files(
    app, archive, oficio, usuario_investigador, rows, monkeypatch
):
    @contextmanager
    def lost_answer():
        with transaction():
            yield
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(service, "transaction", lost_answer)

    with pytest.raises(OperationalError):
        send(app, oficio, usuario_investigador, ("a.jpg", jpeg()))

    (adjunto,) = rows(Adjunto)
    assert archive.exists(adjunto.original_key)


def test_files_stay_when_nobody_can_tell_whether_they_have_a_row(
    app, archive, oficio, usuario_investigador, monkeypatch
):
    def down(*_args, **_kwargs):
        raise OperationalError("SELECT", {}, Exception("no connection"))

    monkeypatch.setattr(service, "record", down)
    monkeypatch.setattr(placing, "is_referenced", down)

    with pytest.raises(OperationalError):
        send(app, oficio, usuario_investigador, ("a.jpg", jpeg()))

    assert len(archive.keys()) == 3


def test_a_constraint_that_is_not_about_the_same_file_is_not_explained_away(
    app, archive, oficio, usuario_investigador, monkeypatch
):
    def fail(*_args, **_kwargs):
        raise IntegrityError("INSERT", {}, Exception("another constraint"))

    monkeypatch.setattr(service, "record", fail)

    with pytest.raises(IntegrityError):
        send(app, oficio, usuario_investigador, ("a.jpg", jpeg()))

    assert archive.keys() == []


def test_a_file_above_the_limit_is_refused_and_not_read_to_its_end(
    app, archive, oficio, usuario_investigador
):
    stream = BytesIO(bytes(5_000_000))
    with app.app_context():
        (result,) = add_adjuntos(
            oficio.id,
            [Upload("grande.jpg", stream)],
            actor=db.session.get_one(Usuario, usuario_investigador.id),
            now=utcnow(),
            max_bytes=2 * 1024 * 1024,
        )

    assert result.problem.startswith("Pesa más de 2 MB, que es el máximo por archivo.")
    assert stream.tell() == 2 * 1024 * 1024 + 1


def test_a_file_of_exactly_the_limit_is_taken(app, archive, oficio, usuario_investigador):
    data = jpeg()

    (result,) = send(app, oficio, usuario_investigador, ("a.jpg", data), max_bytes=len(data))

    assert result.adjunto_id


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("foto ñandú.jpg", "foto nandu.jpg"),
        ("a\r\nBcc: todos@x.example.jpg", "a Bcc- todos-x.example.jpg"),
        ("gpj.\u202eexe", "gpj.exe.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\fotos\\auto.jpg", "auto.jpg"),
        ('"><script>.jpg', "script.jpg"),
        ("auto.JPEG", "auto.JPEG"),
        ("auto.png", "auto.png.jpg"),
        ("", "archivo.jpg"),
        ("....", "archivo.jpg"),
        ("CON.jpg", "archivo-CON.jpg"),
    ],
)
def test_a_name_is_made_safe_and_says_what_the_file_is(
    app, archive, oficio, usuario_investigador, given, kept
):
    assert make_adjunto(app, oficio, usuario_investigador, given).filename == kept


def test_a_name_of_three_hundred_letters_is_cut(app, archive, oficio, usuario_investigador):
    adjunto = make_adjunto(app, oficio, usuario_investigador, "ñ" * 300 + ".jpg")

    assert len(adjunto.filename) <= 105
    assert adjunto.filename.endswith("n.jpg")


def test_a_description_is_changed_and_the_bitacora_keeps_the_old_one(
    app, archive, oficio, usuario_investigador, rows
):
    adjunto = make_adjunto(app, oficio, usuario_investigador, "a.jpg")

    change(app, adjunto, usuario_investigador, TipoAdjunto.EVIDENCIA, "Patente trasera")
    change(app, adjunto, usuario_investigador, TipoAdjunto.EVIDENCIA, "Patente trasera")

    assert rows(Adjunto)[0].descripcion == "Patente trasera"
    entries = rows(Investigacion, tipo=Actividad.ADJUNTO)
    assert [entry.descripcion for entry in entries[1:]] == ["Cambia los datos de la foto «a.jpg»"]
    assert entries[1].detalle["antes"] == {
        "tipo": "foto_vehiculo",
        "descripcion": None,
        "visita_id": None,
    }


def test_a_pdf_is_not_called_a_photo(app, archive, oficio, usuario_investigador, rows):
    adjunto = make_adjunto(app, oficio, usuario_investigador, "orden.pdf", pdf())

    with pytest.raises(InvalidValue, match="no es una foto"):
        change(app, adjunto, usuario_investigador, TipoAdjunto.FOTO_VEHICULO, None)

    change(app, adjunto, usuario_investigador, TipoAdjunto.EVIDENCIA, None)
    assert rows(Adjunto)[0].tipo is TipoAdjunto.EVIDENCIA


def test_deleting_is_a_mark_with_a_reason_and_keeps_the_evidence(
    app, archive, oficio, usuario_investigador, rows
):
    adjunto = make_adjunto(app, oficio, usuario_investigador, "a.jpg")

    remove(app, adjunto, usuario_investigador, "Es de otro auto")

    (row,) = rows(Adjunto)
    assert (row.eliminado_por_id, row.eliminado_motivo) == (
        usuario_investigador.id,
        "Es de otro auto",
    )
    assert row.eliminado_at is not None
    assert len(archive.keys()) == 3
    entry = rows(Investigacion, tipo=Actividad.ADJUNTO)[-1]
    assert entry.descripcion == "Elimina la foto «a.jpg»"
    assert entry.detalle["motivo"] == "Es de otro auto"
    assert rows(Auditoria, accion="adjunto.eliminado")[0].entidad_id == adjunto.id
    with pytest.raises(Refused, match="ya lo eliminó"):
        remove(app, adjunto, usuario_investigador)


def test_the_lists_show_what_was_not_deleted_newest_first(
    app, archive, oficio, usuario_investigador
):
    gone, photo, paper = (
        make_adjunto(app, oficio, usuario_investigador, name, data)
        for name, data in (("x.jpg", jpeg()), ("a.jpg", jpeg()), ("b.pdf", pdf()))
    )
    remove(app, gone, usuario_investigador)

    with app.app_context():
        assert [row.id for row in list_adjuntos(oficio.id)] == [paper.id, photo.id]
        assert [row.id for row in list_images(oficio.id)] == [photo.id]
        assert db.session.scalar(count_adjuntos(oficio.id)) == 2
        assert db.session.scalar(count_adjuntos(oficio.id + 1)) == 0


def test_a_mail_carries_the_clean_copy_or_the_document(app, archive, oficio, usuario_investigador):
    photo = make_adjunto(
        app, oficio, usuario_investigador, "a.heic", encode(picture(), "HEIF", exif=camera_exif())
    )
    document = pdf()
    paper = make_adjunto(app, oficio, usuario_investigador, "b.pdf", document)

    with app.app_context():
        data, mime_type = read_copy(photo)
        assert (mime_type, data[:2]) == ("image/jpeg", b"\xff\xd8")
        assert b"Acme" not in data
        assert read_copy(paper) == (document, "application/pdf")


def test_a_summary_counts_one_in_the_singular():
    assert summarize([UploadResult("a.jpg", 1)]) == "Se guardó 1 archivo."
    assert summarize([UploadResult("a.jpg", problem="x")]) == "1 archivo no se guardó: vea por qué."
    repeated = UploadResult("a.jpg", problem="x", is_repeated=True)
    assert summarize([repeated]) == "Ya estaba en este oficio: «a.jpg»."
    assert summarize([repeated, repeated]) == "Ya estaban en este oficio: «a.jpg», «a.jpg»."


def change(app, adjunto, actor, tipo, descripcion):
    with app.app_context(), transaction():
        update_adjunto(
            db.session.get_one(Adjunto, adjunto.id),
            tipo=tipo,
            descripcion=descripcion,
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )


def remove(app, adjunto, actor, motivo="Repetida"):
    with app.app_context(), transaction():
        delete_adjunto(
            db.session.get_one(Adjunto, adjunto.id),
            motivo,
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )


def test_the_database_itself_refuses_the_same_file_twice(
    app, archive, oficio, usuario_investigador
):
    adjunto = make_adjunto(app, oficio, usuario_investigador)

    values = {
        column.name: getattr(adjunto, column.name)
        for column in Adjunto.__table__.columns
        if column.name != "id"
    }

    with app.app_context(), transaction(), pytest.raises(IntegrityError, match=r"oficio_id|same"):
        execute_sealed(sa.insert(Adjunto).values(**values))
