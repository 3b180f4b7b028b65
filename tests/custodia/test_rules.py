"""A chain is plain SHA-256 over JSON and salts, and tells what was done to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.custodia.rules import (
    ERASURE,
    GENESIS,
    Hallazgo,
    Sello,
    canonical,
    check_chain,
    differences,
    link_text,
    make_sello,
)
from app.oficios.rules import Estado

NOON = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    # Larger ones cost seconds to invent, and are written by the same lines.
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def chain(length: int = 4):
    links, previous = [], (0, GENESIS)
    for number in range(1, length + 1):
        text = canonical({"texto": f"uno {number}"})
        link = make_sello(7, "bitacora", number, text, previous, NOON)
        links.append(link)
        previous = (link.secuencia, link.hash)
    return links, previous


def test_a_whole_chain_has_no_findings_and_an_empty_one_neither():
    links, head = chain()

    assert check_chain(links, head) == []
    assert check_chain([], None) == []
    assert len(check_chain(links[:-1], head)) == 1


@pytest.mark.parametrize("before", [GENESIS, 'x","cadena":9,"y":"', "é"])
@pytest.mark.parametrize("tipo", ["bitacora", "oficio_nota", 'a"b'])
def test_a_new_link_is_over_the_text_that_readers_of_it_take(before, tipo):
    link = make_sello(7, tipo, 5, '{"a":"«ñ»"}', (3, before), NOON)

    assert link.hash == hashlib.sha256(link_text(link, 4).encode()).hexdigest()


def test_anybody_can_compute_the_hash_of_a_link_with_other_tools():
    (first, *_), _head = chain(1)

    said = {
        "anterior": "0" * 64,
        "cadena": 7,
        "contenido": hashlib.sha256(bytes.fromhex(first.sal) + b'{"texto":"uno 1"}').hexdigest(),
        "creado": "2026-11-24T15:00:00.000000+00:00",
        "fila": 1,
        "formato": 2,
        "secuencia": 1,
        "tipo": "bitacora",
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert first.hash == hashlib.sha256(text.encode()).hexdigest()


def test_a_link_of_before_there_were_salts_still_holds():
    """As version 0.1 wrote it: no salt, and the chain called by its oficio."""
    content = '{"texto":"uno 1"}'
    digest = hashlib.sha256(content.encode()).hexdigest()
    said = {
        "anterior": GENESIS,
        "contenido": digest,
        "creado": "2026-11-24T15:00:00.000000+00:00",
        "fila": 1,
        "oficio": 7,
        "secuencia": 1,
        "tipo": "bitacora",
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    whole = hashlib.sha256(text.encode()).hexdigest()
    old = Sello(7, 1, "bitacora", 1, 1, content, None, digest, GENESIS, whole, NOON)
    new = make_sello(7, "bitacora", 2, content, (1, whole), NOON)

    assert check_chain([old, new], (2, new.hash)) == []
    assert found([replace(old, contenido="{}"), new], (2, new.hash)) == [(Hallazgo.ALTERADO, 1)]
    # Nobody turns it into a link of the newer make, or the other way round.
    for link in (replace(old, formato=2), replace(old, sal="00"), replace(old, sal="no")):
        assert found([link, new], (2, new.hash)) == [(Hallazgo.ALTERADO, 1)]


def test_an_erased_content_is_no_finding_when_a_later_tomb_names_its_link():
    links, _head = chain(3)
    links[1] = replace(links[1], contenido=None, sal=None)
    said = canonical({"eslabones": [2], "motivo": "Solicitud 3"})
    tomb_link = make_sello(7, ERASURE, 0, said, (3, links[2].hash), NOON)
    head = (4, tomb_link.hash)

    assert found(links, (3, links[2].hash)) == [(Hallazgo.FALTA, 2)]
    assert check_chain([*links, tomb_link], head) == []
    other = canonical({"eslabones": [1], "motivo": "Solicitud 3"})
    forged = replace(tomb_link, contenido=other)
    assert (Hallazgo.FALTA, 2) in found([*links, forged], head)
    # A salt or a hash alone is not erased.
    kept = [links[0], replace(links[1], contenido_hash="0" * 64), links[2], tomb_link]
    assert found(kept, head)[0] == (Hallazgo.ALTERADO, 2)


def test_a_content_has_a_salt_of_its_own_each_time():
    """Who holds the chain alone cannot find a RUT by trying all of them."""
    first, second = (make_sello(7, "persona", 1, "{}", (0, GENESIS), NOON) for _ in range(2))

    assert len(bytes.fromhex(first.sal)) == 32
    assert first.contenido_hash != second.contenido_hash


@given(st.dictionaries(st.text(), values, max_size=4))
def test_what_comes_back_from_a_database_is_written_the_same(content):
    assert canonical(json.loads(canonical(content))) == canonical(content)


def test_a_moment_an_enum_and_a_tuple_are_written_one_way():
    santiago = NOON.astimezone(timezone(timedelta(hours=-3)))

    assert canonical({"a": santiago, "b": Estado.PENDIENTE, "c": (1, 2)}) == canonical(
        {"c": [1, 2], "b": "pendiente", "a": NOON}
    )
    with pytest.raises(TypeError):
        canonical({"a": object()})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


def found(links, head):
    return [(problem.hallazgo, problem.secuencia) for problem in check_chain(links, head)]


def test_a_changed_content_names_its_link():
    links, head = chain()
    links[1] = replace(links[1], contenido='{"texto":"otro"}')

    assert found(links, head) == [(Hallazgo.ALTERADO, 2)]


def test_a_content_with_its_hash_made_anew_is_noticed_at_the_link():
    links, head = chain()
    other = '{"texto":"otro"}'
    links[1] = replace(
        links[1], contenido=other, contenido_hash=hashlib.sha256(other.encode()).hexdigest()
    )

    assert found(links, head) == [(Hallazgo.ALTERADO, 2)]


def test_a_link_made_anew_is_noticed_at_the_next_one():
    links, head = chain()
    links[1] = make_sello(7, "bitacora", 2, '{"texto":"otro"}', (1, links[0].hash), NOON)

    assert found(links, head) == [(Hallazgo.FALTA, 3)]


def test_a_last_link_made_anew_is_noticed_by_the_noted_end():
    links, head = chain()
    links[3] = make_sello(7, "bitacora", 4, '{"texto":"otro"}', (3, links[2].hash), NOON)

    assert found(links, head) == [(Hallazgo.ALTERADO, 4)]


@pytest.mark.parametrize(
    ("gone", "first"), [([1], 2), ([1, 2], 2), ([3], 4), ([2, 3], 3), ([0], 1)]
)
def test_missing_links_are_named(gone, first):
    links, head = chain()

    assert found([link for n, link in enumerate(links) if n not in gone], head) == [
        (Hallazgo.FALTA, first)
    ]


def test_links_that_changed_places_are_named_with_where_they_were():
    links, head = chain()
    links[1], links[2] = replace(links[2], secuencia=2), replace(links[1], secuencia=3)

    problems = check_chain(links, head)
    assert [(p.hallazgo, p.secuencia) for p in problems] == [
        (Hallazgo.DESORDEN, 2),
        (Hallazgo.DESORDEN, 3),
        (Hallazgo.DESORDEN, 4),
    ]
    assert problems[0].texto.endswith("era el 3.")


def test_an_end_that_nobody_noted_is_a_finding():
    links, _head = chain()

    assert found(links, None) == [(Hallazgo.ALTERADO, 4)]
    assert found(links, (3, links[2].hash)) == [(Hallazgo.ALTERADO, 4)]
    assert found([], (2, "x")) == [(Hallazgo.FALTA, 1)]


def test_a_difference_says_what_was_sealed_and_what_it_says_now():
    sealed = canonical({"texto": "a" * 200, "ids": [1], "vacio": None})

    same = {"texto": "a" * 200, "ids": (1,), "vacio": None, "nuevo": 3}
    assert differences(sealed, canonical(same)) == []
    first, second = differences(sealed, canonical({"texto": "b", "ids": [2]}))
    assert first == "ids: se selló «[1]» y ahora dice «[2]»"
    assert second == f"texto: se selló «{'a' * 80}…» y ahora dice «b»"
    assert differences(canonical({"x": 1}), "{}") == ["x: se selló «1» y ahora dice vacío"]


def test_letters_of_spanish_are_sealed_as_they_are():
    """Whoever computes a hash with other tools writes the same UTF-8."""
    assert canonical({"ñ": "Ñuñoa", "a": NOON}) == (
        '{"a":"2026-11-24T15:00:00.000000+00:00","ñ":"Ñuñoa"}'
    )
    with pytest.raises(TypeError, match="cannot hold a object"):
        canonical({"a": object()})


def _reseal(link, text):
    content = canonical({"texto": text})
    return make_sello(7, "bitacora", link.fila_id, content, (1, link.anterior_hash), NOON)


@pytest.mark.parametrize(
    ("tamper", "sentence", "row"),
    [
        (
            lambda links: links.__setitem__(1, replace(links[1], contenido="{}")),
            "El contenido sellado del eslabón 2 fue cambiado.",
            ("bitacora", 2),
        ),
        (
            lambda links: links.__setitem__(1, replace(links[1], fila_id=9)),
            "El eslabón 2 fue cambiado.",
            ("bitacora", 9),
        ),
        (
            lambda links: links.__setitem__(1, _reseal(links[1], "otro")),
            "El eslabón 3 seguía a uno que ya no está o que fue cambiado.",
            ("bitacora", 3),
        ),
        (lambda links: links.pop(1), "Falta el eslabón 2.", (None, None)),
        (lambda links: links.__delitem__(slice(0, 2)), "Faltan los eslabones 1 a 2.", (None, None)),
        (lambda links: links.pop(), "Falta el eslabón 4.", (None, None)),
        (
            lambda links: links.__delitem__(slice(2, 4)),
            "Faltan los eslabones 3 a 4.",
            (None, None),
        ),
    ],
)
def test_a_finding_says_in_words_what_was_done_and_to_which_row(tamper, sentence, row):
    links, head = chain()
    tamper(links)

    problem = check_chain(links, head)[0]

    assert problem.texto == sentence
    assert (problem.tipo, problem.fila_id) == row


def test_an_end_that_nobody_noted_is_said_with_the_noted_one():
    links, _head = chain()

    [problem] = check_chain(links, (3, links[2].hash))

    assert problem.texto == (
        "La cadena termina en el eslabón 4, pero Rastro dejó anotado otro final (el 3)."
    )


def test_the_first_link_is_known_again_wherever_it_was_put():
    links, head = chain()
    links[0], links[3] = replace(links[3], secuencia=1), replace(links[0], secuencia=4)

    texts = [problem.texto for problem in check_chain(links, head)]

    assert texts[0] == "El eslabón 1 fue cambiado de lugar: era el 4."
    assert texts[-1] == "El eslabón 4 fue cambiado de lugar: era el 1."


def test_a_value_is_quoted_whole_up_to_eighty_letters_and_in_its_own():
    assert differences(canonical({"x": "a" * 80}), canonical({"x": ["ñ"]})) == [
        f'x: se selló «{"a" * 80}» y ahora dice «["ñ"]»'
    ]
