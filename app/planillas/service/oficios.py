"""A buffet's list of orders: each row that can be read and is not there yet becomes an oficio."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.auditoria.service import audit
from app.buffets.models import Buffet
from app.core.clock import local_today
from app.core.errors import Refused
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Prioridad
from app.oficios.service import (
    DireccionData,
    OficioData,
    PropietarioData,
    VehiculoData,
    create_oficio,
)
from app.planillas.models import Importacion
from app.planillas.queries import list_numbers
from app.planillas.rules.layout import Lectura
from app.planillas.rules.memory import remember
from app.planillas.rules.oficio_fields import ETIQUETAS, LAYOUT
from app.planillas.rules.oficio_outcomes import (
    EstadoImportacion,
    FilaOficio,
    Resultado,
    classify_oficios,
)
from app.planillas.rules.oficio_rows import read_oficios
from app.planillas.rules.rows import Review
from app.planillas.rules.sheets import Planilla
from app.planillas.service.drafts import keep_draft
from app.planillas.service.kinds import Kind
from app.usuarios.models import Usuario

#: The models tell these from what is stored, for as long as it does not add up.
_DERIVED = frozenset({"patente", "propietario_rut"})
#: A list may name the comuna alone.
SIN_CALLE = "Sin calle informada"


class Oficios(Kind[Importacion, FilaOficio]):
    """Orders that a buffet sends."""

    model = Importacion
    layout = LAYOUT
    outcomes = Resultado
    imported = EstadoImportacion.IMPORTADA
    discarded = EstadoImportacion.DESCARTADA
    stale = (
        "No se importó: alguien corrigió este listado mientras usted lo veía. Se muestra como "
        "quedó; revíselo y pulse Importar otra vez."
    )
    closed = "Este listado ya se importó. Suba otro para agregar o corregir filas."

    def review_of(self, draft: Importacion) -> Review:
        """The mapping and the corrections that it keeps."""
        return Review(draft.mapeo_columnas, draft.correcciones_por_celda)

    def keep_review(self, draft: Importacion, review: Review) -> None:
        """Store them as JSON does: with texts for keys."""
        kept: dict[str, dict[str, str]] = {}
        for (fila, campo), texto in review.correcciones.items():
            kept.setdefault(str(fila), {})[campo] = texto
        draft.mapeo = _keep_mapping(review.mapeo)
        draft.correcciones = kept

    def read(
        self, planilla: Planilla, draft: Importacion, review: Review, *, now: datetime
    ) -> Lectura[FilaOficio]:
        """Read each field of each row."""
        del draft
        return read_oficios(planilla, review, today=local_today(now))

    def classify(
        self, draft: Importacion, filas: Sequence[FilaOficio], *, now: datetime
    ) -> list[FilaOficio]:
        """Compare the numbers with those of the buffet's oficios."""
        del now
        return classify_oficios(filas, list_numbers(draft.buffet_id))

    def lock(self, draft: Importacion) -> None:
        """Nothing stands above the draft; its buffet is locked once the draft is."""

    def prepare(self, draft: Importacion, filas: Sequence[FilaOficio], *, now: datetime) -> None:
        """Lock the buffet, so that no number is taken between the comparison and the last row.

        Raises:
            Refused: it was closed.
        """
        del filas, now
        buffet = db.session.get_one(
            Buffet, draft.buffet_id, with_for_update={"key_share": True}, populate_existing=True
        )
        if not buffet.activo:
            raise Refused("No se importó: el buffet está cerrado. Pida que lo reabran.")

    def store(
        self, draft: Importacion, filas: Sequence[FilaOficio], *, actor: Usuario, now: datetime
    ) -> Mapping[int, Oficio]:
        """Open a case for each row that is to be imported."""
        return {
            fila.numero_fila: create_from_row(fila, buffet_id=draft.buffet_id, actor=actor, now=now)
            for fila in filas
            if fila.resultado is not None and fila.resultado.is_imported
        }

    def close(
        self,
        draft: Importacion,
        lectura: Lectura[FilaOficio],
        made: Collection[Oficio],
        *,
        actor: Usuario,
        now: datetime,
    ) -> None:
        """Mark it, and remember the columns of the buffet where somebody corrected them."""
        del made
        draft.estado = EstadoImportacion.IMPORTADA
        draft.importada_at = now
        buffet = draft.buffet
        if draft.mapeo:
            buffet.mapeo_importacion = {**buffet.mapeo_importacion, **remember(lectura.columnas)}
        audit(
            "importacion.importada",
            actor=actor,
            now=now,
            entidad="importacion",
            entidad_id=draft.id,
            buffet_id=draft.buffet_id,
            **draft.resultado,
        )

    def discard(self, draft: Importacion, *, actor: Usuario, now: datetime) -> None:
        """Mark it; what people typed over its cells goes with the file."""
        draft.estado = EstadoImportacion.DESCARTADA
        draft.correcciones = {}
        audit(
            "importacion.descartada",
            actor=actor,
            now=now,
            entidad="importacion",
            entidad_id=draft.id,
            buffet_id=draft.buffet_id,
        )

    def report_line(self, fila: FilaOficio, made: Oficio | None = None) -> dict[str, Any]:
        """What becomes of a row: fila, numero, patente, resultado, detalle, oficio_id."""
        resultado = fila.resultado or Resultado.ERROR
        problems = fila.errores if resultado is Resultado.ERROR else fila.advertencias
        told = [f"{ETIQUETAS[campo]}: {sentence}" for campo, sentence in problems.items()]
        return {
            "fila": fila.numero_fila,
            "numero": fila.texto("numero_oficio"),
            "patente": str(fila.datos.get("patente") or fila.texto("patente")),
            "resultado": resultado.value,
            "detalle": fila.motivo or " ".join(told),
            "oficio_id": made.id if made else None,
        }


OFICIOS = Oficios()


def create_importacion(
    *,
    buffet_id: int,
    nombre: str,
    contenido: bytes,
    mapeo: Mapping[int, str] | None,
    actor: Usuario,
    now: datetime,
) -> Importacion:
    """Keep a buffet's list until it is imported; ``mapeo`` is what its earlier lists taught."""
    return keep_draft(
        OFICIOS,
        nombre=nombre,
        contenido=contenido,
        actor=actor,
        now=now,
        buffet_id=buffet_id,
        mapeo=_keep_mapping(mapeo),
    )


def _keep_mapping(mapeo: Mapping[int, str] | None) -> dict[str, Any]:
    return {str(column): campo for column, campo in (mapeo or {}).items()}


def create_from_row(fila: FilaOficio, *, buffet_id: int, actor: Usuario, now: datetime) -> Oficio:
    """Open the case that a row describes, with its vehicle, its person and its address.

    Raises:
        NumeroTaken: the buffet already sent that number.
    """
    return create_oficio(
        _oficio(fila),
        _vehiculo(fila),
        buffet_id=buffet_id,
        propietario=_propietario(fila),
        direccion=_direccion(fila),
        actor=actor,
        now=now,
    )


def _oficio(fila: FilaOficio) -> OficioData:
    return OficioData(
        numero_oficio=str(fila.datos["numero_oficio"]),
        rol=_text(fila, "rol"),
        tribunal=_text(fila, "tribunal"),
        caratulado=_text(fila, "caratulado"),
        fecha_oficio=_day(fila, "fecha_oficio"),
        fecha_ingreso=_day(fila, "fecha_ingreso"),
        fecha_limite=_day(fila, "fecha_limite"),
        prioridad=Prioridad(fila.datos.get("prioridad", Prioridad.MEDIA.value)),
        notas_generales=_text(fila, "notas"),
        advertencias_ingreso={
            campo: sentence
            for campo, sentence in fila.advertencias.items()
            if campo not in _DERIVED or campo not in fila.datos
        },
    )


def _vehiculo(fila: FilaOficio) -> VehiculoData:
    anio: Any = fila.datos.get("anio")
    return VehiculoData(
        patente=str(fila.datos["patente"]),
        patente_dv=_text(fila, "patente_dv"),
        marca=_text(fila, "marca"),
        modelo=_text(fila, "modelo"),
        anio=anio,
        color=_text(fila, "color"),
        vin=_text(fila, "vin"),
    )


def _propietario(fila: FilaOficio) -> PropietarioData | None:
    persona = PropietarioData(
        nombre=_text(fila, "propietario_nombre"),
        rut=_text(fila, "propietario_rut"),
        email=_text(fila, "propietario_email"),
        telefono=_text(fila, "propietario_telefono"),
    )
    return None if persona == PropietarioData() else persona


def _direccion(fila: FilaOficio) -> DireccionData | None:
    calle, comuna, region = (_text(fila, name) for name in ("direccion", "comuna", "region"))
    if not (calle or comuna or region):
        return None
    return DireccionData(direccion=calle or SIN_CALLE, comuna=comuna, region=region)


def _text(fila: FilaOficio, name: str) -> str | None:
    value = fila.datos.get(name)
    return str(value) if value is not None else None


def _day(fila: FilaOficio, name: str) -> date | None:
    value = fila.datos.get(name)
    return value if isinstance(value, date) else None
