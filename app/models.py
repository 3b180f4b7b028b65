"""Imports every model, for Alembic and the shell."""

from app.adjuntos.models import Adjunto
from app.ajustes.models import Ajuste, Logo
from app.api.models import ClaveApi, RespuestaGuardada
from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.avistamientos.models import Avistamiento, Consulta, Listado
from app.buffets.models import Buffet, Enlace
from app.custodia.models import Cabeza, Eslabon, Revision
from app.db import Model
from app.direcciones.models import Direccion, Visita
from app.eventos.models import Entrega, Evento, Webhook
from app.informes.models import Expediente
from app.jobs.models import Consumidor, Cuota, Ejecucion, Trabajo
from app.notificaciones.models import (
    Borrador,
    HitoInformado,
    Notificacion,
    Plantilla,
    Receptor,
    Respuesta,
    notificacion_adjuntos,
    respuesta_adjuntos,
)
from app.oficios.models import Investigacion, Oficio, Propietario
from app.planillas.models import Importacion
from app.porticos.models import AliasPortico, Portico
from app.tablero.models import Vista
from app.ubicado.models import Revisado, Ubicacion, ubicacion_adjuntos
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

__all__ = [
    "Adjunto",
    "Ajuste",
    "AliasPortico",
    "Auditoria",
    "Aviso",
    "Avistamiento",
    "Borrador",
    "Buffet",
    "Cabeza",
    "ClaveApi",
    "Consulta",
    "Consumidor",
    "Cuota",
    "Direccion",
    "Ejecucion",
    "Enlace",
    "Entrega",
    "Eslabon",
    "Evento",
    "Expediente",
    "HitoInformado",
    "Importacion",
    "Investigacion",
    "Listado",
    "Logo",
    "Model",
    "Notificacion",
    "Oficio",
    "Plantilla",
    "Portico",
    "Propietario",
    "Receptor",
    "Respuesta",
    "RespuestaGuardada",
    "Revisado",
    "Revision",
    "Trabajo",
    "Ubicacion",
    "Usuario",
    "Vehiculo",
    "Visita",
    "Vista",
    "Webhook",
    "notificacion_adjuntos",
    "respuesta_adjuntos",
    "ubicacion_adjuntos",
]
