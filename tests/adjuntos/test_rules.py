from __future__ import annotations

import pytest

from app.adjuntos.rules import format_size


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 kB"),
        (340 * 1024, "340 kB"),
        (20 << 20, "20 MB"),
        (2_500_000, "2,4 MB"),
        (1 << 30, "1 GB"),
        (76_343_000_000, "71,1 GB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_fits_it(size, text):
    assert format_size(size) == text
