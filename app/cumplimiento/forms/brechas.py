"""What an admin writes down of a breach."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.cumplimiento.models.brechas import Brecha
from app.cumplimiento.rules.brechas import DestinoBrecha, EstadoBrecha, RiesgoBrecha, TipoBrecha
from app.cumplimiento.service.brechas import BrechaData, ComunicacionData
from app.web.forms import EnumField, FechaHoraField, Form, WholeField, at_most, required

_MOST = 2**31 - 1


def _text(label: str) -> TextAreaField:
    return TextAreaField(label, [Optional(), at_most(8000)])


def _number(label: str) -> WholeField:
    message = "Escriba un número entero, o déjelo vacío si todavía no se sabe."
    return WholeField(label, [Optional(), NumberRange(0, _MOST, message=message)])


class _Versioned(Form):
    """A form that knows which version of the row it was opened on."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version that the form was opened on; 0 where that cannot be told."""
        text = (self.version.raw_data or [""])[0]
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class BrechaForm(_Versioned):
    """A breach, as far as it is known."""

    tipo = EnumField("Naturaleza", TipoBrecha)
    descripcion = TextAreaField(
        "Qué ocurrió", [required("Escriba qué ocurrió, aunque sea en una línea."), at_most(8000)]
    )
    conocida = FechaHoraField(
        "Cuándo se conoció", [required("Escriba cuándo se conoció la brecha.")]
    )
    ocurrio = FechaHoraField("Cuándo ocurrió")
    contenida = BooleanField("Ya está contenida")
    categorias_datos = _text("Categorías de datos")
    numero_datos = _number("Número aproximado de registros")
    categorias_titulares = _text("Personas afectadas")
    numero_titulares = _number("Número aproximado de personas")
    datos_financieros = BooleanField(
        "Hay datos sobre obligaciones económicas, financieras, bancarias o comerciales"
    )
    datos_sensibles = BooleanField("Hay datos sensibles")
    datos_de_menores = BooleanField("Hay datos de menores de catorce años")
    efectos = _text("Efectos")
    riesgo = EnumField("Riesgo para los derechos de las personas", RiesgoBrecha)
    medidas = _text("Medidas adoptadas y para precaver nuevos incidentes")

    @classmethod
    def of(cls, row: Brecha) -> BrechaForm:
        """The form of a breach as it is now, or as it was sent."""
        return cls(
            obj=row,
            conocida=row.conocida_at,
            ocurrio=row.ocurrio_at,
            contenida=row.estado is EstadoBrecha.CONTENIDA,
        )

    def to_data(self) -> BrechaData:
        """What is known. Ask after validation."""
        return BrechaData(
            tipo=self.tipo.value,
            descripcion=self.descripcion.data,
            conocida_at=self.conocida.value,  # type: ignore[arg-type]  # it is required
            ocurrio_at=self.ocurrio.value,
            contenida=bool(self.contenida.data),
            categorias_datos=self.categorias_datos.data or None,
            numero_datos=self.numero_datos.data,
            categorias_titulares=self.categorias_titulares.data or None,
            numero_titulares=self.numero_titulares.data,
            datos_financieros=bool(self.datos_financieros.data),
            datos_sensibles=bool(self.datos_sensibles.data),
            datos_de_menores=bool(self.datos_de_menores.data),
            efectos=self.efectos.data or None,
            riesgo=self.riesgo.value,
            medidas=self.medidas.data or None,
        )


class BorradoresForm(_Versioned):
    """The two messages, as they would be sent by somebody."""

    agencia = TextAreaField("Para la Agencia", [Optional(), at_most(20000)])
    titulares = TextAreaField("Para las personas", [Optional(), at_most(20000)])


class ComunicacionForm(Form):
    """That somebody was told of a breach."""

    destino = EnumField("A quién", DestinoBrecha)
    destinatario = StringField(
        "Destinatario",
        [
            required("Escriba a quién se comunicó: una oficina, cuántas personas, un diario."),
            at_most(200),
        ],
    )
    medio = StringField(
        "Cómo y con qué comprobante", [required("Escriba por qué medio."), at_most(200)]
    )
    comunicada = FechaHoraField("Cuándo", [required("Escriba cuándo se comunicó.")])
    texto = TextAreaField("Texto enviado", [Optional(), at_most(20000)])

    def to_data(self) -> ComunicacionData:
        """What was told. Ask after validation."""
        return ComunicacionData(
            destino=self.destino.value,
            destinatario=self.destinatario.data or "",
            medio=self.medio.data or "",
            comunicada_at=self.comunicada.value,  # type: ignore[arg-type]  # it is required
            texto=self.texto.data or None,
        )


class CierreForm(Form):
    """Why a breach is closed."""

    cierre = TextAreaField("Por qué se cierra", [required("Escriba por qué."), at_most(4000)])
    pese_a_todo = BooleanField("Se cierra aunque falte lo que se indica; la razón queda escrita")
