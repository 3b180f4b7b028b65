"""What is printed: read back from the PDF itself."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import ExifTags, Image
from pypdf import PdfReader

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import LocalStorage
from app.adjuntos.service import choose_cover, place_adjunto, set_approval, update_adjunto
from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.avistamientos.rules import Fuente
from app.core.clock import utcnow
from app.db import db, transaction
from app.direcciones.rules import ResultadoVisita
from app.informes.jobs import make_expediente as print_job
from app.informes.models import Expediente
from app.informes.outside import typesetting
from app.informes.outside.typesetting import print_pdf
from app.informes.queries.expediente_contents import gather
from app.informes.rules import EstadoExpediente, Variante, photo_side
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import LeaseLost, claim, work
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.rules import TipoRespuesta
from app.notificaciones.service import RespuestaData, answer_notice
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import (
    DireccionData,
    Move,
    PropietarioData,
    VisitaData,
    add_visita,
    move_oficio,
    record,
)
from app.usuarios.models import Usuario
from tests.adjuntos.files import camera_exif, jpeg, make_adjunto, pdf
from tests.ajustes.logos import make_logo
from tests.avistamientos.rows import an_answer, make_sighting, store
from tests.factories import make_oficio
from tests.informes.expedientes import find, make_expediente, order, pdf_of
from tests.notificaciones.rows import make_notice
from tests.porticos.rows import load_catalogue

HOSTILE = (
    '#set page(fill: red) #panic("no") $x^2$ *b* _c_ `r` @ref <etiqueta> // /* */ [x] \\',
    "<script>alert(1)</script> {{ 7*7 }} & \" '",
    "Larga" + "x" * 290,
    "😀🚗🇨🇱👨\u200d👩\u200d👧 עברית مرحبا 汉字 \u202egnp.exe Z̷͑̂a̸",
    "Uno\nDos\n\n\n\nTres\tcuatro\x07",
)


@pytest.fixture
def rich(app, buffet, usuario_investigador):
    """A case with one of everything."""
    case = make_oficio(
        app,
        buffet,
        usuario_investigador,
        estado=Estado.PENDIENTE,
        propietario=PropietarioData(nombre="Rosa Soto", rut="11111111-1", notas="Atiende tarde."),
        direccion=DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa", notas="Portón café."),
        rol="C-3030-2026",
        tribunal="19º Juzgado Civil de Santiago",
        caratulado="BANCO/SOTO",
        fecha_oficio=date(2026, 10, 19),
    )
    now = utcnow()
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, case.id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        record(row, Actividad.NOTA, "El conserje lo vio salir.", actor=actor, now=now)
        visit = VisitaData(
            ResultadoVisita.NO_ENCONTRADO,
            fecha_hora=now - timedelta(hours=2),
            notas="Nadie abre.",
            lat=-33.45,
            lon=-70.6,
            exactitud_m=12.0,
        )
        add_visita(row, row.direcciones[0], visit, actor=actor, now=now)
        move_oficio(row, Move(Estado.INVESTIGACION, row.version), actor=actor, now=now)
    load_catalogue(app)
    store(app, case, an_answer(body='{"avistamientos": []}'))
    make_sighting(app, case, usuario_investigador, ubicacion="Pasaje Las Lilas")
    make_sighting(
        app,
        case,
        usuario_investigador,
        fuente=Fuente.MULTA,
        fecha=date(2026, 11, 3),
        ubicacion="Autopista Central, pórtico PA19 (Ruta 5 Sur – Américo Vespucio)",
        empresa="Autopista Central",
    )
    make_adjunto(app, case, usuario_investigador, "auto.jpg", jpeg(exif=camera_exif()))
    make_adjunto(app, case, usuario_investigador, "orden.pdf", pdf())
    notice = make_notice(app, case, usuario_investigador, asunto="Vehículo ubicado en Ñuñoa")
    with app.app_context(), transaction():
        data = RespuestaData(TipoRespuesta.DILIGENCIADO, comentario="Retirado a las 19:00.")
        row = db.session.get_one(Notificacion, notice)
        answer_notice(row, data, clave="una-respuesta", now=utcnow())
    return case


def test_the_court_gets_everything_that_the_case_holds(app, rich, rows, printed):
    row, text = printed(case=rich)

    for expected in (
        "Para el tribunal",
        row.codigo,
        f"http://localhost/verificar/{row.codigo}",
        rich.numero_oficio,
        "C-3030-2026",
        "19º Juzgado Civil de Santiago",
        "BANCO/SOTO",
        "Suzuki Swift",
        "Rosa Soto",
        "11.111.111-1",
        "Atiende tarde.",
        "El conserje lo vio salir.",
        "Pasa a Investigación",
        "Av. Grecia 1180, Ñuñoa",
        "Portón café.",
        "Nadie abre.",
        "-33.450000, -70.600000 (± 12 m)",
        "Pasaje Las Lilas",
        "[A] Autopista Central, pórtico PA19",
        "19-10-2026",
        "1 de 2 avistamientos no tienen coordenadas y no se dibujan.",
        "Hora: tomada el 20-11-2026 18:04 según la cámara",
        "Cámara: Acme Foto 3",
        "-33.437500, -70.650000",
        "orden.pdf",
        "Vehículo ubicado en Ñuñoa",
        "ema.soto@actuarios.example",
        "Respuesta: Diligencia realizada",
        "Retirado a las 19:00.",
        "Al emitir este expediente se comparó con lo que guarda la oficina y nada fue alterado.",
        "1 de ",
    ):
        assert expected in text, expected
    hashes = {f["sha256"] for f in row.originales}
    hashes |= {e.respuesta_sha256 for e in rows(Investigacion) if e.respuesta_sha256}
    assert len(hashes) == 3
    assert all(digest in text for digest in hashes)


def test_the_buffet_gets_its_head_its_milestones_and_the_photos_that_were_approved(
    app, rich, usuario_investigador, printed
):
    row, text = printed(Variante.BUFFET, case=rich)
    for expected in ("Para el buffet", "BANCO/SOTO", "Comienza la búsqueda", "Suzuki Swift"):
        assert expected in text, expected
    for secret in (
        *("El conserje", "Atiende tarde", "Portón café", "Nadie abre", "Pasaje Las Lilas", "PA19"),
        *("orden.pdf", "auto.jpg", "Avistamientos", "Retirado a las", "actuarios.example"),
        *("Rosa Soto", "11.111.111", "Av. Grecia", "-33.4", "-70.6", "Acme", "Carla Muñoz"),
        # Not even that there are none, which is not known from this variant.
        *("Personas", "Direcciones y visitas", "Avisos y respuestas", "VIN", "Foto 1"),
    ):
        assert secret not in text, secret
    assert row.originales == []

    with app.app_context(), transaction():
        photo = db.session.scalar(sa.select(Adjunto).where(Adjunto.filename == "auto.jpg"))
        digest = photo.sha256
        set_approval(photo, aprobado=True, actor=usuario_investigador, now=utcnow())
    row, text = printed(Variante.BUFFET, case=rich)

    assert "Foto 1" in text
    assert digest in text.replace(" ", "")
    for secret in ("auto.jpg", "-33.4", "Acme", "Carla Muñoz", "20-11-2026 18:04"):
        assert secret not in text, secret
    assert [original["nombre"] for original in row.originales] == ["originales/001-auto.jpg"]


def test_every_page_is_numbered(app, rich, printed):
    row, _ = printed(case=rich)
    pages = PdfReader(BytesIO(pdf_of(app, row))).pages

    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"{number} de {len(pages)}" in page.extract_text()


def test_an_empty_case_says_of_each_part_that_there_is_nothing(printed):
    _, text = printed()

    for expected in (
        "El caso no tiene personas registradas.",
        "No hay avistamientos del vehículo.",
        "El caso no tiene direcciones.",
        "El caso no tiene fotografías.",
        "No se han enviado avisos.",
    ):
        assert expected in text


def test_what_people_wrote_is_printed_and_never_obeyed(app, buffet, usuario_investigador, printed):
    case = make_oficio(
        app,
        buffet,
        usuario_investigador,
        propietario=PropietarioData(nombre=HOSTILE[0][:160], notas="\n".join(HOSTILE)),
        direccion=DireccionData(
            direccion=HOSTILE[2][:200], comuna=HOSTILE[1][:60], notas=HOSTILE[3]
        ),
        tribunal=HOSTILE[0][:160],
        caratulado=HOSTILE[1],
        numero_oficio="#oficio $1$",
    )
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, case.id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        for text in HOSTILE:
            record(row, Actividad.NOTA, text, actor=actor, now=utcnow())
    for text in HOSTILE:
        make_sighting(app, case, usuario_investigador, ubicacion=text[:200], empresa=text[:120])

    _, text = printed(case=case)

    assert '#panic("no") $x^2$ *b* _c_ `r` @ref <etiqueta> // /* */ [x] \\' in text
    assert "<script>alert(1)</script> {{ 7*7 }} &" in text
    assert "x" * 290 in text.replace(" ", "")
    assert "😀🚗🇨🇱" in text
    assert "[2 signos en chino: U+6C49 U+5B57]" in text
    assert "\u202e" not in text


def test_the_photos_come_as_people_placed_them_and_the_chosen_one_is_on_the_cover(
    app, rich, usuario_investigador, printed
):
    for name in ("segunda.jpg", "tercera.jpg"):
        make_adjunto(app, rich, usuario_investigador, name, jpeg((90, 60)))
    before, text = printed(case=rich)
    assert [row["nombre"].partition("-")[2] for row in before.originales] == [
        *("auto.jpg", "segunda.jpg", "tercera.jpg", "orden.pdf")
    ]
    assert text.index("Foto 1 · Foto del vehículo") < text.index("Personas")

    with app.app_context(), transaction():
        last = db.session.scalar(sa.select(Adjunto).where(Adjunto.filename == "tercera.jpg"))
        who = {"actor": usuario_investigador, "now": utcnow()}
        place_adjunto(last, 1, **who)  # after the second, which came before it
        cover = db.session.scalar(sa.select(Adjunto).where(Adjunto.filename == "auto.jpg"))
        choose_cover(cover, **who)
    row, text = printed(case=rich)

    assert [one["nombre"].partition("-")[2] for one in row.originales] == [
        *("segunda.jpg", "tercera.jpg", "auto.jpg", "orden.pdf")
    ]
    assert text.index("Foto 3 · Foto del vehículo") < text.index("Personas")
    first = PdfReader(BytesIO(pdf_of(app, row))).pages[0]
    assert len(first.images) == 1


def test_a_visit_and_an_answer_name_the_photos_that_belong_to_them(
    app, rich, usuario_investigador, printed
):
    with app.app_context(), transaction():
        photo = db.session.scalar(sa.select(Adjunto).where(Adjunto.filename == "auto.jpg"))
        paper = db.session.scalar(sa.select(Adjunto).where(Adjunto.filename == "orden.pdf"))
        [visit] = db.session.get_one(Oficio, rich.id).direcciones[0].visitas
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        for row in (photo, paper):
            update_adjunto(
                row,
                tipo=row.tipo,
                descripcion=row.descripcion,
                visita_id=visit.id,
                actor=actor,
                now=utcnow(),
            )
        answer = db.session.scalar(sa.select(Respuesta))
        answer.adjuntos = [photo]

    _, text = printed(case=rich)

    assert "Foto 1 y documento 1" in text
    assert "De la visita a: Av. Grecia 1180, Ñuñoa" in text
    assert "orden.pdf · de la visita a Av. Grecia 1180, Ñuñoa" in text
    assert "Con 1 foto: foto 1." in text


def test_the_offices_name_and_logo_stand_on_the_cover(app, usuario_admin, printed):
    with app.app_context(), transaction():
        set_setting("oficina_nombre", "Oficina Sur")
    make_logo(app, usuario_admin)

    row, text = printed()

    assert "Oficina Sur" in text[:40]
    reader = PdfReader(BytesIO(pdf_of(app, row)))
    assert reader.metadata.author == "Oficina Sur"
    assert len(reader.pages[0].images) == 1


def test_fifty_photos_and_a_thousand_entries_are_set_in_little_memory(
    app, rich, usuario_investigador, tmp_path, monkeypatch
):
    """The limit is 400 MB for the worker and typst together; a worker has some 150."""
    pk = order(app, rich, usuario_investigador)
    with app.app_context():
        row = db.session.get_one(Expediente, pk)
        contenido = gather(row, base_url="http://localhost", proveedor="generico", now=utcnow())
    data = contenido.datos
    data["bitacora"] = [
        {**data["bitacora"][0], "texto": f"{n}: {'palabra ' * 40}"} for n in range(1000)
    ]
    data["custodia"]["eslabones"] = data["custodia"]["eslabones"][:1] * 1000
    data["fotos"] = data["fotos"] * 50
    side = photo_side(50)
    picture = Image.effect_noise((side, side * 3 // 4), 60).convert("RGB")
    monkeypatch.setattr(
        typesetting, "shrink_photos", lambda *_: [_save(picture, tmp_path, n) for n in range(50)]
    )

    print_pdf(contenido, tmp_path, {}, now=utcnow())

    assert len(PdfReader(tmp_path / "expediente.pdf").pages) > 50
    peak = int((tmp_path / "memoria").read_text())
    print(f"typst: {peak / 1e6:.0f} MB")
    assert peak < 240 * 1024 * 1024


def _save(picture, folder, number):
    picture.save(folder / f"foto-{number}.jpg", quality=75)
    return f"foto-{number}.jpg"


def test_a_thousand_entries_are_all_printed(app, oficio, usuario_investigador, printed):
    now = utcnow()
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        for number in range(1000):
            record(row, Actividad.NOTA, f"Nota número {number:04d}", actor=actor, now=now)

    _, text = printed()

    assert all(f"Nota número {number:04d}" in text for number in range(1000))


def test_what_was_altered_behind_the_application_is_said_on_paper(app, rich, printed):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            sa.update(Investigacion)
            .where(Investigacion.descripcion == "El conserje lo vio salir.")
            .values(descripcion="Nadie lo vio.")
        )

    _, text = printed(case=rich)

    assert "y no calza:" in text
    assert "se selló «El conserje lo vio salir.» y ahora dice «Nadie lo vio.»" in text


def test_an_issued_expediente_is_known_by_its_hash_and_written_down(app, oficio, rows, printed):
    row, _ = printed()

    assert row.estado is EstadoExpediente.EMITIDO
    assert hashlib.sha256(pdf_of(app, row)).hexdigest() == row.sha256
    assert row.tamano_bytes == len(pdf_of(app, row))
    entries = [entry.descripcion for entry in rows(Investigacion, tipo=Actividad.SISTEMA)]
    assert f"Se emitió el expediente {row.codigo} (para el tribunal)." in entries
    deeds = {deed.accion for deed in rows(Auditoria, entidad="expediente", entidad_id=row.id)}
    assert deeds == {"expediente.pedido", "expediente.emitido"}


def test_a_demonstration_says_so_on_its_cover(app, printed):
    with app.app_context(), transaction():
        set_setting("demo", "1")

    assert "DEMOSTRACIÓN" in printed()[1]


def test_a_photo_whose_copy_is_gone_is_named_all_the_same(app, rich, printed):
    adjunto = make_adjunto(app, rich, find_actor(app), "otra.jpg")
    with app.app_context():
        LocalStorage(app.extensions["rastro_config"].storage_dir).delete(adjunto.copia_key)

    _, text = printed(case=rich)

    assert "Foto 2" in text
    assert "La imagen falta o está dañada en el almacenamiento." in text


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut off"])
def test_a_copy_that_is_damaged_does_not_keep_the_expediente_from_being_made(
    app, rich, printed, data
):
    adjunto = make_adjunto(app, rich, find_actor(app), "otra.jpg")
    with app.app_context():
        LocalStorage(app.extensions["rastro_config"].storage_dir).put(adjunto.copia_key, data)

    _, text = printed(case=rich)

    assert "Foto 2" in text
    assert "La imagen falta o está dañada en el almacenamiento." in text


def test_what_does_not_add_up_about_a_photo_is_printed_beside_it(
    app, oficio, usuario_investigador, printed
):
    exif = camera_exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "1970:01:01 00:00:10"
    make_adjunto(app, oficio, usuario_investigador, "auto.jpg", jpeg(exif=exif))

    _, text = printed()

    assert "su reloj no estaba puesto" in text


def find_actor(app):
    with app.app_context():
        return db.session.scalars(sa.select(Usuario)).first()


def test_a_full_disk_leaves_no_expediente_and_a_job_that_tries_again(
    app, oficio, usuario_investigador, monkeypatch
):
    def no_room(self, key, data):
        raise OSError(28, "No space left on device")

    pk = order(app, oficio, usuario_investigador)
    with monkeypatch.context() as patch:
        patch.setattr(LocalStorage, "put", no_room)
        with app.app_context():
            work("test")

    row = find(app, pk)
    assert row.sha256 is None
    assert row.estado is EstadoExpediente.PREPARANDO
    assert "el almacenamiento está lleno" in row.trabajo.error

    with app.app_context(), transaction():
        db.session.get_one(Trabajo, row.trabajo_id).ejecutar_desde = utcnow()
    with app.app_context():
        work("test")
    assert find(app, pk).estado is EstadoExpediente.EMITIDO


def test_a_worker_that_lost_its_job_takes_its_pdf_back(app, oficio, usuario_investigador):
    pk = order(app, oficio, usuario_investigador)
    root = app.extensions["rastro_config"].storage_dir
    with app.app_context():
        run = claim("slow", now=utcnow())
        assert run is not None
        with transaction():
            trabajo = db.session.get_one(Trabajo, run.trabajo_id)
            trabajo.arriendo_de = "quick"
        with pytest.raises(LeaseLost):
            print_job.run(run)

    row = find(app, pk)
    assert row.sha256 is None
    assert list((root / "expedientes").glob(f"{row.codigo.lower()}*")) == []


def test_a_page_that_typst_refuses_is_set_again_in_latin_letters(
    app, oficio, usuario_investigador, monkeypatch
):
    tried = []
    really = typesetting._compile

    def refuse_first(folder, datos, now):
        tried.append(datos)
        if len(tried) == 1:
            raise typesetting.PrintFailed("a glyph is missing")
        really(folder, datos, now)

    monkeypatch.setattr(typesetting, "_compile", refuse_first)

    row = make_expediente(app, oficio, usuario_investigador)

    assert row.estado is EstadoExpediente.EMITIDO
    assert len(tried) == 2


def test_typst_that_breaks_fails_the_job_with_a_sentence(
    app, oficio, usuario_investigador, monkeypatch, tmp_path
):
    broken = tmp_path / "typst_process.py"
    broken.write_text("import sys; sys.exit('se rompió')")
    monkeypatch.setattr(typesetting, "_PRESS", broken)
    pk = order(app, oficio, usuario_investigador)

    with app.app_context():
        work("test")

    row = find(app, pk)
    assert row.trabajo.estado is EstadoTrabajo.PROGRAMADO
    assert row.trabajo.error == "No se pudo componer el PDF: se rompió"


def test_typst_that_hangs_is_ended(monkeypatch, tmp_path):
    slow = tmp_path / "typst_process.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(typesetting, "_PRESS", slow)
    monkeypatch.setattr(typesetting, "_PATIENCE", 1)

    with pytest.raises(typesetting.PrintFailed, match="more than 1 s"):
        typesetting._compile(tmp_path, {}, utcnow())


def test_the_press_says_why_it_refuses(tmp_path):
    (tmp_path / "expediente.typ").write_text('#panic("esto no")')

    with pytest.raises(typesetting.PrintFailed, match="esto no"):
        typesetting._compile(tmp_path, json.loads("{}"), utcnow())


def test_two_orders_at_once_are_one_expediente(app, oficio, usuario_investigador, rows):
    first = order(app, oficio, usuario_investigador)

    assert order(app, oficio, usuario_investigador) == first
    assert order(app, oficio, usuario_investigador, Variante.BUFFET) != first
    assert len(rows(Expediente)) == 2
