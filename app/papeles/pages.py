"""A paper beside the form of its case: each value leads to its place on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.outside.storage import get_storage
from app.bandeja.forms import ReasonForm
from app.bandeja.models import Ingreso
from app.bandeja.rules import EstadoIngreso, TipoIngreso
from app.core.clock import utcnow
from app.core.tribunales import tribunales
from app.db import db, release
from app.oficios.access import oficio_to_work
from app.oficios.forms.oficio import comunas_to_choose
from app.oficios.models import Oficio
from app.oficios.queries import list_warnings
from app.oficios.service import NumeroTaken, assign_oficio
from app.papeles.access import paper_to_work
from app.papeles.forms import PapelRevisadoForm
from app.papeles.outside.papers import FOTO, PDF, draw_page
from app.papeles.queries import (
    find_other_half,
    list_made,
    list_open_cases,
    list_waiting,
    reading_of,
    vehicle_facts,
    with_reading,
)
from app.papeles.rules import ClasePapel, LecturaDePapel
from app.papeles.rules.documento import Caja
from app.papeles.rules.propuesta import (
    KNOWN_BY_PLATE,
    LugarEnPapel,
    PapelPropuesto,
    fill_known,
    propose,
    vehicles_of,
)
from app.papeles.service.creating import add_to_case, create_from_papers
from app.usuarios.models import Usuario
from app.usuarios.queries import list_investigadores
from app.web.access import staff_required
from app.web.converters import row_id
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_read
from app.web.headers import keep_private

bp = Blueprint("papeles", __name__, url_prefix="/papeles")
bp.after_request(keep_private)

#: Pixels of a page as it is drawn: a screen of twice the density shows half of them.
_WIDTH = 1300


class Marca(NamedTuple):
    """A value on its page."""

    campo: str
    caja: Caja
    #: ``leido``, ``dudoso`` or ``negado``.
    clase: str
    #: Whether it is the one that the field's link leads to.
    is_first: bool


class PaginaDePapel(NamedTuple):
    """A page of one of the papers."""

    papel: Ingreso
    nombre: str
    numero: int
    ancho: float
    alto: float
    marcas: list[Marca]

    @property
    def breve(self) -> str:
        """Its name below a thumbnail."""
        return "Certif." if self.nombre == ClasePapel.CAV.label else self.nombre

    @property
    def dudas(self) -> int:
        """The fields on it that somebody should look at."""
        return len({marca.campo for marca in self.marcas if marca.clase == "dudoso"})


class Turno(NamedTuple):
    """Where a paper stands among those that wait."""

    place: int
    total: int
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Mesa:
    """The papers that lie side by side, and what is proposed of one vehicle."""

    #: The one whose page it is.
    papel: Ingreso
    #: All of them, the order before the certificate.
    papeles: Sequence[Ingreso]
    lecturas: Sequence[LecturaDePapel]
    patentes: Sequence[str]
    #: The place of the vehicle among the plates, from 0.
    place: int
    propuesta: PapelPropuesto
    hechos: Sequence[Any]

    @property
    def patente(self) -> str:
        """The plate of the vehicle whose form is shown; empty where the papers name none."""
        return self.patentes[self.place] if self.patentes else ""

    @property
    def junto(self) -> Ingreso | None:
        """The other paper."""
        return next((one for one in self.papeles if one is not self.papel), None)

    def sheet_of(self, lugar: LugarEnPapel) -> str:
        """What the page is that a value stands on."""
        lectura = self.lecturas[lugar.papel]
        return lectura.hojas.get(lugar.caja.pagina, lectura.clase).label

    @property
    def is_open(self) -> bool:
        """Whether a case can still be made of them."""
        first = self.papel.estado
        if first is EstadoIngreso.POR_REVISAR:
            return True
        return first is EstadoIngreso.CREADO and bool(self.missing)

    @property
    def missing(self) -> list[str]:
        """The plates that have no case yet."""
        made = {row.patente for row in self.hechos}
        return [plate for plate in self.patentes if plate not in made]


@bp.route("/<int:papel_id>", methods=["GET", "POST"])
@staff_required
def review(papel_id: int) -> ResponseReturnValue:
    """Show what a paper says beside its pages; make the case of what somebody confirmed."""
    ingreso = paper_to_work(papel_id)
    mesa = _lay(ingreso)
    form = PapelRevisadoForm(mesa.propuesta)
    form.offer_investigadores(list_investigadores())
    if is_read():
        form.junto.data = str(mesa.junto.id) if mesa.junto else ""

    def deed() -> Done:
        now = utcnow()
        oficio = create_from_papers(
            [db.session.get_one(Ingreso, papel.id) for papel in mesa.papeles],
            form.to_oficio_with(mesa.propuesta.conocidos),
            form.to_vehiculo(),
            propietario=form.to_propietario(),
            direccion=form.to_direccion(),
            otras_personas=form.otras_personas(),
            otras_direcciones=form.otras_direcciones(),
            actor=current_user,
            now=now,
        )
        if form.investigador_id.value:
            person = db.session.get(Usuario, form.investigador_id.value)
            assign_oficio(oficio, person, actor=current_user, now=now)
        return _done(mesa, oficio)

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(mesa, form, status),
            beside={NumeroTaken: form.numero_oficio},
            back=url_for("bandeja.detail", ingreso_id=papel_id),
        )
    )


def _done(mesa: Mesa, oficio: Oficio) -> Done:
    left = [plate for plate in mesa.missing if plate != oficio.vehiculo.patente]
    url = url_for("oficios.detail", oficio_id=oficio.id)
    text = f"Se ingresó el oficio {oficio.numero_oficio}."
    if left:
        number = mesa.patentes.index(left[0]) + 1
        url = url_for("papeles.review", papel_id=mesa.papel.id, vehiculo=number)
        text += f" Falta la patente {left[0]} del mismo papel."
    return Done(text, url, [warning.texto for warning in list_warnings(oficio)])


@bp.post("/<int:papel_id>/casos/<int:oficio_id>")
@staff_required
def add(papel_id: int, oficio_id: int) -> ResponseReturnValue:
    """Add a paper to a case that exists, such as the certificate of its vehicle."""
    paper_to_work(papel_id)
    oficio_to_work(oficio_id)

    def deed() -> Done:
        ingreso = paper_to_work(papel_id)
        oficio = oficio_to_work(oficio_id)
        add_to_case(ingreso, oficio, actor=current_user, now=utcnow())
        return Done(
            f"El papel es ahora del oficio {oficio.numero_oficio}.",
            url_for("oficios.detail", oficio_id=oficio_id),
        )

    return carry_out(Deed(do=deed, back=url_for("bandeja.detail", ingreso_id=papel_id)))


@bp.get("/<int:papel_id>/paginas/<int:pagina>")
@staff_required
def page(papel_id: int, pagina: int) -> ResponseReturnValue:
    """Draw a page of a paper, in a process of its own."""
    ingreso = paper_to_work(papel_id)
    if not 1 <= pagina <= max(1, len((ingreso.lectura or {}).get("medidas", ()))):
        abort(404)
    kind = FOTO if ingreso.tipo is TipoIngreso.FOTO else PDF
    key, almacen = ingreso.archivo_key, ingreso.almacen
    release()
    with get_storage(almacen).open(key) as file:
        data = file.read()
    response = make_response(draw_page(data, kind, pagina, _WIDTH))
    response.headers["Content-Type"] = "image/png"
    return response


def _lay(ingreso: Ingreso) -> Mesa:
    """Put a paper and its other half on the table, the order before the certificate."""
    lectura = reading_of(ingreso)
    patentes = vehicles_of([lectura])
    hechos = list_made(ingreso.id)
    made = {row.patente for row in hechos}
    asked = request.args.get("vehiculo", type=row_id)
    left = [place for place, plate in enumerate(patentes) if plate not in made]
    place = asked - 1 if asked and 1 <= asked <= len(patentes) else left[0] if left else 0
    patente = patentes[place] if patentes else ""
    other = _other(ingreso, patente)
    papeles, lecturas = [ingreso], [lectura]
    if other is not None:
        papeles.append(other)
        lecturas.append(reading_of(other))
        if lectura.clase is ClasePapel.CAV:
            papeles.reverse()
            lecturas.reverse()
    propuesta = propose(lecturas, patente)
    if patente:
        propuesta = fill_known(propuesta, vehicle_facts(patente, KNOWN_BY_PLATE))
    return Mesa(ingreso, papeles, lecturas, patentes, place, propuesta, hechos)


def _other(ingreso: Ingreso, patente: str) -> Ingreso | None:
    """The other half: the one that the form was shown with, else one that waits."""
    if "solo" in request.args or ingreso.estado is not EstadoIngreso.POR_REVISAR:
        return None
    other = find_other_half(ingreso, patente)
    if not is_read() and (other is None or request.form.get("junto") != str(other.id)):
        return None
    return with_reading(other.id) if other else None


def _page(mesa: Mesa, form: PapelRevisadoForm, status: int = 200) -> Response:
    first = mesa.papel
    open_cases = (
        list_open_cases(first.buffet_id, mesa.patente)
        if mesa.is_open and first.buffet_id and mesa.patente
        else []
    )
    return make_response(
        render_template(
            "papeles/review.html",
            mesa=mesa,
            ingreso=first,
            form=form,
            reason=ReasonForm(formdata=None) if first.estado is EstadoIngreso.POR_REVISAR else None,
            hojas=_sheets(mesa),
            turno=_turn_of(first.id),
            campos=mesa.propuesta.campos,
            dudas=mesa.propuesta.dudas,
            labels=form.labels(),
            open_cases=open_cases,
            comunas=comunas_to_choose(),
            tribunales=[tribunal.nombre for tribunal in tribunales() if tribunal.vigente],
        ),
        status,
    )


def _turn_of(papel_id: int) -> Turno:
    """The papers before and after one on the tray; after one that was decided on, the first."""
    waiting = list(list_waiting())
    if papel_id not in waiting:
        return Turno(0, len(waiting), None, waiting[0] if waiting else None)
    place = waiting.index(papel_id)
    after = waiting[place + 1] if place + 1 < len(waiting) else None
    return Turno(place + 1, len(waiting), waiting[place - 1] if place else None, after)


def _sheets(mesa: Mesa) -> list[PaginaDePapel]:
    """The pages of all papers with what is marked on them."""
    marks: dict[tuple[int, int], list[Marca]] = {}
    for name, campo in mesa.propuesta.campos.items():
        clase = "dudoso" if campo.duda or campo.otros else "negado" if campo.is_refused else "leido"
        others = [where for _, where in campo.otros if where]
        for number, lugar in enumerate([*campo.lugares, *others]):
            key = (lugar.papel, lugar.caja.pagina)
            marks.setdefault(key, []).append(Marca(name, lugar.caja, clase, is_first=not number))
    sheets = []
    for place, (papel, lectura) in enumerate(zip(mesa.papeles, mesa.lecturas, strict=True)):
        medidas = (papel.lectura or {}).get("medidas") or [[612, 792]]
        for numero, (ancho, alto) in enumerate(medidas, start=1):
            nombre = lectura.hojas.get(numero, lectura.clase).label
            found = marks.get((place, numero), [])
            sheets.append(PaginaDePapel(papel, nombre, numero, ancho, alto, found))
    return sheets
