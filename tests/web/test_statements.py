"""Which tests are repeated on the second database: enough of them to send every statement."""

from __future__ import annotations

import threading

from config import ROOT
from tests.plugins.statements import BOTH, Sent, number_of, select


def test_every_statement_is_sent_by_one_that_is_repeated_and_few_are():
    noted = {
        "first refusal": (False, [1, 2]),
        "second refusal": (False, [1, 2]),
        "form": (False, [1, 2, 3]),
        "rare": (False, [4]),
        "nothing": (False, []),
    }

    assert select(noted, list(noted)) == {"form", "rare"}


def test_what_must_be_or_was_not_seen_is_repeated_and_spares_others():
    noted = {"locks": (True, [1, 2]), "page": (False, [2]), "other page": (False, [2, 3])}

    assert select(noted, ["new", *noted]) == {"new", "locks", "other page"}


def test_a_list_of_thirty_values_is_the_statement_of_one_with_two():
    assert number_of("SELECT a WHERE b IN (?, ?)") == number_of("SELECT a WHERE b IN (?, ?, ?)")
    assert number_of("INSERT INTO a VALUES (?, ?), (?, ?)") == number_of(
        "INSERT INTO a VALUES (?, ?)"
    )
    assert number_of("SELECT a") != number_of("SELECT b")


def test_threads_and_refusals_are_noted_beside_the_statements():
    sent = Sent()
    sent.begin("alone")
    sent.note(None, None, "SELECT 1")
    sent.begin("refused")
    sent.note_error(None)
    sent.begin("together")
    other = threading.Thread(target=sent.note, args=(None, None, "SELECT 1"))
    other.start()
    other.join()

    one = number_of("SELECT 1")
    assert sent.result() == {
        "alone": (False, [one]),
        "refused": (True, []),
        "together": (True, [one]),
    }


def test_what_is_always_repeated_is_there():
    assert [path for path in BOTH if not (ROOT / path).exists()] == []
