"""A rule of retention, and what an admin decides on closed cases whose time is over."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import StopValidation

from app.buffets.models import Buffet
from app.cumplimiento.rules.retencion import CLOSED, MOST_MONTHS, AccionRetencion, Regla
from app.oficios.rules import Estado
from app.web.forms import EnumField, FechaField, Form, at_most, required

#: Proposals that one form names; «todas» has no limit.
_MOST = 2000


def _whole_months(_form: Form, field: StringField) -> None:
    text = field.data or ""
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST_MONTHS):
        raise StopValidation(f"Escriba los meses como un número entre 0 y {MOST_MONTHS}.")


class ReglaForm(Form):
    """What becomes of the closed cases of a firm, or of all firms."""

    buffet = SelectField("De quién")
    caso_estado = SelectField(
        "Casos cerrados como", choices=[SelectChoice(each.value, each.label) for each in CLOSED]
    )
    meses = StringField("Meses desde el cierre", [required("Escriba los meses."), _whole_months])
    accion = EnumField("Qué se hace entonces", AccionRetencion)
    fundamento = StringField(
        "Razón o deber legal", [required("Escriba por qué ese plazo."), at_most(300)]
    )

    @classmethod
    def among(cls, buffets: Iterable[Buffet], **kwargs: object) -> ReglaForm:
        """The form with the firms that a rule may be for."""
        form = cls(**kwargs)
        form.buffet.choices = [
            SelectChoice("", "Toda la oficina"),
            *(SelectChoice(str(each.id), each.nombre) for each in buffets),
        ]
        return form

    @property
    def buffet_id(self) -> int | None:
        """The firm; None: the office. Ask after validation."""
        return int(self.buffet.data) if self.buffet.data else None

    def to_regla(self) -> Regla:
        """The rule. Ask after validation."""
        return Regla(
            estado=Estado(self.caso_estado.data),
            meses=int(self.meses.data or 0),
            accion=self.accion.value,
            fundamento=self.fundamento.data or "",
            buffet_id=self.buffet_id,
        )


class QuitarReglaForm(Form):
    """Which rule goes."""

    buffet = HiddenField()
    caso_estado = HiddenField("Regla", [required("Elija una regla.")])

    @property
    def buffet_id(self) -> int | None:
        """The firm; None: the office; -1, which no firm has, where it cannot be told."""
        text = self.buffet.data or ""
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class DecidirForm(Form):
    """The cases that were chosen, and what is done with them."""

    todas = BooleanField("Todas las que están por decidir")
    hacer = HiddenField("Decisión", [required("Elija qué se hace.")])
    hasta = FechaField("Aplazar hasta")
    motivo = StringField("Por qué se conservan", [at_most(300)])
    confirma = BooleanField("Entiendo que lo confirmado no se puede deshacer")

    @property
    def chosen(self) -> list[int] | None:
        """The ids of the chosen proposals; None: all that are to be decided on."""
        if self.todas.data:
            return None
        sent = request.form.getlist("propuesta")[:_MOST]
        return [int(each) for each in sent if each.isascii() and each.isdigit() and len(each) < 10]
