"""The impact assessment: proposed, written section by section, and each version kept."""

from __future__ import annotations

import pytest

from app.auditoria.models import Auditoria
from app.cumplimiento.models.evaluaciones import EvaluacionImpacto
from app.cumplimiento.rules.evaluaciones import SECCIONES, complete, list_missing, propose

URL = "/admin/evaluacion-de-impacto"


def test_the_proposal_names_the_office_and_marks_what_only_it_can_say():
    texts = propose(oficina="Oficina Sur", ley="Ley X")
    told = " ".join(texts.values())
    assert "Oficina Sur" in texts["tratamiento"]
    assert "Ley X" in texts["base"]
    assert "{" not in told
    # Words on these articles are the office's own.
    assert not any(word in told for word in ("15 bis", "15 ter", "art. 25"))
    missing = [each.clave for each in list_missing(texts)]
    assert {"consultas", "conclusion"} <= set(missing)
    assert "necesidad" not in missing
    shown = complete({"conclusion": "Bajo.", "gone": "x"}, texts)
    assert (set(shown), shown["conclusion"]) == ({each.clave for each in SECCIONES}, "Bajo.")


def test_each_section_that_is_saved_makes_a_version_and_the_old_ones_stay(admin, rows):
    assert "Propuesta sin guardar" in admin.get(URL).text
    edit = f"{URL}/secciones/conclusion"
    assert "Por completar: el riesgo" in admin.get(edit).text
    first = {"texto": "Riesgo bajo.\n\nLo aprueba Ana.", "cambio": "Primera", "version": "0"}
    assert admin.post(edit, data={**first, "texto": ""}).status_code == 422
    assert admin.post(edit, data=first).status_code == 303

    late = admin.post(f"{URL}/secciones/riesgos", data={"texto": "Ninguno.", "version": "0"})
    assert late.status_code == 409
    assert "Ninguno." in late.text
    assert "Cómo está ahora" in late.text
    same = admin.post(edit, data={**first, "version": "1"}, follow_redirects=True)
    assert "nada distinto" in same.text
    second = {"texto": "Riesgo medio.", "version": "1"}
    assert admin.post(edit, data=second).status_code == 303

    versions = sorted(rows(EvaluacionImpacto), key=lambda row: row.numero)
    assert [row.numero for row in versions] == [1, 2]
    assert versions[1].cambio == "Se cambió «Conclusión y próxima revisión»."
    assert versions[0].secciones["riesgos"] == versions[1].secciones["riesgos"]
    old = admin.get(f"{URL}/versiones/{versions[0].id}").text
    assert "Lo aprueba Ana." in old
    assert "Es una versión anterior" in old
    assert "/secciones/" not in old, "only the newest is edited"
    assert "Último cambio" not in old
    now = admin.get(URL).text
    assert "Riesgo medio." in now
    assert "Lo aprueba Ana." not in now
    assert "Último cambio: <a" in now
    assert len(rows(Auditoria, accion="evaluacion.version")) == 2


@pytest.mark.parametrize("path", ["secciones/otra", "versiones/99"])
def test_what_is_not_there_is_not_found(admin, path):
    assert admin.get(f"{URL}/{path}").status_code == 404
