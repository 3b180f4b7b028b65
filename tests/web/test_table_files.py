"""Every table that leaves as a file: harmless, readable in Chile, and the same in both forms."""

from __future__ import annotations

import csv
import gc
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import IO, Any

import pytest
from openpyxl import load_workbook

from app.auditoria.models import Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.consultas.pages.log_file import CONSULTAS_TABLE
from app.consultas.queries.log_rows import Renglon
from app.consultas.rules import ResultadoConsulta
from app.core.clock import local_today, utcnow
from app.cumplimiento.pages import DIVULGACIONES_TABLE
from app.cumplimiento.pages.auditoria import TABLE as AUDITORIA_TABLE
from app.cumplimiento.pages.auditoria import HechoShown
from app.cumplimiento.queries.auditoria import HechoRow
from app.cumplimiento.rules.auditoria import Diferencia, FuenteHecho
from app.indicadores.outside.month_files import HITOS_TABLE
from app.indicadores.queries.month_contents import HitoDelMes
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.rules.avance import Avance, Hito, Situacion
from app.oficios.rules import Estado, Prioridad
from app.planillas.pages.report import oficios_report, pasos_report
from app.planillas.pages.whole_file import WHOLE_TABLE
from app.planillas.rules.oficio_outcomes import Resultado
from app.planillas.rules.paso_rows import ResultadoPaso
from app.portal.pages.own_cases_file import PORTAL_TABLE, Linea
from app.porticos.models import Portico
from app.porticos.pages.catalogue_file import PORTICOS_TABLE
from app.porticos.rules import Confianza, TipoPortico
from app.tablero.pages.list_file import OFICIOS_TABLE
from app.tablero.queries.cards import Card, CardSighting
from app.tablero.queries.listing import ListedCase
from app.trabajos.pages.trabajos_file import TRABAJOS_TABLE
from app.trabajos.queries import TrabajoLine
from app.web.table_files import (
    CellKind,
    Column,
    Sheet,
    Table,
    stream_book,
    write_csv,
    write_xlsx,
)
from config import ROOT

#: What makes a spreadsheet compute the cell that begins with it (OWASP, CSV injection).
STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u200b=", "＝", "＋", "－", "＠"]
#: Winter: Santiago's clock is four hours behind.
MOMENT = datetime(2026, 6, 24, 14, 15, 36, tzinfo=UTC)


def a_case_of_a_buffet(text: str) -> Linea:
    row = SimpleNamespace(
        numero_oficio=text,
        patente="BBCL12",
        marca=text,
        modelo=text,
        rol=text,
        tribunal=text,
        caratulado=text,
        fecha_ingreso=date(2026, 6, 1),
        fecha_limite=date(2026, 6, 30),
        estado=Estado.INVESTIGACION,
        ultima_actividad_at=MOMENT,
    )
    avance = Avance(Situacion.BUSCANDO, [Hito(MOMENT, text)])
    return Linea(row, avance, {Estado.PENDIENTE: 3}, text)


def a_milestone(text: str) -> HitoDelMes:
    return HitoDelMes(1, date(2026, 6, 24), text, text, "BBCL12", text)


def a_case(text: str) -> ListedCase:
    sighting = CardSighting(date(2026, 6, 24), MOMENT, text, text)
    card = Card(
        id=1,
        version=1,
        estado=Estado.PENDIENTE,
        numero_oficio=text,
        prioridad=Prioridad.ALTA,
        fecha_limite=date(2026, 9, 18),
        posicion=0,
        buffet_id=1,
        buffet=text,
        investigador_id=1,
        investigador=text,
        patente="BBCL12",
        patente_dv=None,
        marca=text,
        modelo=text,
        color=text,
        fotos=3,
        advertencia=text,
        dias_quieto=0,
        avistamiento=sighting,
        promesa=None,
        sello="",
    )
    return ListedCase(card, text, MOMENT)


def a_look_up(text: str) -> Renglon:
    return Renglon(
        id=1,
        pedida_at=MOMENT,
        respondida_at=MOMENT,
        usuario=text,
        motivo=text,
        oficio_id=1,
        numero_oficio=text,
        rol=text,
        patente="BBCL12",
        resultado=ResultadoConsulta.SIN_NOVEDADES,
        detalle=text,
        proveedor=text,
        http_status=200,
        sha256="0" * 64,
        recibidos=2,
        nuevos=0,
        investigacion_id=None,
    )


def a_disclosure(text: str) -> tuple[Divulgacion, str]:
    row = Divulgacion(
        canal=CanalDivulgacion.EXPORTACION,
        que=text,
        destinatario=text,
        base=text,
        cantidad=2,
        created_at=MOMENT,
    )
    return row, text


def a_deed(text: str) -> HechoShown:
    row = HechoRow(FuenteHecho.REGISTRO, 1, MOMENT, 1, 1, lugar=text, equipo=text)
    return HechoShown(row, text, text, text, text, [Diferencia(text, None, text)])


def a_gantry(text: str) -> Portico:
    return Portico(
        autopista=text,
        concesionaria=text,
        codigo=text,
        tramo=text,
        tipo=TipoPortico.PORTICO,
        sentido=text,
        comuna=text,
        region=text,
        lat=-33.4,
        lon=-70.65,
        confianza_coord=Confianza.ALTA,
        procedencia_coord=text,
        # Of the lines that a person writes those that hold something are kept.
        otros_nombres="\n".join(filter(None, text.splitlines())),
        activo=True,
    )


def a_job(text: str) -> TrabajoLine:
    trabajo = Trabajo(
        id="7d0c", tipo="avistamientos.consultar", estado=EstadoTrabajo.FALLIDO, intentos=2
    )
    trabajo.max_intentos = 4
    trabajo.created_at = trabajo.iniciado_at = trabajo.terminado_at = MOMENT
    trabajo.error = text
    return TrabajoLine(trabajo, text, text, 0.5, 2.25, None)


def a_row_of_cases(text: str) -> dict[str, Any]:
    return {
        "fila": 2,
        "numero": text,
        "patente": text,
        "resultado": Resultado.CREA.value,
        "detalle": text,
    }


def a_whole_row(text: str) -> dict[str, Any]:
    return {
        "numero_oficio": text,
        "caratulado": text,
        "notas": text,
        "fecha_limite": date(2026, 9, 18),
        "buffet": text,
    }


def a_row_of_crossings(text: str) -> dict[str, Any]:
    return {
        "fila": 2,
        "cuando": text,
        "donde": text,
        "empresa": text,
        "monto": 1250,
        "resultado": ResultadoPaso.NUEVO.value,
        "portico": text,
        "detalle": text,
    }


@dataclass(frozen=True)
class Export:
    """A table, a row of it whose texts a stranger wrote, and its labels."""

    table: Table[Any]
    row: Callable[[str], Any]
    labels: str
    #: Module that declares it.
    module: str


EXPORTS = {
    "oficios": Export(
        OFICIOS_TABLE,
        a_case,
        "Patente;Marca;Modelo;Color;Número de oficio;Rol;Buffet;Investigador;Estado;Prioridad;"
        "Fecha límite;Promesa que vence primero;Promesa vence;Última actividad;Último avistamiento;"
        "Dónde;Fotos;Advertencias",
        "app/tablero/pages/list_file.py",
    ),
    "hitos del mes": Export(
        HITOS_TABLE,
        a_milestone,
        "Oficio;Rol;Patente;Fecha;Hito",
        "app/indicadores/outside/month_files.py",
    ),
    "oficios del buffet": Export(
        PORTAL_TABLE,
        a_case_of_a_buffet,
        "Oficio;Patente;Marca;Modelo;Rol;Tribunal;Carátula;Ingreso;Plazo;Paso;Días en recibido;"
        "Días en búsqueda;Días en notificación;Lo último;Fecha de lo último;Última actividad;"
        "Lo que sigue;Espera algo de ustedes",
        "app/portal/pages/own_cases_file.py",
    ),
    "oficios completos": Export(
        WHOLE_TABLE,
        a_whole_row,
        "Número de oficio;Rol de la causa;Tribunal;Caratulado;Fuerza pública;Descerrajamiento;"
        "Otras facultades;Patente;Marca;Modelo;Año;Color;VIN o chasis;Número de motor;"
        "Tipo de vehículo;Nombre del propietario;RUT del propietario;Teléfono del propietario;"
        "Correo del propietario;Calidad de la persona;Notas de la persona;Dirección;Comuna;Región;"
        "Tipo de dirección;Notas de la dirección;Latitud;Longitud;Exactitud (m);Verificada;"
        "Fecha del oficio;Fecha de ingreso;Fecha límite;"
        "Prioridad;Notas;Un dato por celda;Buffet",
        "app/planillas/pages/whole_file.py",
    ),
    "consultas": Export(
        CONSULTAS_TABLE,
        a_look_up,
        "Pedida el;Pedida por;Motivo;Número de oficio;Rol;Patente;Resultado;Detalle;Proveedor;"
        "Estado HTTP;Recibidos;Nuevos;Respondida el;SHA-256 de la respuesta",
        "app/consultas/pages/log_file.py",
    ),
    "divulgaciones": Export(
        DIVULGACIONES_TABLE,
        a_disclosure,
        "Fecha;Cómo salió;Qué;A quién;Base;Oficio;Cantidad",
        "app/cumplimiento/pages/__init__.py",
    ),
    "auditoria": Export(
        AUDITORIA_TABLE,
        a_deed,
        "Fecha;Quién;Qué hizo;Sobre;Red;Equipo;Antes y después;Entrada",
        "app/cumplimiento/pages/auditoria.py",
    ),
    "porticos": Export(
        PORTICOS_TABLE,
        a_gantry,
        "Vía;Concesionaria;Código;Tramo;Tipo;Sentido;Comuna;Región;Latitud;Longitud;Confianza;"
        "Procedencia de las coordenadas;Otros nombres;En uso",
        "app/porticos/pages/catalogue_file.py",
    ),
    "trabajos": Export(
        TRABAJOS_TABLE,
        a_job,
        "Identificador;Trabajo;Estado;Oficio;Pedido por;Pedido el;Empezó;Terminó;Espera (s);"
        "Duración (s);Intentos;Causa o resultado",
        "app/trabajos/pages/trabajos_file.py",
    ),
    "importacion": Export(
        oficios_report(True),
        a_row_of_cases,
        "Fila;Número de oficio;Patente;Resultado;Detalle",
        "app/planillas/pages/report.py",
    ),
    "listado": Export(
        pasos_report(True),
        a_row_of_crossings,
        "Fila;Cuándo;Dónde;Empresa;Monto;Resultado;Pórtico;Detalle",
        "app/planillas/pages/report.py",
    ),
}


@pytest.fixture
def in_app(app) -> Iterator[None]:
    """What a job is called stands in the features of the running application."""
    with app.app_context():
        yield


@pytest.fixture(params=list(EXPORTS))
def export(request, in_app) -> Export:
    return EXPORTS[request.param]


def read_csv(table: Table[Any], *rows: Any, note: str = "") -> list[list[str]]:
    data = b"".join(write_csv(table, rows, note=note))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_sheet(table: Table[Any], *rows: Any, note: str = "") -> Any:
    with write_xlsx(table, rows, note=note) as file:
        data = file.read()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    return load_workbook(io.BytesIO(data)).active


def test_every_table_is_tried_here():
    declaring = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if re.search(r"\bTable\(\s*\"", path.read_text()) and "web.table_files" in path.read_text()
    }
    assert declaring == {export.module for export in EXPORTS.values()}


def test_nobody_else_writes_tables_or_guards_their_cells():
    writing = re.compile(r"csv\.writer|DictWriter|\bWorkbook\(|\bescape_formula\(")

    writers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if writing.search(path.read_text().replace("def escape_formula(", ""))
    }
    # The empty list to fill in: its cells are our own words, with lists to choose from.
    assert writers == {"app/web/table_files.py", "app/planillas/pages/template.py"}


@pytest.mark.parametrize("start", STARTS)
def test_no_text_of_a_stranger_is_computed(export, start):
    hostile = f"{start}HYPERLINK(A1)"

    sheet = read_sheet(export.table, export.row(hostile))
    _, texts = read_csv(export.table, export.row(hostile))
    cells = next(sheet.iter_rows(min_row=2))

    shown = [text for text in texts if "HYPERLINK" in text]
    assert len(shown) >= 3
    assert [cell.value for cell in cells if "HYPERLINK" in str(cell.value)] == shown
    assert {text[0] for text in shown} == {"'"}
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}


def test_accents_and_labels_are_the_same_in_both_forms(export):
    row = export.row("Ñuñoa «Peñalolén» 19º; “crédito”")

    sheet = read_sheet(export.table, row)
    head, texts = read_csv(export.table, row)

    assert head == export.labels.split(";")
    assert [cell.value for cell in sheet[1]] == head
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.freeze_panes == "A2"
    assert "Ñuñoa «Peñalolén» 19º; “crédito”" in texts
    assert "Ñuñoa «Peñalolén» 19º; “crédito”" in [cell.value for cell in sheet[2]]


def test_every_width_is_its_column_s(export):
    sheet = read_sheet(export.table, export.row("x"))

    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
    assert widths == [column.width for column in export.table.columns]
    for column in export.table.columns:
        if column.kind in (CellKind.DATE, CellKind.MOMENT, CellKind.INSTANT):
            assert column.width >= len(column.kind.value) - 1, column.label


@pytest.mark.usefixtures("in_app")
def test_days_and_moments_are_those_of_chile():
    cases = dict(zip(*read_csv(OFICIOS_TABLE, a_case("x")), strict=True))
    look_up = dict(zip(*read_csv(CONSULTAS_TABLE, a_look_up("x")), strict=True))
    job = dict(zip(*read_csv(TRABAJOS_TABLE, a_job("x")), strict=True))
    gantry = dict(zip(*read_csv(PORTICOS_TABLE, a_gantry("x")), strict=True))

    assert cases["Fecha límite"] == "18-09-2026"
    assert cases["Última actividad"] == cases["Último avistamiento"] == "24-06-2026 10:15"
    assert look_up["Pedida el"] == "24-06-2026 10:15:36"
    assert (job["Empezó"], job["Espera (s)"], job["Duración (s)"]) == (
        "24-06-2026 10:15",
        "0,50",
        "2,25",
    )
    assert (gantry["Latitud"], gantry["Longitud"]) == ("-33,4", "-70,65")


@pytest.mark.usefixtures("in_app")
def test_a_workbook_has_days_moments_and_numbers_as_what_they_are():
    head, first = read_sheet(OFICIOS_TABLE, a_case("x")).iter_rows()
    cells = dict(zip((cell.value for cell in head), first, strict=True))

    assert cells["Fecha límite"].value.isoformat() == "2026-09-18T00:00:00"
    assert cells["Fecha límite"].number_format == "dd-mm-yyyy"
    assert cells["Última actividad"].value.isoformat() == "2026-06-24T10:15:36"
    assert cells["Última actividad"].number_format == "dd-mm-yyyy hh:mm"
    assert cells["Fotos"].value == 3
    head, first = read_sheet(PORTICOS_TABLE, a_gantry("x")).iter_rows()
    gantry = dict(zip((cell.value for cell in head), first, strict=True))
    assert gantry["Latitud"].value == -33.4
    head, first = read_sheet(TRABAJOS_TABLE, a_job("x")).iter_rows()
    job = dict(zip((cell.value for cell in head), first, strict=True))
    assert (job["Duración (s)"].value, job["Duración (s)"].number_format) == (2.25, "0.00")


def test_a_table_may_have_more_columns_than_the_alphabet_has_letters():
    wide: Table[int] = Table(
        "Ancha", tuple(Column(f"C{n}", lambda row: row, CellKind.NUMBER, 10 + n) for n in range(30))
    )

    sheet = read_sheet(wide, 1, 2)

    assert sheet.column_dimensions["AD"].width == 39
    assert [cell.value for cell in sheet[3]] == [2] * 30


def test_what_is_not_known_is_empty_and_the_last_row_says_what_is_left_out():
    row = {**a_row_of_crossings(""), "monto": None}

    lines = read_csv(pasos_report(True), row, note="=Hay 12 filas más.")
    sheet = read_sheet(pasos_report(True), row, note="=Hay 12 filas más.")

    assert lines[1][4] == ""
    assert sheet["E2"].value is None
    assert lines[-1] == ["'=Hay 12 filas más."]
    assert sheet["A3"].value == "'=Hay 12 filas más."
    assert len(read_csv(pasos_report(True), row)) == sheet.max_row - 1 == 2


def test_a_workbook_that_fails_halfway_leaves_nothing_behind(tmp_path, monkeypatch):
    """Neither a file nor a writer that complains when it is collected, in some later test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened: list[IO[bytes]] = []
    make_file = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: opened.append(make_file()) or opened[-1])

    def rows() -> Iterator[dict[str, Any]]:
        yield a_row_of_crossings("x")
        assert [file.closed for file in opened] == [False]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_xlsx(pasos_report(True), rows())

    gc.collect()
    assert [file.closed for file in opened] == [True]
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_leaves_while_its_rows_are_read():
    """The first bytes before the first row, and never all of it at once."""
    read: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(20_000):
            read.append(number)
            yield {**a_row_of_crossings(f"{number * 7_919:x}"), "monto": number}

    pieces = stream_book([Sheet(pasos_report(True), rows())])
    kept = [next(pieces)]
    assert kept[0].startswith(b"PK")
    assert not read
    kept.append(next(pieces))
    assert 0 < len(read) < 15_000
    kept += pieces

    assert max(map(len, kept)) < 200_000
    sheet = load_workbook(io.BytesIO(b"".join(kept)), read_only=True).active
    amounts = [row[4] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert amounts == list(range(20_000))


def test_a_workbook_cut_off_by_its_reader_needs_nothing_more():
    pieces = stream_book([Sheet(pasos_report(True), iter([a_row_of_crossings("x")] * 3))])
    next(pieces)

    pieces.close()

    assert list(pieces) == []


def test_a_text_is_written_as_it_is():
    """What XML would take for its own, lines, and what is longer than a cell may be."""
    table: Table[str] = Table(
        "A & B <1>", (Column('"Qué" & <dónde>', lambda row: row, multiline=True),)
    )
    texts = ["<b>Soto & Díaz</b> ]]>", "una\nlínea más", "1" * 40_000, "🚗 Ñandú", ""]

    sheet = read_sheet(table, *texts)

    assert sheet.title == "A & B <1>"
    assert sheet["A1"].value == '"Qué" & <dónde>'
    read = [sheet.cell(row, 1).value for row in range(2, 7)]
    assert read == [*texts[:2], "1" * 32_767, texts[3], None]


def test_an_error_of_a_sheet_that_somebody_typed_is_text():
    sheet = read_sheet(pasos_report(True), a_row_of_crossings("#N/A"))

    assert (sheet["B2"].value, sheet["B2"].data_type) == ("#N/A", "s")


@pytest.mark.parametrize(
    ("verb", "path", "name"),
    [
        ("get", "/tablero/lista.csv", "oficios"),
        ("get", "/tablero/lista.xlsx", "oficios"),
        ("post", "/admin/consultas/exportar.csv", "consultas"),
        ("post", "/admin/consultas/exportar.xlsx", "consultas"),
        ("post", "/admin/auditoria/exportar.csv", "auditoria"),
        ("post", "/admin/auditoria/exportar.xlsx", "auditoria"),
        ("get", "/admin/porticos/exportar", "porticos"),
        ("get", "/admin/trabajos/exportar", "trabajos"),
    ],
)
def test_files_are_named_and_answered_alike(admin, verb, path, name):
    extension = "xlsx" if path.endswith("xlsx") else "csv"
    mime_type = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }[extension]

    with getattr(admin, verb)(path) as response:
        assert response.status_code == 200
        assert response.headers["Content-Type"] == mime_type
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Disposition"] == (
            f"attachment; filename={name}-{local_today(utcnow()).isoformat()}.{extension}"
        )
        assert response.data[:2] == (b"\xef\xbb" if extension == "csv" else b"PK")
