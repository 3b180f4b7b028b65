"""Every page of settings and catalogues says who changed it last."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from app.cumplimiento.rules.auditoria import HECHOS, ClaseHecho

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_NAMED = re.compile(
    r"with acciones=(\[[^\]]*\]), de=[^%]+%\}\s*\{% include \"web/_last_change.html\" %\}"
)

#: What the office settles about personal data; the rest of that kind is done to one case or person.
CONTRACTS = {
    "encargo.registrado",
    "evaluacion.version",
    "politica.borrador",
    "politica.publicada",
    "retencion.regla",
    "retencion.regla_quitada",
    "ubicacion_personal.publicada",
}


def test_whatever_changes_a_setting_is_told_on_a_page_of_its_own():
    told: dict[str, list[str]] = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        for found in _NAMED.findall(path.read_text()):
            for accion in ast.literal_eval(found):
                told.setdefault(accion, []).append(str(path.relative_to(TEMPLATES)))
    assert set(told) <= set(HECHOS)
    settings = {accion for accion, hecho in HECHOS.items() if hecho.clase is ClaseHecho.AJUSTE}
    assert (settings | CONTRACTS) - set(told) == set(), "no page says who did this last"


def test_each_page_that_tells_it_tells_deeds_of_one_kind():
    """A page finds the newest by the kind of its first deed."""
    for path in TEMPLATES.rglob("*.html"):
        for found in _NAMED.findall(path.read_text()):
            assert len({HECHOS[accion].clase for accion in ast.literal_eval(found)}) == 1, path
