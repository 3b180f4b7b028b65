"""The form beside a paper: that of a new oficio, filled with what the paper says."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from app.oficios.forms.oficio import NuevoForm


class PapelRevisadoForm(NuevoForm):
    """An oficio as its papers say it, until somebody confirms it; its buffet is the papers'."""

    buffet_id: Any = None
    #: The other paper that is shown along: the certificate of an order, or the order.
    junto = HiddenField()
