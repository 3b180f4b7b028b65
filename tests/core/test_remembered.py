from __future__ import annotations

import threading

from app.core.remembered import Remembered


def test_an_answer_holds_for_its_time():
    asked = []
    now = [100.0]
    remembered = Remembered(30, lambda: asked.append(1) or len(asked), clock=lambda: now[0])

    assert [remembered.get(), remembered.get()] == [1, 1]
    now[0] += 29
    assert remembered.get() == 1
    now[0] += 2
    assert remembered.get() == 2


def test_while_one_asks_the_others_get_the_last_answer():
    may_answer, is_asked = threading.Event(), threading.Event()
    answers = iter(["first", "second"])

    def ask() -> str:
        answer = next(answers)
        if answer == "second":
            is_asked.set()
            assert may_answer.wait(10)
        return answer

    now = [100.0]
    remembered = Remembered(30, ask, clock=lambda: now[0])
    assert remembered.get() == "first"
    now[0] += 31
    got: list[str] = []
    slow = threading.Thread(target=lambda: got.append(remembered.get()))
    slow.start()
    assert is_asked.wait(10)
    assert remembered.get() == "first", "nobody else waits"
    may_answer.set()
    slow.join(10)
    assert got == ["second"]
    assert remembered.get() == "second"
