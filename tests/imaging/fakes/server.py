"""The part that every fake provider shares: its moods and its memory."""

import io
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

from PIL import Image
from werkzeug.wrappers import Request, Response

from imaging.sizes import Size
from tests.fake_server import FakeServer

API_KEY = "fake-provider-key"
HUGE_BYTES = 65 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mood:
    """The responses to calls of one kind: the kind of response, and seconds before it."""

    kind: str = "ok"
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that kept to the protocol: its path, its fields, the pictures in it."""

    path: str
    fields: dict[str, object]
    images: list[bytes] = field(default_factory=list)


class Refused(Exception):
    """The request broke the protocol, or the mood is to refuse it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class FakeProvider(FakeServer):
    """`with FakeGemini(image=Mood("busy_429")) as fake:` serves at `fake.base_url`.

    `image` is the mood for image calls, `text` for prompt writing; `seen` are the requests.
    Kinds that all fakes know: ok, odd_size (a JPEG of another size), busy_429, busy_503,
    error_500, broken_json, huge, not_an_image. Leaving the block ends all waits at once.
    """

    STATUSES: ClassVar = {"busy_429": 429, "busy_503": 503, "error_500": 500}

    def __init__(self, *, image: Mood = Mood(), text: Mood = Mood(), port: int = 0) -> None:
        super().__init__(port)
        self.image = image
        self.text = text
        self.seen: list[Seen] = []

    def respond(self, request: Request) -> dict[str, object]:
        """The document of a successful answer; raises `Refused`."""
        raise NotImplementedError

    def error_body(self, refused: Refused) -> dict[str, object]:
        """An error as this provider words it."""
        raise NotImplementedError

    def play(self, mood: Mood) -> None:
        """Waits, and refuses if that is the mood."""
        self._closing.wait(mood.delay)
        if mood.kind in self.STATUSES:
            raise Refused(self.STATUSES[mood.kind], "overloaded", "secret words of the provider")
        if mood.kind in _RAW_BODIES:
            raise _RawAnswer(mood.kind)

    def _handle(self, request: Request) -> Response:
        try:
            return _json(200, self.respond(request))
        except Refused as refused:
            return _json(refused.status, self.error_body(refused))
        except _RawAnswer as raw:
            return Response(_RAW_BODIES[raw.kind], mimetype="application/json")


def picture(mood: Mood, size: Size) -> bytes:
    """Return a PNG of `size`, or what the mood makes of it."""
    if mood.kind == "not_an_image":
        return b"<html>this is no image</html>"
    if mood.kind == "odd_size":
        return _encode(Size(900, 700), "JPEG")
    return _encode(size, "PNG")


class _RawAnswer(Exception):
    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


_RAW_BODIES = {"broken_json": b'{"data": [', "huge": b" " * HUGE_BYTES}


def _json(status: int, document: object) -> Response:
    return Response(json.dumps(document), status=status, mimetype="application/json")


@lru_cache(maxsize=32)
def _encode(size: Size, file_format: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (size.width, size.height), "teal").save(buffer, file_format)
    return buffer.getvalue()
