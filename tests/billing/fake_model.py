"""The product with a fake model behind it, for tests that look at points and not at pictures."""

from __future__ import annotations

import threading
from typing import Any

from tests.imaging.fakes.gemini import IMAGE_MODEL, TEXT_MODEL, FakeGemini
from tests.imaging.fakes.server import API_KEY, Mood


def use_model(base_url: str) -> dict[str, str]:
    """Settings, or environment variables, that name a fake Gemini as the provider."""
    return {
        "IMAGE_PROVIDER": "gemini",
        "GEMINI_BASE_URL": base_url,
        "GEMINI_API_KEY": API_KEY,
        "GEMINI_IMAGE_MODEL": IMAGE_MODEL,
        "GEMINI_TEXT_MODEL": TEXT_MODEL,
    }


class HeldGemini(FakeGemini):
    """Each image waits until `released`; `waiting` tells that one has arrived."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.hold()

    def hold(self) -> None:
        """Let the next images wait."""
        self.waiting = threading.Semaphore(0)
        self.released = threading.Event()

    def play(self, mood: Mood) -> None:
        self.waiting.release()
        self.released.wait()
        super().play(mood)
