"""The roads under concession, and the names under which providers and companies write them.

Provenance: names and axes of the motorways under concession, compiled from public pages;
abbreviations as the concessionaires and the bills of the TAG use them. What the office adds to the
catalogue brings its own name.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Via:
    """A road: how the catalogue calls it, and the words that mean it."""

    nombre: str
    #: Alternative names without accents and case, tried in this order.
    frases: tuple[tuple[str, ...], ...]
    #: Abbreviations that identify it in any field.
    siglas: frozenset[str] = frozenset()
    #: Words that identify it only in the company field; as a place they are ambiguous.
    de_empresa: tuple[tuple[str, ...], ...] = ()


def _via(nombre: str, *frases: str, siglas: str = "", empresa: tuple[str, ...] = ()) -> Via:
    return Via(
        nombre,
        tuple(tuple(frase.split()) for frase in frases),
        frozenset(siglas.split()),
        tuple(tuple(frase.split()) for frase in empresa),
    )


VIAS: tuple[Via, ...] = (
    _via("Autopista Central", "autopista central", siglas="ac"),
    _via("Vespucio Norte", "vespucio norte", siglas="avn vne", empresa=("vn",)),
    _via("Vespucio Sur", "vespucio sur", siglas="avs", empresa=("vs",)),
    _via("AVO I", "vespucio oriente", siglas="avo avo1 avoi"),
    _via("Costanera Norte", "costanera norte", siglas="cn"),
    _via("Túnel San Cristóbal", "tunel san cristobal", siglas="tsc", empresa=("san cristobal",)),
    _via(
        "Acceso Nororiente a Santiago",
        "acceso nororiente",
        "autopista nororiente",
        # «ano» is also the folded «año».
        empresa=("nororiente", "ano"),
    ),
    _via(
        "Acceso Vial Aeropuerto AMB",
        "acceso vial aeropuerto",
        "acceso aeropuerto",
        siglas="amb",
        empresa=("aeropuerto",),
    ),
    _via("Puente Industrial (Biobío)", "puente industrial", empresa=("pi",)),
    _via("Ruta 78 Autopista del Sol", "autopista del sol", "ruta 78", empresa=("autopista sol",)),
    _via(
        "Ruta 5 Norte (Santiago – Los Vilos)",
        "ruta 5 norte",
        "ruta 5 norte santiago los vilos",
        empresa=("aconcagua",),
    ),
    _via(
        "Ruta 5 Norte (Los Vilos – La Serena)",
        "ruta 5 norte",
        "ruta 5 norte los vilos la serena",
        "ruta del elqui",
        empresa=("elqui",),
    ),
    _via(
        "Ruta 5 Norte (La Serena – Vallenar)",
        "ruta 5 norte",
        "ruta 5 norte la serena vallenar",
        "ruta del algarrobo",
        empresa=("algarrobo",),
    ),
    _via(
        "Ruta 5 Norte (Vallenar – Caldera)",
        "ruta 5 norte",
        "ruta 5 norte vallenar caldera",
        "valles del desierto",
        empresa=("valles desierto",),
    ),
    # Under concession, without gantries in the list that the product brings.
    _via("Rutas del Pacífico (Ruta 68)", "rutas del pacifico", "ruta 68", empresa=("pacifico",)),
    _via(
        "Ruta 5 Sur Santiago - Talca",
        "ruta 5 sur",
        "ruta 5 sur santiago talca",
        empresa=("ruta maipo", "ruta del maipo"),
    ),
    _via(
        "Ruta 5 Sur Talca - Chillán (Survías Maule)",
        "ruta 5 sur",
        "ruta 5 sur talca chillan",
        "survias maule",
        empresa=("survias",),
    ),
    _via(
        "Ruta 5 Sur Chillán - Collipulli",
        "ruta 5 sur",
        "ruta 5 sur chillan collipulli",
        "ruta del bosque",
        empresa=("bosque",),
    ),
    _via("Ruta del Itata", "ruta del itata", empresa=("itata",)),
)
