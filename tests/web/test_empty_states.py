"""A page with nothing on it leads on: to where the first one is made, or back to all of them."""

from __future__ import annotations

import re

from config import ROOT

#: Parts of a case or of a list, whose form or filters stand on the same screen: the words say so.
BESIDE_THEIR_FORM = {
    "adjuntos/_section.html",
    "avistamientos/_identify.html",
    "avistamientos/_list.html",
    "bandeja/_tray.html",
    "direcciones/_section.html",
    "informes/_lista.html",
    "mensajes/_section.html",
    "notificaciones/_section.html",
    "oficios/_bitacora.html",
    "oficios/_custodia.html",
    "oficios/_historial.html",
    "oficios/_personas.html",
    "oficios/textos.html",
    "planillas/_pasos_rows.html",
    "planillas/_preview.html",
    "planillas/result.html",
    "titulares/personas.html",
    "trabajos/_section.html",
}
_CALL = re.compile(r"(?<!macro )(?<!call )\bempty_state\((?P<arguments>[^{}]*)\)")
_TEXTS = re.compile(r"'[^']*'|\"[^\"]*\"")


def test_every_empty_page_leads_on():
    folder = ROOT / "templates"
    stuck = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.html")
        for found in _CALL.finditer(path.read_text("utf-8"))
        if "url_for(" not in found["arguments"]
        and "landing()" not in found["arguments"]
        and len(_TEXTS.findall(found["arguments"])) < 5
    }

    assert stuck == BESIDE_THEIR_FORM
