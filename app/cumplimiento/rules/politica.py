"""The twelve items of the public policy (art. 14 ter), and what the office is proposed to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.ajustes.rules import Setting
from app.core.phone_numbers import format_telefono
from app.core.text import fold
from app.titulares.rules.solicitudes import Plazos

#: Characters of one item at most.
ITEM_MAX = 4000
#: How a text says that something is still missing in it: «[por completar: el domicilio]».
_MARK = "[por completar"

_GROUP = "Datos personales"
REPRESENTATIVE = Setting(
    "politica.representante",
    _GROUP,
    "Representante legal de la oficina",
    "",
    "Lo propone la política de privacidad.",
    largo=160,
)
POSTAL_ADDRESS = Setting(
    "politica.domicilio",
    _GROUP,
    "Domicilio postal de la oficina",
    "",
    "Adonde una persona puede escribir por sus datos.",
    largo=200,
)
PREVENTION = Setting(
    "politica.prevencion",
    _GROUP,
    "Encargado de prevención",
    "",
    "Solo si la oficina designó a alguien.",
    largo=160,
)
SETTINGS = (REPRESENTATIVE, POSTAL_ADDRESS, PREVENTION)


@dataclass(frozen=True)
class PuntoPolitica:
    """One item that the public policy has to tell."""

    #: Of art. 14 ter.
    letra: str
    titulo: str
    #: What the law asks for there, in short.
    pide: str


PUNTOS = (
    PuntoPolitica("a", "Esta política", "La política adoptada, con su fecha y su versión."),
    PuntoPolitica(
        "b",
        "Quién responde por los datos",
        "El responsable, su representante legal y el encargado de prevención, si existe.",
    ),
    PuntoPolitica(
        "c",
        "Dónde presentar solicitudes",
        "El domicilio postal, el correo, el formulario u otro medio de fácil acceso por el que se "
        "reciben las solicitudes de los titulares.",
    ),
    PuntoPolitica(
        "d",
        "Qué datos se tratan, de quiénes y para qué",
        "Las categorías de datos, de qué personas son en general, a quiénes se comunican o ceden, "
        "para qué se tratan, con qué base de legitimidad y, si es un interés legítimo, cuál.",
    ),
    PuntoPolitica(
        "e", "Seguridad", "La política y las medidas de seguridad que protegen las bases de datos."
    ),
    PuntoPolitica(
        "f",
        "Sus derechos",
        "El derecho a pedir acceso, rectificación, supresión, oposición y portabilidad.",
    ),
    PuntoPolitica(
        "g",
        "Reclamar ante la Agencia",
        "El derecho a recurrir ante la Agencia si la solicitud se rechaza o no se responde a "
        "tiempo.",
    ),
    PuntoPolitica(
        "h",
        "Datos fuera de Chile",
        "Si se transfieren a otro país u organización internacional, si ofrecen un nivel adecuado "
        "de protección y, si no, qué garantías hay.",
    ),
    PuntoPolitica("i", "Por cuánto tiempo", "El período durante el que se conservan los datos."),
    PuntoPolitica(
        "j",
        "De dónde vienen los datos",
        "La fuente de los datos y, en su caso, si es de acceso público.",
    ),
    PuntoPolitica(
        "k",
        "Consentimiento",
        "Si el tratamiento se basa en el consentimiento, el derecho a retirarlo en cualquier "
        "momento, sin que ello afecte lo tratado antes.",
    ),
    PuntoPolitica(
        "l",
        "Decisiones automatizadas y perfiles",
        "Si las hay, incluidos los perfiles; entonces, su lógica y sus consecuencias para el "
        "titular.",
    ),
)


@dataclass(frozen=True)
class HechosPolitica:
    """What settings and configuration know of the office; empty where nobody wrote it."""

    oficina: str
    correo: str
    telefono: str
    representante: str
    domicilio: str
    prevencion: str
    #: The public form for requests, as an address.
    formulario: str
    plazos: Plazos
    #: For how long backups are kept: all of some days, and the last one of some months.
    respaldo_dias: int
    respaldo_meses: int
    respaldo_cifrado: bool
    #: What the rules of retention say (``rules.retencion.tell_retention``).
    retencion: str = ""


def is_complete(texto: str) -> bool:
    """Whether an item says all that it wants to say."""
    return bool(texto.strip()) and _MARK not in fold(texto)


def missing_items(textos: Mapping[str, str]) -> list[str]:
    """The letters of the items that are still to be completed."""
    return [each.letra for each in PUNTOS if not is_complete(textos.get(each.letra, ""))]


def propose_items(hechos: HechosPolitica) -> dict[str, str]:
    """A text for each item, by its letter. What only the office knows is marked in it."""
    oficina = hechos.oficina or _missing("el nombre de la oficina")
    plazos = hechos.plazos
    return {
        "a": f"Esta es la política de tratamiento de datos personales de {oficina}. Cada versión "
        "tiene un número y una fecha; las anteriores se pueden leer en esta misma página.",
        "b": _responsible(oficina, hechos),
        "c": _where_to_ask(hechos),
        "d": _WHAT,
        "e": _SECURITY.format(
            respaldo="respaldo cifrado" if hechos.respaldo_cifrado else "respaldo"
        ),
        "f": "Usted puede pedir acceso a sus datos, que se rectifiquen o supriman, oponerse a su "
        "tratamiento y recibirlos en un archivo que otros programas leen (portabilidad). También "
        "puede pedir que se bloqueen mientras se resuelve su solicitud. Respondemos dentro de "
        f"{plazos.responder} días corridos, que se pueden prorrogar una vez por "
        f"{plazos.prorroga} más diciendo por qué; sobre un bloqueo decidimos dentro de "
        f"{plazos.bloqueo} días hábiles. Antes de responder comprobamos su identidad. Si los datos "
        "son del encargo de un estudio jurídico, se le envía su solicitud y se lo decimos.",
        "g": "Si rechazamos su solicitud, o no la respondemos a tiempo, usted puede recurrir ante "
        "la Agencia de Protección de Datos Personales.",
        "h": _missing(
            "si el servidor, el correo o los respaldos están fuera de Chile, en qué país, si ese "
            "país ofrece un nivel adecuado de protección y qué garantías hay"
        ),
        "i": f"{_how_long(hechos)} Cuando se acoge una supresión, los "
        "casos cerrados de la persona se borran enteros y de los abiertos se borra a la persona, o "
        "se le dice por qué deben conservarse. Los respaldos se conservan "
        f"{hechos.respaldo_dias} días y el último de cada mes, por {hechos.respaldo_meses} meses; "
        "si uno se restaura, lo suprimido se borra otra vez antes de usarlo.",
        "j": "Los datos vienen del estudio jurídico que encarga la búsqueda, de la orden del "
        "tribunal, de fuentes que informan pasadas de un vehículo por pórticos, de las visitas de "
        "la oficina y de lo que informa el receptor judicial. "
        + _missing("cuáles de esas fuentes son de acceso público"),
        "k": "Este tratamiento no se basa en el consentimiento. Si en algún caso se lo pidiéramos, "
        "podrá retirarlo en cualquier momento, sin que ello afecte lo tratado hasta entonces.",
        "l": "Ninguna decisión sobre una persona se toma de manera automática. A partir de las "
        "horas y los lugares en que un vehículo fue visto, el sistema sugiere cuándo y dónde "
        "podría estar: cuenta en cuántas semanas distintas se repite un horario. Es un perfil de "
        "los hábitos del vehículo; una persona de la oficina decide si hace algo con él, y lo que "
        "puede seguir es una visita o el aviso a un receptor judicial.",
    }


def _missing(what: str) -> str:
    return f"{_MARK}: {what}]"


def _responsible(oficina: str, hechos: HechosPolitica) -> str:
    who = hechos.representante or _missing("el nombre del representante legal")
    text = f"Responsable de los datos: {oficina}. Representante legal: {who}."
    return f"{text} Encargado de prevención: {hechos.prevencion}." if hechos.prevencion else text


def _how_long(hechos: HechosPolitica) -> str:
    if hechos.retencion:
        return (
            "Los datos de un caso se conservan mientras el procedimiento está abierto. Una vez "
            f"cerrado:\n{hechos.retencion}\nUna persona de la oficina confirma cada borrado."
        )
    return (
        "Los datos de un caso se conservan mientras el procedimiento está abierto y, una vez "
        f"cerrado, {_missing('por cuánto tiempo y por qué')}."
    )


def _where_to_ask(hechos: HechosPolitica) -> str:
    ways = [f"Formulario: {hechos.formulario}"]
    ways.append(f"Correo: {hechos.correo or _missing('el correo de la oficina')}")
    if hechos.telefono:
        ways.append(f"Teléfono: {format_telefono(hechos.telefono)}")
    ways.append(f"Carta: {hechos.domicilio or _missing('el domicilio postal')}")
    return "\n".join(ways)


_WHAT = """\
Datos: nombre, RUT, domicilio, teléfono y correo de las personas de una causa; patente y \
características del vehículo; lugares, fechas y horas en que fue visto; fotos y documentos del \
caso; contactos de estudios jurídicos, receptores judiciales y personas de la oficina, y de estas \
la posición de su teléfono cuando anotan una visita o un vehículo ubicado.
Personas: propietarios, deudores y conductores de vehículos que un tribunal ordenó buscar, y \
quienes intervienen en esa búsqueda.
Destinatarios: el estudio jurídico que encargó la búsqueda, el receptor judicial, el tribunal, y \
las fuentes a las que se pregunta por la patente.
Finalidad: ubicar el vehículo que un tribunal ordenó buscar y dejar constancia de lo obrado.
Base: el ejercicio y la defensa de derechos ante los tribunales (artículo 13, letra e), por \
encargo del estudio jurídico. No se invoca un interés legítimo."""
_SECURITY = """\
Cada persona entra con una cuenta propia y ve lo que su función necesita; cada estudio jurídico ve \
solo sus casos. Queda registro de lo que se hizo, de lo que salió de la oficina y de quién pidió \
ver datos tapados. Lo que sirve de prueba se sella en una cadena que muestra si algo se alteró. \
Cada día se hace un {respaldo}."""
