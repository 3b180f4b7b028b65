"""The impact assessment for location data: its sections, and the text that is proposed for each.

The proposals tell what this program does. What only the office can say is marked as missing, and
the office's lawyer answers for the text: nothing of it is a judgement of the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: How a text begins that somebody of the office has still to write.
MISSING = "Por completar"


@dataclass(frozen=True)
class Seccion:
    """A section of the assessment."""

    clave: str
    titulo: str
    #: What belongs into it.
    ayuda: str
    #: With ``{oficina}`` and ``{ley}``.
    propuesta: str


SECCIONES = (
    Seccion(
        "tratamiento",
        "Qué se trata y para qué",
        "Las operaciones con datos de ubicación, su finalidad y quién las hace.",
        "{oficina} busca vehículos por encargo de estudios jurídicos, con una orden judicial por "
        "cada uno. Para eso reúne lugares y horas: pasadas por pórticos y plazas de peaje, visitas "
        "a direcciones, llamadas y avisos, fotos tomadas en terreno y el lugar donde el vehículo "
        "fue encontrado. Con las pasadas propone cuándo y dónde ir.\n\n"
        "La finalidad es una: encontrar el vehículo de esa orden y avisar al receptor judicial.",
    ),
    Seccion(
        "base",
        "Base del tratamiento",
        "En qué se apoya, y qué papel lo prueba.",
        "Formulación, ejercicio o defensa de un derecho ante los tribunales (art. 13, letra e). "
        "Cada caso es una orden con su número y, hasta donde consta, su tribunal y su rol; nada se "
        "consulta fuera de un caso. Texto legal que se sigue: {ley}.\n\n"
        f"{MISSING}: el contrato con cada buffet, y en qué casos {{oficina}} actúa por encargo.",
    ),
    Seccion(
        "personas",
        "De quiénes son los datos",
        "Categorías de personas y de datos, y cuántas son.",
        "Propietarios, deudores y conductores de los vehículos buscados; personas que viven o "
        "trabajan en las direcciones que se visitan; quienes informan. También el personal de la "
        "oficina, cuyo teléfono puede anotar la posición de una visita.\n\n"
        "Datos: patente, nombre, RUT, teléfono, correo, direcciones, lugares y horas de pasadas y "
        "visitas, coordenadas con su exactitud, fotos con su fecha.\n\n"
        f"{MISSING}: cuántos casos y personas al año.",
    ),
    Seccion(
        "necesidad",
        "Necesidad y proporcionalidad",
        "Por qué hace falta cada dato, y qué se hizo para usar menos.",
        "Una patente se consulta con un motivo, solo mientras su caso está en investigación y el "
        "plazo de la orden no ha vencido, y cada consulta queda en un registro. La consulta "
        "periódica se repite cuando la fuente puede tener algo nuevo y dentro de un presupuesto "
        "mensual. Lo que no se sabe se dice: de un silencio no se concluye nada.\n\n"
        "La posición del personal se guarda con lo que la persona anota en terreno, no entremedio. "
        "Una multa se usa solo con la orden del tribunal y nunca se importa en lista.",
    ),
    Seccion(
        "origen",
        "De dónde vienen y a quién se comunican",
        "Fuentes, destinatarios, encargados y países.",
        "Vienen del buffet, de las fuentes de pasadas que la oficina contrató, de listas de "
        "concesionarias y de lo que el personal ve en terreno.\n\n"
        "Los reciben el buffet del caso y el receptor judicial. Todo lo que sale queda en "
        "Divulgaciones: qué, a quién, cuándo y con qué base.\n\n"
        f"{MISSING}: los proveedores (alojamiento, correo, fuentes de pasadas, respaldos), su "
        "contrato y el país donde guardan los datos.",
    ),
    Seccion(
        "plazos",
        "Cuánto se conservan",
        "Plazos, y cómo se borra.",
        "Un caso cerrado se puede borrar entero, y una persona de todos los suyos: filas, "
        "archivos, índices, sellos y correos, con una lista que un respaldo restaurado vuelve a "
        "aplicar. Un caso se puede bloquear mientras se decide.\n\n"
        f"{MISSING}: cuánto tiempo después de cerrado se borra un caso de cada buffet, y por qué.",
    ),
    Seccion(
        "riesgos",
        "Riesgos para las personas",
        "Qué puede salir mal, a quién daña, con qué probabilidad y gravedad.",
        "1. Los lugares y horas muestran dónde vive y se mueve una persona: quien los vea sin "
        "derecho podría seguirla o amenazarla. Gravedad alta.\n\n"
        "2. Se busca al vehículo equivocado, por una patente mal leída o usada por otra persona: "
        "se molesta a quien nada tiene que ver. Gravedad media.\n\n"
        "3. Se consulta sin un caso que lo justifique. Gravedad alta.\n\n"
        "4. Se pierde o se comunica a quien no corresponde lo que hay en un teléfono, un correo o "
        "un respaldo. Gravedad alta.\n\n"
        "5. Se sabe por las visitas dónde estuvo el personal. Gravedad media.\n\n"
        f"{MISSING}: la probabilidad de cada uno en esta oficina.",
    ),
    Seccion(
        "medidas",
        "Medidas",
        "Lo que reduce cada riesgo, y quién responde por ello.",
        "Contra 1 y 4: cada buffet ve solo sus casos; RUT, teléfono y correo se muestran tapados y "
        "verlos queda anotado; las claves se guardan como huellas; en producción el sitio exige "
        "HTTPS; los respaldos se pueden cifrar con una frase de paso; Terreno guarda en un "
        "teléfono los casos de quien lo usa.\n\n"
        "Contra 2: la patente se valida al escribirla, cada avistamiento dice su fuente y su "
        "certeza, y una persona confirma antes de dar un vehículo por ubicado.\n\n"
        "Contra 3: motivo obligatorio, registro de consultas, auditoría y cadena de custodia "
        "sellada, que muestran quién hizo qué y que nadie lo cambió después.\n\n"
        "Contra 5: la posición se guarda solo con lo que la persona anota.\n\n"
        f"{MISSING}: quién responde por cada medida, y si los respaldos de esta instalación están "
        "cifrados.",
    ),
    Seccion(
        "derechos",
        "Cómo ejercen sus derechos las personas",
        "Información, solicitudes y plazos.",
        "Una página pública recibe solicitudes de acceso, rectificación, supresión, oposición, "
        "portabilidad y bloqueo. Cada una tiene su plazo, que se vigila, y una respuesta con su "
        "fundamento. Buscar a una persona encuentra todos los lugares donde están sus datos.",
    ),
    Seccion(
        "consultas",
        "A quiénes se consultó",
        "El delegado si lo hay, el personal, los buffets, un abogado.",
        f"{MISSING}: a quién se consultó, cuándo y qué opinó.",
    ),
    Seccion(
        "conclusion",
        "Conclusión y próxima revisión",
        "El riesgo que queda, quién lo acepta y cuándo se revisa de nuevo.",
        f"{MISSING}: el riesgo que queda con estas medidas, quién aprueba esta evaluación, y la "
        "fecha o el cambio que obliga a revisarla.",
    ),
)
_BY_KEY = {each.clave: each for each in SECCIONES}


def find_section(clave: str) -> Seccion | None:
    """The section of that key."""
    return _BY_KEY.get(clave)


def propose(*, oficina: str, ley: str) -> dict[str, str]:
    """The text that is proposed for each section."""
    return {
        each.clave: each.propuesta.replace("{oficina}", oficina).replace("{ley}", ley)
        for each in SECCIONES
    }


def complete(secciones: Mapping[str, Any], proposed: Mapping[str, str]) -> dict[str, str]:
    """All sections of a version; one that a later program added is shown as it is proposed."""
    return {each.clave: str(secciones.get(each.clave, proposed[each.clave])) for each in SECCIONES}


def list_missing(secciones: Mapping[str, str]) -> list[Seccion]:
    """The sections in which something has still to be written."""
    return [each for each in SECCIONES if MISSING in secciones[each.clave]]
