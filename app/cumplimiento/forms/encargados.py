"""What an admin writes of a contract with a law firm, and how it is ended."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from app.core.dates import format_fecha, parse_fecha
from app.core.errors import InvalidValue
from app.core.text import clean_text
from app.cumplimiento.models.encargados import Encargo
from app.cumplimiento.rules.encargados import PROPOSED_KINDS, PROPOSED_OBJECT, PROPOSED_PURPOSE
from app.cumplimiento.service.encargados import EncargoData
from app.web.forms import FechaField, Form, at_most, required

#: Sub-processors that a form takes, and empty lines that it offers.
_MOST = 40
_BLANK = 2


class EncargoForm(Form):
    """The contract with a buffet."""

    objeto = TextAreaField(
        "Objeto del encargo", [required("Escriba el objeto del encargo."), at_most(4000)]
    )
    desde = FechaField("Rige desde", [required("Escriba desde cuándo rige.")])
    hasta = FechaField("Último día")
    finalidad = TextAreaField(
        "Finalidad del tratamiento", [required("Escriba la finalidad."), at_most(4000)]
    )
    categorias = TextAreaField(
        "Clases de datos", [required("Escriba qué clases de datos se tratan."), at_most(4000)]
    )
    instrucciones = TextAreaField("Instrucciones del buffet", [at_most(8000)])
    #: The version that the form was opened on.
    version = HiddenField()

    @classmethod
    def of(cls, contract: Encargo | None, **kwargs: Any) -> EncargoForm:
        """The form with what holds, or what a first contract proposes; or with what was sent.

        ``formdata=None`` shows what holds also in the answer to a POST.
        """
        if contract is None:
            return cls(
                data={
                    "objeto": PROPOSED_OBJECT,
                    "finalidad": PROPOSED_PURPOSE,
                    "categorias": PROPOSED_KINDS,
                    "version": "0",
                },
                **kwargs,
            )
        names = ("objeto", "desde", "hasta", "finalidad", "categorias", "instrucciones")
        values: dict[str, Any] = {name: getattr(contract, name) for name in names}
        return cls(data={**values, "version": str(contract.numero)}, **kwargs)

    def validate(self, extra_validators: object = None) -> bool:
        """Also refuse a sub-processor without a name, or without the day of its written leave."""
        is_valid = super().validate(extra_validators)
        try:
            self._subprocessors()
        except InvalidValue as problem:
            self.form_errors.append(str(problem))
            return False
        return is_valid

    @property
    def seen_version(self) -> int:
        """The version that the form was opened on; 0 where that cannot be told."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def to_data(self) -> EncargoData:
        """What the contract says. Ask after validation."""
        return EncargoData(
            objeto=self.objeto.data,
            desde=self.desde.value,
            hasta=self.hasta.value,
            finalidad=self.finalidad.data,
            categorias=self.categorias.data,
            instrucciones=self.instrucciones.data or None,
            subencargados=self._subprocessors(),
        )

    def lines(self, contract: Encargo | None, *, is_sent: bool) -> list[tuple[str, str, str]]:
        """Name, service and day of each sub-processor as typed, else as stored, and empty lines."""
        if is_sent:
            rows = self._typed()
        else:
            known = contract.subencargados if contract else []
            rows = [
                (
                    each["nombre"],
                    each["servicio"],
                    format_fecha(date.fromisoformat(each["autorizado"])),
                )
                for each in known
            ]
        return [*rows, *[("", "", "")] * _BLANK]

    def _typed(self) -> list[tuple[str, str, str]]:
        lists = [
            [clean_text(each)[:200] for each in request.form.getlist(name)[:_MOST]]
            for name in ("sub_nombre", "sub_servicio", "sub_autorizado")
        ]
        return [row for row in zip(*lists, strict=False) if any(row)]

    def _subprocessors(self) -> tuple[dict[str, str], ...]:
        found = []
        for nombre, servicio, autorizado in self._typed():
            if not nombre:
                raise InvalidValue("Escriba el nombre de cada subencargado.")
            if not autorizado:
                raise InvalidValue(
                    f"Escriba la fecha en que el buffet autorizó por escrito a «{nombre}»: sin esa "
                    "autorización no se registra."
                )
            try:
                day = parse_fecha(autorizado)
            except InvalidValue as problem:
                raise InvalidValue(f"La autorización de «{nombre}»: {problem}") from None
            found.append({"nombre": nombre, "servicio": servicio, "autorizado": day.isoformat()})
        return tuple(found)


class DevolverForm(Form):
    """To whom the data of an ended contract are returned."""

    entrega = StringField(
        "A quién y por qué medio se entregan",
        [required("Escriba a quién y por qué medio se entregan."), at_most(200)],
    )


class SuprimirEncargoForm(Form):
    """Why open cases stay, and the admin's word that the rest is to be erased."""

    porque = StringField("Por qué se conservan los casos abiertos", [at_most(200)])
    confirma = BooleanField(
        "Entiendo que esto no se puede deshacer",
        [required("Marque que entiende que no se puede deshacer.")],
    )
