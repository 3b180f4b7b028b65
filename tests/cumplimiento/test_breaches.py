"""The register of breaches: what is owed, what is proposed, who was told, what it said before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.core.clock import to_local, utcnow
from app.cumplimiento.models.brechas import Brecha, ComunicacionBrecha
from app.cumplimiento.rules.brechas import (
    DestinoBrecha,
    EstadoBrecha,
    RiesgoBrecha,
    TipoBrecha,
    elapsed,
    still_owed,
    write_to_agencia,
    write_to_titulares,
)
from app.custodia.models import Eslabon
from app.notificaciones.models import Notificacion
from app.usuarios.rules import Rol
from tests.cumplimiento.rows import make_breach
from tests.factories import make_usuario

NOON = datetime(2026, 12, 3, 15, tzinfo=UTC)
AGENCIA, TITULARES = DestinoBrecha.AGENCIA, DestinoBrecha.TITULARES
HIGH, LOW = RiesgoBrecha.HAY_RIESGO, RiesgoBrecha.SIN_RIESGO


def breach(**values):
    """A breach that no database knows."""
    return Brecha(
        **{
            "numero": "V-2026-0001",
            "tipo": TipoBrecha.PERDIDA,
            "descripcion": "Se perdió un teléfono",
            "conocida_at": NOON,
            "riesgo": RiesgoBrecha.SIN_EVALUAR,
            **values,
        }
    )


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.9, "menos de una hora"),
        (1, "1 hora"),
        (23.99, "23 horas"),
        (24, "1 día"),
        (73, "3 días y 1 hora"),
        (-2, "menos de una hora"),
    ],
)
def test_the_time_since_it_was_known_is_told_and_no_term(hours, words):
    assert elapsed(NOON, NOON + timedelta(hours=hours)) == words


@pytest.mark.parametrize(
    ("values", "told", "owed"),
    [
        ({}, set(), ["Falta decidir"]),
        ({"riesgo": LOW, "datos_financieros": True}, set(), []),
        ({"riesgo": HIGH}, set(), ["a la Agencia"]),
        ({"riesgo": HIGH}, {AGENCIA}, []),
        ({"riesgo": HIGH, "datos_financieros": True}, {AGENCIA}, ["a las personas"]),
        ({"riesgo": HIGH, "datos_sensibles": True}, set(), ["a la Agencia", "a las personas"]),
        ({"riesgo": HIGH, "datos_de_menores": True}, {AGENCIA, TITULARES}, []),
    ],
)
def test_what_is_owed_follows_from_the_risk_and_the_kinds_of_data(values, told, owed):
    found = still_owed(breach(**values), told)
    assert len(found) == len(owed)
    assert all(part in sentence for part, sentence in zip(owed, found, strict=True))


def test_the_drafts_say_what_is_known_and_that_the_rest_is_not():
    row = breach(datos_financieros=True, numero_titulares=312, medidas="Se cambiaron las claves")
    agencia = write_to_agencia(
        row, set(), oficina="Rastro SpA", contacto="a@b.example", ley="Ley X"
    )
    personas = write_to_titulares(row, oficina="Rastro SpA", contacto="a@b.example")

    for part in (
        "V-2026-0001",
        "Ley X",
        "Se conoció: 03-12-2026 12:00",
        "Ocurrió: todavía no se sabe",
        "Número aproximado de registros: todavía no se sabe",
        "Número aproximado: 312",
        "Se cambiaron las claves.",
        "Todavía no se ha comunicado a las personas",
    ):
        assert part in agencia
    assert "Todavía no se ha comunicado" not in write_to_agencia(
        row, {TITULARES}, oficina="", contacto="", ley=""
    )
    assert "Se perdió un teléfono" in personas
    assert "a@b.example" in personas
    assert "72" not in agencia + personas


def test_a_breach_is_registered_with_the_little_that_is_known_and_completed(
    app, admin, usuario_admin, rows
):
    other = make_usuario(app, Rol.ADMIN)
    form = {"tipo": "perdida", "riesgo": "sin_evaluar", "descripcion": "Se perdió un teléfono"}
    missing = admin.post("/admin/brechas/nueva", data=form)
    ahead = admin.post("/admin/brechas/nueva", data={**form, "conocida": "01-01-2099 10:00"})
    yesterday = to_local(utcnow()) - timedelta(days=1)
    known = f"{yesterday:%d-%m-%Y} 10:00"
    late = {**form, "conocida": known, "ocurrio": f"{yesterday:%d-%m-%Y} 10:01"}
    reversed_ = admin.post("/admin/brechas/nueva", data=late)
    assert [each.status_code for each in (missing, ahead, reversed_)] == [422, 422, 422]
    assert "Se perdió un teléfono" in missing.text
    assert "en el futuro" in ahead.text
    assert "después de que se conoció" in reversed_.text
    assert rows(Brecha) == []

    form["conocida"] = known
    url = admin.post("/admin/brechas/nueva", data=form).headers["Location"]
    (row,) = rows(Brecha)
    assert row.numero.startswith("V-")
    assert [each.usuario_id for each in rows(Aviso)] == [other.id]
    page = admin.get(url).text
    assert "Todavía no se sabe" in page
    assert "sin dilaciones indebidas" in page
    assert "También a las personas" not in page

    changed = {
        **form,
        "descripcion": "Se perdió un teléfono, bloqueado",
        "datos_financieros": "y",
        "numero_titulares": "312",
        "version": row.version,
    }
    stale = {**changed, "descripcion": "Otra cosa"}
    assert admin.post(f"{url}/editar", data=changed).status_code == 303
    late_one = admin.post(f"{url}/editar", data=stale)
    assert late_one.status_code == 409
    assert "Otra cosa" in late_one.text
    again = admin.post(f"{url}/editar", data={**changed, "version": row.version + 1})
    assert again.status_code == 303
    page = admin.get(url).text
    assert "También a las personas" in page
    assert "Lo que decía antes" in page

    (note,) = rows(Auditoria, accion="brecha.modificada")
    assert note.detalle["campos"] == ["datos_financieros", "descripcion", "numero_titulares"]
    assert note.detalle["antes"]["numero_titulares"] is None
    assert note.detalle["ahora"]["numero_titulares"] == 312
    assert "descripcion" not in note.detalle["ahora"], "the audit keeps no free text"
    assert len(rows(Eslabon, tipo="brecha")) == 2


def test_drafts_follow_the_row_until_somebody_edits_them_and_nothing_is_sent(
    app, admin, usuario_admin, rows
):
    url = f"/admin/brechas/{make_breach(app, usuario_admin)}"
    (row,) = rows(Brecha)
    page = admin.get(url).text
    assert "hace 3 horas" in page
    assert page.count("Sigue a la ficha") == 2
    personas = write_to_titulares(row, oficina="Rastro", contacto="")

    data = {"agencia": "Señores:", "titulares": personas, "version": row.version}
    assert admin.post(f"{url}/borradores", data=data).status_code == 303
    assert admin.post(f"{url}/borradores", data=data).status_code == 409
    (row,) = rows(Brecha)
    assert (row.mensaje_agencia, row.mensaje_titulares) == ("Señores:", None)
    anew = {**data, "rehacer": "agencia", "version": row.version}
    assert admin.post(f"{url}/borradores", data=anew).status_code == 303
    (row,) = rows(Brecha)
    assert row.mensaje_agencia is None
    assert "Señores:" in admin.get(url).text, "what it said before stays readable"
    assert rows(Notificacion) == []


def test_it_is_closed_when_all_were_told_or_somebody_says_why_not(app, admin, usuario_admin, rows):
    brecha_id = make_breach(app, usuario_admin, riesgo=HIGH, datos_financieros=True)
    url = f"/admin/brechas/{brecha_id}"
    refused = admin.post(f"{url}/cerrar", data={"cierre": "Se borró a distancia."})
    assert refused.status_code == 422
    assert "Se borró a distancia." in refused.text
    assert "a la Agencia" in refused.text

    told = {"destino": "agencia", "destinatario": "Agencia", "medio": "Portal, n.º 7"}
    early = admin.post(f"{url}/comunicaciones", data={**told, "comunicada": "01-01-2020 10:00"})
    assert early.status_code == 422
    assert "anterior a cuando se conoció" in early.text
    moment = f"{to_local(utcnow()):%d-%m-%Y %H:%M}"
    assert (
        admin.post(f"{url}/comunicaciones", data={**told, "comunicada": moment}).status_code == 303
    )
    assert len(rows(ComunicacionBrecha)) == 1
    assert "3 horas después de conocerla" in admin.get(url).text
    assert "3 horas después" in admin.get("/admin/brechas").text

    only_one = admin.post(f"{url}/cerrar", data={"cierre": "Listo."})
    assert "a las personas" in only_one.text
    although = {"cierre": "Se avisó por el buffet.", "pese_a_todo": "y"}
    assert admin.post(f"{url}/cerrar", data=although).status_code == 303
    (row,) = rows(Brecha)
    assert row.estado is EstadoBrecha.CERRADA
    (note,) = rows(Auditoria, accion="brecha.cerrada")
    assert len(note.detalle["pendientes"]) == 1

    data = {"tipo": "acceso", "riesgo": "sin_riesgo", "descripcion": "Otra"}
    data |= {"conocida": moment, "version": row.version}
    locked = admin.post(f"{url}/editar", data=data)
    assert "está cerrada" in locked.text
    assert "Otra" in locked.text
    assert admin.post(f"{url}/reabrir").status_code == 303
    assert rows(Brecha)[0].estado is EstadoBrecha.ABIERTA
    again = admin.post(f"{url}/reabrir", follow_redirects=True)
    assert "no está cerrada" in again.text
