from __future__ import annotations

from app.oficios.models import Investigacion
from app.oficios.rules import Actividad


def test_a_full_disk_is_507_in_the_api(investigador_api, oficio, full_disk, rows):
    note = {"tipo": "nota", "descripcion": "Nadie abre la puerta. " * 200}
    with full_disk():
        answer = investigador_api("POST", f"/oficios/{oficio.id}/actividades", note)

    assert answer.status_code == 507
    assert "No hay espacio en el disco del servidor" in answer.get_json()["detail"]
    assert rows(Investigacion, tipo=Actividad.NOTA) == []
