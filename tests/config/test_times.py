"""Short forms of times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.pages.times import short_age


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (0.9, "just now"),
        (1, "1 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86_399, "23 h ago"),
    ],
)
def test_an_age_has_one_unit(seconds: float, words: str) -> None:
    assert short_age(timedelta(seconds=seconds)) == words
