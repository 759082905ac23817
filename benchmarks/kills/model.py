"""An image model that is slow, busy, failing or refusing at random."""

from __future__ import annotations

import copy
import random

from werkzeug.wrappers import Request

from tests.imaging.fakes.gemini import IMAGE_MODEL, TEXT_MODEL, FakeGemini
from tests.imaging.fakes.server import API_KEY, Mood

#: Kinds of response and their weights.
KINDS = {"ok": 80, "busy_503": 6, "error_500": 5, "broken_json": 4, "blocked_prompt:SAFETY": 5}
MAX_DELAY = 1.0


class MoodyGemini(FakeGemini):
    """Chooses the kind of response for each request."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that make a platform use this model."""
        return {
            "IMAGE_PROVIDER": "gemini",
            "GEMINI_BASE_URL": self.base_url,
            "GEMINI_API_KEY": API_KEY,
            "GEMINI_IMAGE_MODEL": IMAGE_MODEL,
            "GEMINI_TEXT_MODEL": TEXT_MODEL,
        }

    def respond(self, request: Request) -> dict[str, object]:
        moody = copy.copy(self)  # concurrent requests have different kinds
        moody.image = moody.text = self._throw()
        return FakeGemini.respond(moody, request)

    def _throw(self) -> Mood:
        [kind] = self._dice.choices(list(KINDS), weights=list(KINDS.values()))
        return Mood(kind, self._dice.uniform(0, MAX_DELAY))
