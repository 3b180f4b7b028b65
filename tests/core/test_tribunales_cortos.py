"""Short forms of the courts: each means the one court that it can mean, or none."""

import re

from app.core.text import fold
from app.core.tribunales import find_tribunal, tribunales

FORMS = (
    "{n}° JC {p}",
    "{n}º Civil {p}",
    "{n} Juzg. Civil {p}",
    "{n}° Jdo. Civil de {p}",
    "{n}o Juzgado Civil {p}",
    "S.J.L. Civil de {p} ({n}°)",
    "{n}° JL {p}",
    "{n}JL {p}",
    "{n}º Juzgado Letras {p}",
    "{n} Jdo. de Letras de {p}",
    "{n}° J.L. de {p}",
    "JUZGADO {n} CIVIL DE {p}",
)


def _parts(nombre):
    number = re.match(r"(\d+)", nombre)
    place = re.sub(
        r"(?i)^\d*º?\s*juzgado\s+(?:civil|de letras(?: civil| y gar(?:ant[ií]a|\.))?)\s*(?:de )?",
        "",
        nombre,
    )
    return number[1] if number else "", place


def test_a_short_form_means_the_court_of_its_number_kind_and_place():
    right = wrong = told = 0
    for tribunal in tribunales():
        if re.search(r"\bex\b", fold(tribunal.nombre)):
            continue
        number, place = _parts(tribunal.nombre)
        is_civil = "civil" in fold(tribunal.nombre)
        for form in FORMS:
            for city in {place, place.upper(), fold(place), place.replace("Santiago", "Stgo.")}:
                written = form.format(n=number, p=city).lstrip("°ºo ").replace(" (°)", "")
                says_civil = "ivil" in form or "JC" in form or "CIVIL" in form
                found = find_tribunal(written)
                if says_civil == is_civil:
                    told += 1
                    right += found == tribunal
                wrong += found not in {None, tribunal} and says_civil == is_civil
    print(f"\nFormas cortas de tribunales: {right} de {told} leídas, {wrong} erradas")
    assert wrong == 0
    assert right >= 0.97 * told


def test_what_may_be_another_court_is_no_civil_one():
    for text in (
        "2° Juzgado de Familia de Santiago",
        "7° Juzgado de Garantía de Santiago",
        "1° JPL Ñuñoa",
        "19° Santiago",
        "Juzgado Civil Santiago",
        "Corte de Apelaciones de Santiago",
        "31° JC Stgo",
    ):
        assert find_tribunal(text) is None, text


def test_forms_of_daily_use():
    for text, name in {
        "19º JC Stgo": "19º Juzgado Civil de Santiago",
        "vigésimo noveno juzgado civil de santiago": "29º Juzgado Civil de Santiago",
        "2° Civil Temuco": "2º Juzgado Civil de Temuco",
        "18° Juzg. Civil Santiago": "18º Juzgado Civil de Santiago",
        "3° JC Viña": "3º Juzgado Civil de Viña del Mar",
        "1° JC S. Miguel": "1º Juzgado Civil de San Miguel",
        "JL Colina": "Juzgado de Letras de Colina",
        "1er Juzgado Civil de Pte. Alto": "1º Juzgado Civil de Puente Alto",
    }.items():
        found = find_tribunal(text)
        assert (found.nombre if found else None) == name, text
