"""Contracts with law firms: their versions, and what is done when they end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import number_setting, text_setting
from app.buffets.models import Buffet
from app.core.clock import local_today, utcnow
from app.core.errors import InvalidValue, Refused, refusal_of
from app.cumplimiento.forms.encargados import DevolverForm, EncargoForm, SuprimirEncargoForm
from app.cumplimiento.models.encargados import TerminoEncargo
from app.cumplimiento.pages.returned_data import pack_returned
from app.cumplimiento.queries.encargados import (
    contracts_statement,
    count_sorted,
    current_contract,
    is_carried_out,
    list_endings,
    list_versions,
    sort_cases,
)
from app.cumplimiento.rules.encargados import (
    WARNING,
    contract_state,
    tell_duration,
    tell_subprocessor,
)
from app.cumplimiento.service.encargados import (
    Devuelto,
    EndsBeforeItBegins,
    order_erasure,
    record_return,
    require_end,
    write_contract,
)
from app.db import db, transaction
from app.extensions import current_config
from app.informes.outside.zip_package import MANIFEST, Paquete, stream_zip
from app.titulares.rules.solicitudes import LAW
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form
from app.web.fresh import fresh_file_required, fresh_required
from app.web.pagination import paginate

bp = Blueprint("encargados", __name__, url_prefix="/admin/encargos")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """Every buffet, and how its contract stands."""
    today, days = local_today(utcnow()), number_setting(WARNING)
    return render_template(
        "cumplimiento/encargos.html",
        page=paginate(contracts_statement(), scalars=False),
        state=lambda row: contract_state(row.desde, row.hasta, today, days),
        duration=tell_duration,
    )


@bp.route("/<int:buffet_id>", methods=["GET", "POST"])
@admin_required
def detail(buffet_id: int) -> ResponseReturnValue:
    """The contract of a buffet; what is saved is a version more."""
    buffet = _load(buffet_id)
    form = EncargoForm.of(current_contract(buffet_id))
    url = url_for("encargados.detail", buffet_id=buffet_id)

    def deed() -> Done:
        row = write_contract(
            buffet, form.to_data(), read=form.seen_version, actor=current_user, now=utcnow()
        )
        if row is None:
            return Done("No había cambios que guardar.", url, tone="info")
        return Done(f"Quedó guardada la versión {row.numero} del contrato.", url)

    def version() -> int:
        contract = current_contract(buffet_id)
        return contract.numero if contract else 0

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(_load(buffet_id), {}, status, form),
            beside={EndsBeforeItBegins: form.hasta},
            version=version,
        )
    )


@bp.post("/<int:buffet_id>/devolver")
@admin_required
@fresh_file_required
def hand_back(buffet_id: int) -> ResponseReturnValue:
    """Hand out the data of an ended contract as a ZIP; each time it is written down."""
    buffet, form = _load(buffet_id), DevolverForm()

    def deed() -> Done:
        now = utcnow()
        require_end(buffet, now)
        cases = sort_cases(buffet_id).devueltos
        returned = pack_returned(buffet, cases, now=now)
        with ExitStack() as unless_sent:
            unless_sent.callback(returned.paquete.close)
            if missing := returned.paquete.missing():
                raise Refused(
                    f"No se puede armar el ZIP: faltan {len(missing)} archivos en el "
                    f"almacenamiento (el primero es {missing[0]})."
                )
            what = Devuelto(
                casos=cases,
                filas=returned.filas,
                archivos=len(returned.paquete.files),
                manifiesto_sha256=hashlib.sha256(returned.paquete.manifest.encode()).hexdigest(),
            )
            with transaction():
                row = record_return(
                    _load(buffet_id), what, form.entrega.data, actor=current_user, now=now
                )
                numero = row.numero
            unless_sent.pop_all()
        return Done(
            "",
            url_for("encargados.detail", buffet_id=buffet_id),
            answer=lambda: _send_zip(returned.paquete, f"devolucion-{numero}.zip"),
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(_load(buffet_id), {"devolver": form}, status),
            in_transaction=False,
        )
    )


@bp.post("/<int:buffet_id>/suprimir")
@admin_required
@fresh_required
def erase(buffet_id: int) -> ResponseReturnValue:
    """Have the closed cases of an ended contract erased."""
    buffet, form = _load(buffet_id), SuprimirEncargoForm()

    def deed() -> Done:
        row = order_erasure(
            buffet,
            (form.porque.data or "").strip(),
            secret=current_config().secret_key,
            actor=current_user,
            now=utcnow(),
        )
        return Done(
            f"Comenzó la supresión de {len(row.casos)} casos. El certificado {row.numero} se emite "
            "cuando termine.",
            url_for("encargados.detail", buffet_id=buffet_id),
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(_load(buffet_id), {"suprimir": form}, status),
            beside={InvalidValue: form.porque},
        )
    )


@bp.get("/certificados/<int:termino_id>.pdf")
@admin_required
def certificate(termino_id: int) -> ResponseReturnValue:
    """The certificate as it was printed."""
    row = or_404(db.session.get(TerminoEncargo, termino_id))
    return send_file(
        BytesIO(or_404(row.pdf)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"certificado-{row.numero}.pdf",
    )


def _load(buffet_id: int) -> Buffet:
    return or_404(db.session.get(Buffet, buffet_id))


def _check_end(buffet: Buffet, now: datetime) -> None:
    require_end(buffet, now)


def _send_zip(paquete: Paquete, name: str) -> Response:
    response = Response(stream_zip(paquete), mimetype="application/zip")
    response.call_on_close(paquete.close)  # whoever leaves early reads none of the tables
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(
    buffet: Buffet, forms: Mapping[str, Form], status: int, contrato: EncargoForm | None = None
) -> ResponseReturnValue:
    now = utcnow()
    versions = list_versions(buffet.id)
    contract = versions[0] if versions else None
    is_sent = contrato is not None and request.method == "POST"
    form = contrato or EncargoForm.of(contract, formdata=None)
    blank: dict[str, Form] = {
        "devolver": DevolverForm(formdata=None),
        "suprimir": SuprimirEncargoForm(
            formdata=None, data={"porque": "El procedimiento judicial sigue abierto."}
        ),
    }
    return (
        render_template(
            "cumplimiento/encargo.html",
            buffet=buffet,
            contract=contract,
            versions=versions,
            endings=list_endings(buffet.id),
            cases=count_sorted(buffet.id) if contract else None,
            form=form,
            forms={**blank, **forms},
            lines=form.lines(contract, is_sent=is_sent),
            state=contract_state(
                contract.desde if contract else None,
                contract.hasta if contract else None,
                local_today(now),
                number_setting(WARNING),
            ),
            refusal=refusal_of(_check_end, buffet, now),
            duration=tell_duration,
            subprocessor=tell_subprocessor,
            is_done=is_carried_out,
            manifest=MANIFEST,
            ley=text_setting(LAW),
        ),
        status,
    )
