"""For how long the data of a closed case stay, and what becomes of them then.

The office decides it, for all its law firms or for one: nothing here is a judgement of the law.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from app.core.labels import Labelled
from app.oficios.rules import Estado

#: Months that a rule may name.
MOST_MONTHS = 600
#: The job that prints the certificate of a confirmed batch.
CERTIFY_BATCH_JOB = "cumplimiento.certificar_retencion"
#: The states for which there are rules: those of a closed case.
CLOSED = tuple(estado for estado in Estado if estado.is_final)


class AccionRetencion(Labelled):
    """What becomes of a closed case once its time is over."""

    BORRAR = "borrar", "Borrar", "danger", "trash"
    #: What identifies goes; make, colour, court and region stay, to be counted.
    ANONIMIZAR = "anonimizar", "Anonimizar", "warn", "user-check"
    CONSERVAR = "conservar", "Conservar", "neutral", "lock"


class EstadoPropuesta(Labelled):
    """What was decided on a case whose time is over."""

    PROPUESTA = "propuesta", "Por decidir", "warn", "hourglass"
    APLAZADA = "aplazada", "Aplazada", "info", "clock"
    #: It stays until somebody says otherwise: an open procedure, a legal duty.
    RETENIDA = "retenida", "Retenida", "neutral", "lock"
    CONFIRMADA = "confirmada", "Confirmada", "ok", "check"

    @property
    def waits(self) -> bool:
        """Whether somebody may still decide on it."""
        return self is not EstadoPropuesta.CONFIRMADA


@dataclass(frozen=True)
class Regla:
    """A rule that holds: of a law firm, or of the office where the firm has none."""

    estado: Estado
    meses: int
    accion: AccionRetencion
    fundamento: str
    #: None: it holds for every firm without one of its own.
    buffet_id: int | None = None


def rule_of(reglas: Collection[Regla], buffet_id: int, estado: Estado) -> Regla | None:
    """The rule of a firm's closed cases in a state: the firm's own, else the office's."""
    found = {each.buffet_id: each for each in reglas if each.estado is estado}
    return found.get(buffet_id, found.get(None))


def months_before(day: date, months: int) -> date:
    """The same day so many months before; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the month's last where it has no such day."""
    return months_before(day, -months)


def is_over(cerrado: date, meses: int, today: date) -> bool:
    """Whether the time of a case that was closed on a day is over, from its last day on."""
    return months_after(cerrado, meses) <= today


def tell_months(meses: int) -> str:
    """«2 años», «18 meses», «1 mes»; from 0, «de inmediato»."""
    if meses == 0:
        return "de inmediato"
    years, rest = divmod(meses, 12)
    if rest == 0:
        return "1 año" if years == 1 else f"{years} años"
    return "1 mes" if meses == 1 else f"{meses} meses"


def tell_term(meses: int) -> str:
    """«2 años desde el cierre»; from 0, «desde el cierre»."""
    return f"{tell_months(meses)} desde el cierre" if meses else "desde el cierre"


_THEN = {
    AccionRetencion.BORRAR: "se borran",
    AccionRetencion.ANONIMIZAR: "se anonimizan: queda lo que no identifica, para contarlo",
}


def tell_retention(reglas: Collection[Regla]) -> str:
    """The rules as the public policy tells them; empty where the office has none."""
    lines = []
    for estado in CLOSED:
        found = next((r for r in reglas if r.buffet_id is None and r.estado is estado), None)
        if found is None:
            continue
        case = f"caso cerrado como «{estado.label.lower()}»"
        if found.accion is AccionRetencion.CONSERVAR:
            lines.append(f"Los datos de un {case} se conservan. Razón: {found.fundamento}")
        else:
            kept = (
                f"se conservan {tell_term(found.meses)} y luego"
                if found.meses
                else "no se conservan: de inmediato"
            )
            lines.append(
                f"Los datos de un {case} {kept} {_THEN[found.accion]}. Razón: {found.fundamento}"
            )
    if lines and any(each.buffet_id is not None for each in reglas):
        lines.append(
            "Con algunos estudios jurídicos se acordó otro plazo, que se informa a pedido."
        )
    return "\n".join(line if line.endswith(".") else f"{line}." for line in lines)


def tell_cases(count: int) -> str:
    """How many cases, in words."""
    return f"{count} {'caso' if count == 1 else 'casos'}"


def tell_closed_cases(count: int) -> str:
    """How many closed cases, in words."""
    return f"{count} {'caso cerrado' if count == 1 else 'casos cerrados'}"


def tell_closed(count: int) -> str:
    """How many closed cases reached the end of their term, up to the verb."""
    return "Un caso cerrado cumplió" if count == 1 else f"{count} casos cerrados cumplieron"
