"""Where a receptor needs an exhorto, by the Cortes of the court and of the comuna."""

from __future__ import annotations

import pytest

from app.core.comunas import comunas
from app.core.cortes import corte_of_comuna, why_exhorto
from app.core.tribunales import tribunales

CIVIL = "19° Juzgado Civil de Santiago"


def test_every_comuna_has_a_corte_and_each_corte_has_courts():
    cortes = {corte_of_comuna(comuna.nombre) for comuna in comunas()}

    assert cortes == {court.corte for court in tribunales()}
    assert len(cortes) == 17


@pytest.mark.parametrize(
    ("tribunal", "comuna", "said"),
    [
        (CIVIL, "Renca", None),
        (CIVIL, "Puente Alto", None),
        (CIVIL, "Viña del Mar", "Viña del Mar es territorio de la C.A. de Valparaíso"),
        ("1º Juzgado de Letras de Arica", "Iquique", "C.A. de Iquique y el tribunal"),
        (CIVIL, "", None),
        (CIVIL, "Ninguna Parte", None),
        ("Juzgado que nadie conoce", "Arica", None),
        (None, "Arica", None),
    ],
)
def test_another_corte_needs_an_exhorto_and_what_is_unknown_says_nothing(tribunal, comuna, said):
    found = why_exhorto(tribunal, comuna)

    assert found is None if said is None else said in (found or "")
