"""What the page of the audit says: every deed in words, and what kind of deed it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from app.auditoria.rules import CanalDivulgacion
from app.core.labels import Labelled


class ClaseHecho(Labelled):
    """What kind of deed it is; the label is that of the filter."""

    ENTRADA = "entrada", "Entradas y rechazos"
    LECTURA = "lectura", "Lecturas de datos"
    SALIDA = "salida", "Envíos y exportaciones"
    CASO = "caso", "Cambios en casos"
    CUENTA = "cuenta", "Cuentas y permisos"
    AJUSTE = "ajuste", "Ajustes y catálogos"
    ELIMINACION = "eliminacion", "Eliminaciones"
    CUMPLIMIENTO = "cumplimiento", "Datos personales y contratos"
    INSTALACION = "instalacion", "Instalación y trabajos"


class FuenteHecho(Labelled):
    """Where a row of the page is kept. Rows of one moment stand in this order."""

    REGISTRO = "registro", "Auditoría"
    ENTRADA = "entrada", "Bitácora de un caso"
    SALIDA = "salida", "Registro de divulgaciones"

    @property
    def rank(self) -> int:
        """Its place among rows of the same moment."""
        return list(FuenteHecho).index(self)


class HechoAuditado(NamedTuple):
    """A kind of deed, and how it is said, after its subject."""

    clase: ClaseHecho
    frase: str


def _hechos(clase: ClaseHecho, **phrases: str) -> dict[str, HechoAuditado]:
    """Deeds of one kind; two underscores stand for the dot of a name."""
    return {name.replace("__", "."): HechoAuditado(clase, text) for name, text in phrases.items()}


#: Every deed that is audited.
HECHOS: Mapping[str, HechoAuditado] = MappingProxyType(
    _hechos(
        ClaseHecho.ENTRADA,
        usuario__entro="entró",
        usuario__intento="recibió contraseñas equivocadas en su cuenta",
        usuario__frenado="fue frenado por intentos repetidos",
        usuario__sesion_cerrada="cerró una sesión",
        usuario__sesiones_cerradas="cerró todas las sesiones de una cuenta",
        usuario__telefono="dejó un teléfono con llave propia",
        acceso__rechazado="pidió algo que no le corresponde",
        acceso__abierto="abrió un caso ajeno diciendo por qué",
        enlace__abierto="abrió el tablero de un buffet con su enlace",
        enlace__rechazado="usó un enlace que ya no abre nada",
        factor__avisado="fue avisado de un cambio en su segundo paso",
        factor__respaldo="entró con un código de respaldo",
    )
    | _hechos(
        ClaseHecho.LECTURA,
        persona__datos_mostrados="pidió ver el RUT y los contactos de una persona",
        titular__buscado="buscó todo lo que hay de una persona",
        adjunto__original_descargado="descargó el original de un archivo",
        avistamientos__listado_descargado="descargó el archivo de un listado de pasos",
        ingreso__original_descargado="descargó un archivo de la bandeja",
    )
    | _hechos(
        ClaseHecho.SALIDA,
        consultas__exportadas="exportó las consultas",
        informe_mensual__emitido="emitió el informe mensual de un buffet",
        expediente__pedido="pidió un expediente",
        expediente__emitido="emitió un expediente",
        expediente__descargado="descargó un expediente",
        notificacion__enviada="envió un aviso a un receptor",
        enlace__compartido="pidió un enlace para enviarlo por WhatsApp",
        usuario__clave_avisada="recibió el aviso de que su contraseña cambió",
        usuario__enlace_clave="recibió un enlace para elegir su contraseña",
    )
    | _hechos(
        ClaseHecho.CASO,
        adjunto__aprobado="mostró una foto al buffet",
        adjunto__aprobacion_retirada="dejó de mostrar una foto al buffet",
        adjunto__orden="cambió el orden de los archivos",
        adjunto__portada="eligió otra foto de portada",
        avistamientos__listado_importado="importó un listado de pasos",
        avistamientos__listado_descartado="descartó un listado de pasos",
        importacion__importada="importó una planilla de oficios",
        importacion__movida="pasó una planilla importada a otro buffet",
        importacion__fila_movida="pasó una fila importada a otro buffet",
        importacion__descartada="descartó una planilla de oficios",
        ingreso__recibido="dejó un archivo en la bandeja",
        ingreso__creado="creó casos de un archivo de la bandeja",
        ingreso__devuelto="devolvió un archivo de la bandeja",
        ingreso__rechazado="rechazó un archivo de la bandeja",
        ingreso__reabierto="volvió a abrir un archivo de la bandeja",
        ingreso__buffet="cambió el buffet de un archivo de la bandeja",
        mensaje__validado="validó un mensaje a un buffet",
        mensaje__descartado="no dejó salir un mensaje a un buffet",
        mensaje__atendido="dio por atendido un mensaje de un buffet",
        archivo__infectado="recibió un archivo con un virus, que no se guardó",
    )
    | _hechos(
        ClaseHecho.CUENTA,
        usuario__creado="creó una cuenta",
        usuario__modificado="cambió una cuenta",
        usuario__activado="activó una cuenta",
        usuario__desactivado="desactivó una cuenta",
        usuario__clave="cambió una contraseña",
        usuario__enlace_visto="vio el enlace de invitación de una cuenta",
        usuario__equipo_avisado="pidió recibir avisos en un equipo",
        factor__app="puso una aplicación como segundo paso",
        factor__llave="puso una llave de acceso",
        factor__codigos="pidió códigos de respaldo",
        factor__quitado="quitó un segundo paso",
        factor__reiniciado="reinició el segundo paso de una cuenta",
        clave_api__creada="creó una clave de la API",
        clave_api__renovada="renovó una clave de la API",
        clave_api__revocada="revocó una clave de la API",
        enlace__creado="creó el enlace de una persona de un buffet",
        enlace__pedido="recibió el enlace a su tablero, que pidió otra vez",
        enlace__enviado="recibió el enlace a su tablero",
        enlace__rotado="cambió el enlace de un buffet",
        enlace__revocado="revocó el enlace de un buffet",
        enlace__anulado="anuló el enlace de un aviso a un receptor",
        buffet__baja_rotada="cambió el enlace con que un buffet deja de recibir correos",
        calendario__enlace="creó el enlace a su calendario",
        calendario__quitado="quitó el enlace a su calendario",
    )
    # A string: as a name in the code it would read as a row of the bell.
    | {
        "usuario.equipo_sin_avisos": HechoAuditado(
            ClaseHecho.CUENTA, "quitó los avisos de un equipo"
        )
    }
    | _hechos(
        ClaseHecho.AJUSTE,
        ajuste__cambiado="cambió un ajuste",
        ajuste__logo="cambió el logo de la oficina",
        ajustes__tablero="cambió los límites del tablero",
        buffet__creado="creó un buffet",
        buffet__modificado="cambió un buffet",
        buffet__activado="activó un buffet",
        buffet__desactivado="desactivó un buffet",
        buffet__correos="cambió qué correos recibe un buffet",
        promesa__guardada="cambió lo que se promete a un buffet",
        receptor__creado="creó un receptor",
        receptor__modificado="cambió un receptor",
        receptor__activado="activó un receptor",
        receptor__desactivado="desactivó un receptor",
        plantilla__modificada="cambió la plantilla de los avisos",
        texto__creado="creó un texto frecuente",
        texto__modificado="cambió un texto frecuente",
        texto__activado="activó un texto frecuente",
        texto__desactivado="desactivó un texto frecuente",
        portico__creado="creó un pórtico",
        portico__modificado="cambió un pórtico",
        portico__activado="activó un pórtico",
        portico__desactivado="desactivó un pórtico",
        portico__lista_aplicada="aplicó la lista nueva de pórticos",
        portico__corregido="corrigió a qué pórtico corresponde un nombre",
        portico__correccion_retirada="retiró la corrección de un pórtico",
        webhook__creado="creó un webhook",
        webhook__modificado="cambió un webhook",
        webhook__activado="activó un webhook",
        webhook__desactivado="desactivó un webhook",
    )
    | _hechos(
        ClaseHecho.ELIMINACION,
        adjunto__eliminado="eliminó un archivo",
        bitacora__entrada_retirada="retiró una entrada de la bitácora",
        importacion__deshecha="deshizo una importación",
        importacion__fila_deshecha="deshizo una fila de una importación",
        ingreso__deshecho="deshizo lo creado de un archivo de la bandeja",
        supresion__confirmada="confirmó una supresión de datos",
        supresion__mencion="borró la mención de una persona",
        supresion__hecha="terminó una supresión de datos",
        encargo__suprimido="suprimió los datos de un encargo",
        ejemplos__quitados="quitó los casos de ejemplo",
    )
    | _hechos(
        ClaseHecho.CUMPLIMIENTO,
        oficio__bloqueado="bloqueó un caso",
        oficio__desbloqueado="levantó el bloqueo de un caso",
        solicitud__recibida="anotó la solicitud de una persona",
        solicitud__identidad="anotó cómo se comprobó la identidad de una persona",
        solicitud__prorrogada="prorrogó la solicitud de una persona",
        solicitud__derivada="pasó la solicitud de una persona al buffet",
        solicitud__resuelta="resolvió la solicitud de una persona",
        solicitud__respuesta_guardada="guardó la respuesta a una persona",
        solicitud__entregada="entregó la respuesta a una persona",
        brecha__registrada="registró una brecha de seguridad",
        brecha__modificada="cambió una brecha de seguridad",
        brecha__borradores="preparó los borradores de una brecha",
        brecha__comunicada="comunicó una brecha de seguridad",
        brecha__cerrada="cerró una brecha de seguridad",
        brecha__reabierta="volvió a abrir una brecha de seguridad",
        encargo__registrado="registró un contrato de encargo",
        encargo__devuelto="devolvió los datos de un encargo",
        encargo__certificado="emitió el certificado de un encargo",
        evaluacion__version="guardó una versión de la evaluación de impacto",
        politica__borrador="cambió el borrador de la política de privacidad",
        politica__publicada="publicó la política de privacidad",
        ubicacion_personal__publicada="publicó lo que se informa al personal sobre su ubicación",
        ubicacion_personal__leida="leyó lo que se informa sobre su ubicación",
        retencion__regla="fijó cuánto tiempo se guardan los casos",
        retencion__regla_quitada="quitó una regla de retención",
        retencion__decidida="decidió sobre un caso que cumplió su plazo",
        retencion__confirmada="confirmó lo que propone la retención",
        retencion__certificado="emitió el certificado de una retención",
    )
    | _hechos(
        ClaseHecho.INSTALACION,
        ejemplos__cargados="cargó los casos de ejemplo",
        respaldo__pedido="pidió un respaldo",
        respaldo__restaurado="restauró un respaldo",
        mantencion__iniciada="puso la mantención",
        mantencion__terminada="quitó la mantención",
        trabajos__reintentar="reintentó trabajos",
        trabajos__cancelar="canceló trabajos",
        trabajos__ejecutar="ejecutó trabajos de inmediato",
    )
)

#: Of a deed that only an older version knew.
_UNKNOWN = ClaseHecho.INSTALACION


def hecho_of(accion: str) -> HechoAuditado:
    """What a word of the audit means; that of an older version is shown as it is."""
    return HECHOS.get(accion) or HechoAuditado(
        _UNKNOWN, accion.replace(".", ": ").replace("_", " ")
    )


def acciones_of(clase: ClaseHecho) -> list[str]:
    """The words of the audit that are of a kind."""
    return [accion for accion, hecho in HECHOS.items() if hecho.clase is clase]


def canales_of(clase: ClaseHecho) -> list[CanalDivulgacion]:
    """By which ways something is seen or leaves that is of a kind."""
    if clase is ClaseHecho.LECTURA:
        return [CanalDivulgacion.LECTURA]
    if clase is ClaseHecho.SALIDA:
        return [each for each in CanalDivulgacion if each is not CanalDivulgacion.LECTURA]
    return []


#: Mails of which the person of an account is told, and that no account sends.
_TO_THE_PERSON = frozenset({"usuario.clave_avisada", "usuario.enlace_clave"})
#: How somebody is called who has no account, or none that is known.
NOBODY_KNOWN = "Alguien sin cuenta"
RASTRO = "Rastro"


def is_about_the_person(accion: str) -> bool:
    """Whether a deed without an account tells of the person of the account that it names.

    A wrong password is counted for an account; whoever typed it has none.
    """
    return accion in _TO_THE_PERSON or hecho_of(accion).clase is ClaseHecho.ENTRADA


class Diferencia(NamedTuple):
    """What something held, and what it holds since; None: it was not there, or is not."""

    campo: str
    antes: str | None
    despues: str | None


#: Pairs of names by which deeds say what was and what is.
_PAIRS = (("de", "a"), ("antes", "despues"), ("antes", "ahora"))


def differences_of(detalle: Mapping[str, Any]) -> list[Diferencia]:
    """What a record of the audit says of before and after; what it does not say is left out."""
    told = [pair for pair in _PAIRS if pair[0] in detalle or pair[1] in detalle]
    if not told:
        return []
    before, after = max(told, key=lambda pair: sum(name in detalle for name in pair))
    return _compare(detalle.get(before), detalle.get(after), detalle)


def _compare(before: Any, after: Any, detalle: Mapping[str, Any]) -> list[Diferencia]:
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = before or {}, after or {}
        return [
            Diferencia(_named(name), _shown(old.get(name)), _shown(new.get(name)))
            for name in {**old, **new}
            if old.get(name) != new.get(name)
        ]
    name = str(detalle.get("clave") or detalle.get("campo") or "valor")
    return [Diferencia(_named(name), _shown(before), _shown(after))]


def facts_of(detalle: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What else a record holds, by name, for whoever looks closer."""
    told = {name for pair in _PAIRS for name in pair}
    return [
        (_named(name), _shown(value) or "–") for name, value in detalle.items() if name not in told
    ]


def _named(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ").capitalize()


def _shown(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value[:20]) + ("…" if len(value) > 20 else "")
    if isinstance(value, Mapping):
        return "; ".join(
            f"{_named(str(name))}: {_shown(each) or '–'}" for name, each in value.items()
        )
    return str(value)
