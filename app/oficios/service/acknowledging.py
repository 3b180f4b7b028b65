"""Somebody looked at what does not add up and says that the paper has it so."""

from __future__ import annotations

from datetime import datetime

from app.core.errors import Refused
from app.oficios.models import Oficio
from app.oficios.queries import list_warnings
from app.oficios.rules import Actividad, Parte
from app.oficios.service.bitacora import record
from app.oficios.service.versions import touch
from app.usuarios.models import Usuario

_PARTS = {"patente": Parte.VEHICULO, "rut": Parte.PERSONA}


def confirm_warning(oficio: Oficio, clave: str, *, actor: Usuario, now: datetime) -> None:
    """Take a warning away without changing the value that it is about.

    Raises:
        Refused: the oficio has no such warning; somebody confirmed or corrected it before.
    """
    texts = [warning.texto for warning in list_warnings(oficio) if warning.clave == clave]
    if not texts:
        raise Refused("Esa advertencia ya no está: alguien la confirmó o la corrigió.")
    kind, _, rest = clave.partition("-")
    if kind == "patente":
        oficio.vehiculo.patente_confirmada = True
    elif kind == "rut":
        next(p for p in oficio.propietarios if p.id == int(rest)).rut_confirmado = True
    else:
        kept = oficio.advertencias_ingreso
        oficio.advertencias_ingreso = {k: v for k, v in kept.items() if k != rest}
    touch(oficio, actor=actor, now=now)
    record(
        oficio,
        Actividad.SISTEMA,
        f"Se confirma que el documento dice así. La advertencia era: {' '.join(texts)}",
        actor=actor,
        now=now,
        detalle={"clave": clave},
        parte=_PARTS.get(kind, Parte.OFICIO),
    )
