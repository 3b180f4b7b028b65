"""How a person wants to be told."""

from __future__ import annotations

from wtforms import BooleanField

from app.web.forms import Form


class PreferenceForm(Form):
    """Whether what the bell says also comes by mail."""

    avisos_por_correo = BooleanField("Enviarme también un correo con cada aviso")
