"""What a receptor judicial needs to know, taken from the case: facts, before any layout.

From ``domain.md``: tribunal, rol, caratulado, the order and its date, plate with make, model,
colour and VIN, exact addresses with comuna and coordinates, when last seen and by whom, photos,
access notes, whether fuerza pública and descerrajamiento are granted, the contacts of investigator
and lawyer. Nothing else of the case goes out: no notes, no RUTs, no telephone of the debtor.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.adjuntos.models import Adjunto
from app.core.dates import format_fecha, format_fecha_hora
from app.core.patente import format_patente
from app.core.phone_numbers import format_telefono
from app.direcciones.models import Direccion, Visita
from app.notificaciones.rules.plantillas import Textos, fill
from app.notificaciones.rules.sources import LastSighting, Location, find_location
from app.oficios.models import Oficio
from app.oficios.rules.campos import GrupoDeCampos, told_texts
from app.usuarios.models import Usuario

#: Visits told of each address, newest first.
_VISITS = 3


@dataclass(frozen=True)
class NoticeAddress:
    """An address as a receptor uses it."""

    tipo: str
    direccion: str
    verificada: str = ""
    coordenadas: str = ""
    mapa: str = ""
    acceso: str = ""
    visitas: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Contacto:
    """Somebody who can be asked."""

    papel: str
    nombre: str
    email: str = ""
    telefono: str = ""


@dataclass(frozen=True)
class Foto:
    """A photo inside the mail."""

    cid: str
    pie: str
    alt: str
    ancho: int | None
    alto: int | None


@dataclass(frozen=True)
class NoticeContent:
    """Everything that the two templates of the notice show."""

    patente: str
    vehiculo: str
    destinatario: str
    mensaje: str
    causa: list[tuple[str, str]]
    datos_vehiculo: list[tuple[str, str]]
    advertencias: list[str]
    medidas: list[tuple[str, str]]
    #: Where it was found; None when nobody says that it is anywhere.
    ubicacion: Location | None
    lugares: list[NoticeAddress]
    avistamientos: list[LastSighting]
    contactos: list[Contacto]
    fotos: list[Foto]
    #: The words around the facts.
    saludo: str
    introduccion: str
    despedida: str
    #: The receptor's own page, where he answers; its signature is added when it is sent.
    enlace: str
    #: How many photos did not fit and wait behind the link.
    fotos_enlace: int


def gather(
    oficio: Oficio,
    *,
    destinatario: str,
    mensaje: str,
    fotos: list[Adjunto],
    ubicacion: Location | None,
    avistamientos: list[LastSighting],
    remitente: Usuario,
    dominio: str,
    textos: Textos,
    enlace: str,
    fotos_enlace: int,
) -> NoticeContent:
    """Collect the facts. ``dominio`` names the photos inside the mail."""
    vehiculo = oficio.vehiculo
    plate = _plate(oficio)
    values = placeholder_values(oficio, destinatario=destinatario, remitente=remitente)
    return NoticeContent(
        patente=plate,
        vehiculo=values["vehiculo"],
        saludo=fill(textos.saludo, values),
        introduccion=fill(textos.introduccion, values),
        despedida=fill(textos.despedida, values),
        enlace=enlace,
        fotos_enlace=fotos_enlace,
        destinatario=destinatario,
        mensaje=mensaje,
        causa=_told(
            ("Tribunal", oficio.tribunal),
            ("Rol", oficio.rol),
            ("Caratulado", oficio.caratulado),
            ("Oficio", oficio.numero_oficio),
            (
                "Fecha del oficio",
                format_fecha(oficio.fecha_oficio) if oficio.fecha_oficio else None,
            ),
            ("Plazo", format_fecha(oficio.fecha_limite) if oficio.fecha_limite else None),
            *(
                (campo.label, text)
                for campo, text in told_texts(oficio, GrupoDeCampos.OFICIO, GrupoDeCampos.PLAZOS)
            ),
        ),
        datos_vehiculo=_told(
            ("Patente", plate),
            ("Marca y modelo", vehiculo.descripcion),
            ("Año", str(vehiculo.anio) if vehiculo.anio else None),
            ("Color", vehiculo.color),
            *((campo.label, text) for campo, text in told_texts(vehiculo, GrupoDeCampos.VEHICULO)),
        ),
        advertencias=vehiculo.advertencias,
        medidas=[
            ("Auxilio de la fuerza pública", _granted(oficio.fuerza_publica)),
            ("Descerrajamiento", _granted(oficio.descerrajamiento)),
        ],
        ubicacion=ubicacion,
        lugares=list_places(oficio),
        avistamientos=avistamientos,
        contactos=list_contacts(oficio, remitente),
        fotos=[_photo(foto, dominio) for foto in fotos],
    )


def list_places(oficio: Oficio) -> list[NoticeAddress]:
    """The addresses of a case for its receptor, those first where somebody was."""
    return [
        _place(direccion)
        for direccion in sorted(oficio.direcciones, key=lambda one: not one.verificada)
    ]


def placeholder_values(oficio: Oficio, *, destinatario: str, remitente: Usuario) -> dict[str, str]:
    """What goes into the places of a template, by their names in ``plantillas``."""
    vehiculo = oficio.vehiculo
    return {
        "destinatario": destinatario or "Estimado receptor, estimada receptora",
        "patente": _plate(oficio),
        "vehiculo": " ".join(
            part for part in (vehiculo.descripcion, str(vehiculo.anio or "")) if part
        ),
        "rol": oficio.rol or "",
        "tribunal": oficio.tribunal or "",
        "caratulado": oficio.caratulado or "",
        "numero_oficio": oficio.numero_oficio,
        "fecha_oficio": format_fecha(oficio.fecha_oficio) if oficio.fecha_oficio else "",
        "investigador": (oficio.investigador or remitente).nombre,
        "buffet": oficio.buffet.nombre,
    }


def photo_cid(adjunto_id: int, dominio: str) -> str:
    """The name of a photo inside a mail; the same in the HTML and in the part that holds it."""
    return f"foto-{adjunto_id}@{dominio}"


def missing_facts(oficio: Oficio) -> list[str]:
    """What a receptor will ask for and the case does not say, in words for the form."""
    places = oficio.direcciones
    found = find_location(oficio.id)
    points = [place.lat for place in places] + [found.coordenadas if found else None]
    checks = (
        ("el tribunal", oficio.tribunal),
        ("el rol", oficio.rol),
        ("el caratulado", oficio.caratulado),
        ("la fecha del oficio", oficio.fecha_oficio),
        ("la marca y el modelo", oficio.vehiculo.descripcion),
        ("el color", oficio.vehiculo.color),
        ("el VIN", oficio.vehiculo.vin),
        ("una dirección", places or found),
        ("las coordenadas", not (places or found) or any(points)),
    )
    return [name for name, value in checks if not value]


def _plate(oficio: Oficio) -> str:
    vehiculo = oficio.vehiculo
    plate = format_patente(vehiculo.patente)
    return f"{plate}-{vehiculo.patente_dv}" if vehiculo.patente_dv else plate


def _told(*pairs: tuple[str, str | None]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in pairs if value]


def _granted(granted: bool) -> str:
    return "Concedido" if granted else "No consta que esté concedido"


def _place(direccion: Direccion) -> NoticeAddress:
    verified = ""
    if direccion.verificada:
        when = (
            f" el {format_fecha(direccion.verificada_at, direccion.zona)}"
            if direccion.verificada_at
            else ""
        )
        who = f" por {direccion.verificada_por.nombre}" if direccion.verificada_por else ""
        verified = f"Verificada en terreno{when}{who}"
    coordinates = url = ""
    if direccion.lat is not None and direccion.lon is not None:
        coordinates = f"{direccion.lat:.6f}, {direccion.lon:.6f}"
        url = (
            "https://www.google.com/maps/search/?api=1"
            f"&query={direccion.lat:.6f}%2C{direccion.lon:.6f}"
        )
        if direccion.exactitud_m is not None:
            coordinates += f" (± {direccion.exactitud_m:.0f} m)"
    told = [
        f"{campo.label.lower()} {text}"
        for campo, text in told_texts(direccion, GrupoDeCampos.DIRECCION)
        if text
    ]
    return NoticeAddress(
        tipo=direccion.tipo.label,
        direccion=", ".join(part for part in (direccion.completa, *told, direccion.region) if part),
        verificada=verified,
        coordenadas=coordinates,
        mapa=url,
        acceso=direccion.notas or "",
        visitas=[_visit(visita) for visita in direccion.visitas[:_VISITS]],
    )


def _visit(visita: Visita) -> str:
    line = (
        f"{format_fecha_hora(visita.fecha_hora, visita.direccion.zona)}, {visita.usuario.nombre}: "
    )
    line += visita.resultado.label.lower()
    return f"{line}. {visita.notas}" if visita.notas else f"{line}."


def list_contacts(oficio: Oficio, remitente: Usuario | None) -> list[Contacto]:
    """Whom a receptor can ask: who has the case, who sends the notice, and the lawyer."""
    investigador = oficio.investigador or remitente
    buffet = oficio.buffet
    contacts = []
    if investigador is not None:
        contacts.append(
            Contacto(
                "Investigador a cargo",
                investigador.nombre,
                investigador.email,
                format_telefono(investigador.telefono or ""),
            )
        )
    if remitente is not None and remitente is not investigador:
        contacts.append(
            Contacto(
                "Envía este aviso",
                remitente.nombre,
                remitente.email,
                format_telefono(remitente.telefono or ""),
            )
        )
    names = [name for name in (buffet.contacto_nombre, buffet.nombre) if name]
    contacts.append(
        Contacto(
            "Abogado de la parte",
            ", ".join(names),
            buffet.email_principal,
            format_telefono(buffet.telefono or ""),
        )
    )
    return contacts


def _photo(foto: Adjunto, dominio: str) -> Foto:
    when = foto.cuando
    caption = f"{foto.descripcion} ({when})" if foto.descripcion else when[:1].upper() + when[1:]
    return Foto(
        photo_cid(foto.id, dominio), caption, foto.descripcion or "Foto", foto.ancho, foto.alto
    )
