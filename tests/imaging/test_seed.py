"""`seed` of image create: it repeats a picture; without it every call gets one of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import Keys
from tests.imaging.calls import CREATE, PROMPT, stored_image

Send = Callable[..., Any]


def test_a_seed_repeats_a_picture_and_thinking_draws_another(keys: Keys, post: Send) -> None:
    def draw(**members: object) -> bytes:
        response = post(CREATE, {**PROMPT, **members}, keys.live)
        assert response.status_code == 200
        return stored_image(response.json()["data"]["imageUrl"]).tobytes()

    seeded = draw(seed=7)
    assert draw(seed=7.0) == seeded  # what PHP sends for 7
    assert len({seeded, draw(seed=8), draw(), draw(), draw(mode="thinking", seed=7)}) == 5


@pytest.mark.parametrize("seed", [-1, 2**32, 1e30, 1.5, "7", True, [7]])
def test_anything_but_a_whole_number_in_range_is_refused(
    keys: Keys, post: Send, seed: object
) -> None:
    response = post(CREATE, {**PROMPT, "seed": seed}, keys.live)
    assert response.status_code == 400
    assert response.json()["message"] == "seed must be an integer from 0 to 4294967295"
