"""A made-up case, so that a template can be looked at without anybody's data."""

from __future__ import annotations

from app.notificaciones.mails.case_facts import Contacto, NoticeAddress, NoticeContent
from app.notificaciones.rules.plantillas import Textos, fill
from app.notificaciones.rules.sources import LastSighting, Location

VALUES = {
    "destinatario": "Ema Soto",
    "patente": "BB·CL·12-9",
    "vehiculo": "Suzuki Swift 2021",
    "rol": "C-3030-2026",
    "tribunal": "19º Juzgado Civil de Santiago",
    "caratulado": "BANCO DE EJEMPLO/PÉREZ",
    "numero_oficio": "OF-2026-00001",
    "fecha_oficio": "02-11-2026",
    "investigador": "Carla Muñoz",
    "buffet": "Estudio de Ejemplo",
}


def sample(textos: Textos, *, base_url: str) -> tuple[str, NoticeContent]:
    """The subject and the contents of a notice about that case, in these words."""
    contenido = NoticeContent(
        patente=VALUES["patente"],
        vehiculo=VALUES["vehiculo"],
        destinatario=VALUES["destinatario"],
        mensaje="",
        causa=[
            ("Tribunal", VALUES["tribunal"]),
            ("Rol", VALUES["rol"]),
            ("Caratulado", VALUES["caratulado"]),
            ("Oficio", VALUES["numero_oficio"]),
            ("Fecha del oficio", VALUES["fecha_oficio"]),
        ],
        datos_vehiculo=[
            ("Patente", VALUES["patente"]),
            ("Marca y modelo", "Suzuki Swift"),
            ("Año", "2021"),
            ("Color", "azul"),
        ],
        advertencias=[],
        medidas=[
            ("Auxilio de la fuerza pública", "Concedido"),
            ("Descerrajamiento", "No consta que esté concedido"),
        ],
        ubicacion=Location(
            "Av. de Ejemplo 1180, Ñuñoa, Metropolitana",
            "24-11-2026 10:32",
            VALUES["investigador"],
            coordenadas="-33.456000, -70.612000 (± 12 m)",
            acceso="Estacionamiento subterráneo. Hay guardia o conserje.",
        ),
        lugares=[
            NoticeAddress(
                "Domicilio",
                "Av. de Ejemplo 1180, Ñuñoa, Metropolitana",
                acceso="Subterráneo -2. Pregunte al guardia.",
            )
        ],
        avistamientos=[LastSighting("22-11-2026 19:12", "Costanera Norte, pórtico 4", "Autopista")],
        contactos=[Contacto("Investigador a cargo", VALUES["investigador"])],
        fotos=[],
        saludo=fill(textos.saludo, VALUES),
        introduccion=fill(textos.introduccion, VALUES),
        despedida=fill(textos.despedida, VALUES),
        enlace=f"{base_url}/r/ejemplo",
        fotos_enlace=0,
    )
    return fill(textos.asunto, VALUES), contenido
