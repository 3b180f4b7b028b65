"""The reports of *Informes*, each with its table: what the page shows, for programs."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.api.v1.access import STAFF, bearer_required
from app.api.v1.answering import answer
from app.api.v1.blueprint import ApiBlueprint
from app.api.v1.describing import gives
from app.api.v1.reading import takes
from app.api.v1.schemas.informes import InformeQuery, InformeShown, MedidaShown
from app.core.clock import local_today, utcnow
from app.core.errors import NotFound
from app.indicadores.queries.overview import read_cut, read_report
from app.indicadores.rules import Informe

bp = ApiBlueprint("informes", __name__)


@bp.get("/informes/<informe>")
@bearer_required(*STAFF)
@takes(query=InformeQuery)
@gives(
    f"Leer un informe con su tabla: {', '.join(f'`{one.value}`' for one in Informe)}.",
    InformeShown,
)
def report(informe: str, query: InformeQuery) -> ResponseReturnValue:
    """One report over the chosen days and cases."""
    known = {one.value: one for one in Informe}
    if informe not in known:
        raise NotFound(f"No hay un informe con ese nombre. Los que hay: {', '.join(known)}.")
    now = utcnow()
    cuadro = read_report(known[informe], query.to_selection(local_today(now)), now=now)
    keys = [medida.clave for medida in cuadro.medidas]
    return answer(
        InformeShown(
            informe=cuadro.informe,
            titulo=cuadro.titulo,
            definicion=cuadro.informe.definicion,
            desde=cuadro.seleccion.desde,
            hasta=cuadro.seleccion.hasta,
            n=cuadro.n,
            unidad=cuadro.informe.unidad,
            pie=cuadro.pie,
            impedimento=cuadro.impedimento,
            leido_at=read_cut(),
            medidas=[MedidaShown.model_validate(medida) for medida in cuadro.medidas],
            filas=[{key: row[key] for key in keys} for row in cuadro.filas],
        )
    )
