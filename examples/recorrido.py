"""From a new buffet to a notified receptor, through the API alone."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from rastro_cliente import Rastro


def main(photo: Path, receptor: str) -> None:
    """Walk the main job once and print each step."""
    rastro = Rastro(os.environ["RASTRO_URL"], os.environ["RASTRO_CLAVE"])
    stamp = datetime.now(UTC).strftime("%H%M%S%f")

    buffet = rastro.create_buffet(
        f"Estudio de ejemplo {stamp}", f"77{stamp[-6:]}-0", "contacto@ejemplo.example"
    )
    print("buffet", buffet["id"], *buffet["advertencias"])

    oficio = rastro.create_oficio(
        f"API-{stamp}",
        buffet["id"],
        "BBCL12",
        prioridad="alta",
        comuna="Ñuñoa",
        direccion="Av. Grecia 1180",
    )
    print("oficio", oficio["id"], oficio["estado"])
    oficio = rastro.move_oficio(oficio, "investigacion")

    adjunto = rastro.upload_photo(oficio["id"], photo, "Vista frontal")
    print("foto", adjunto["id"], adjunto["sha256"][:12])

    check = rastro.wait_for(rastro.check_gantries(oficio["id"]))
    print("consulta", check["estado"], check["error"] or "")

    notice = rastro.wait_for(rastro.notify_receptor(oficio["id"], receptor, [adjunto["id"]]))
    print("aviso", notice["estado"], notice["error"] or "")

    for mail in rastro.notificaciones(oficio["id"]):
        print("correo", mail["estado"], mail["destinatario_email"], mail["error"] or "")

    for entry in rastro.timeline(oficio["id"]):
        print(entry["ocurrido_at"], entry["tipo"], entry["descripcion"].splitlines()[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
