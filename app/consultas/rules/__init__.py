"""What may come of a look-up."""

from __future__ import annotations

from app.core.labels import Labelled


class ResultadoConsulta(Labelled):
    """What came of a look-up."""

    PENDIENTE = "pendiente", "En curso", "info"
    NUEVOS = "nuevos", "Con avistamientos nuevos", "ok"
    SIN_NOVEDADES = "sin_novedades", "Sin novedades"
    FALLIDA = "fallida", "Falló", "danger"
    CANCELADA = "cancelada", "Cancelada", "warn"
    #: The order was no longer in force when its turn came, so nobody was asked.
    NO_VIGENTE = "no_vigente", "No se consultó: la orden no estaba vigente", "warn"
    NO_CONFIGURADA = "no_configurada", "No se consultó: sin proveedor", "warn"
