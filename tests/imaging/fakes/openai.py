"""An OpenAI that draws plain teal: the Images and Responses APIs with their names and refusals."""

import base64
from collections.abc import Mapping

from werkzeug.wrappers import Request

from imaging.sizes import Size
from tests.imaging.fakes.server import API_KEY, FakeProvider, Mood, Refused, Seen, picture

IMAGE_MODEL = "gpt-image-2"
OLD_IMAGE_MODEL = "gpt-image-1"
TEXT_MODEL = "gpt-5-mini"

_OLD_SIZES = {"1024x1024", "1536x1024", "1024x1536"}
_IMAGE_FIELDS = {"model", "prompt", "size", "output_format", "n"}
_TEXT_FIELDS = {"model", "instructions", "input", "store"}


class FakeOpenAI(FakeProvider):
    """Further kinds: blocked:CODE, error:STATUS:CODE:TYPE, no_image, one_of_three, refusal,
    incomplete:REASON, failed:CODE."""

    def respond(self, request: Request) -> dict[str, object]:
        if request.headers.get("Authorization") != f"Bearer {API_KEY}":
            raise Refused(401, "invalid_api_key", "Incorrect API key provided")
        routes = {
            "/v1/images/generations": self._draw,
            "/v1/images/edits": self._edit,
            "/v1/responses": self._write,
        }
        if request.method != "POST" or request.path not in routes:
            raise Refused(404, "not_found", "Invalid URL")
        return routes[request.path](request)

    def error_body(self, refused: Refused) -> dict[str, object]:
        code, _, kind = refused.code.partition(":")
        kind = kind or ("invalid_request_error" if refused.status < 500 else "server_error")
        return {"error": {"code": code or None, "message": refused.message, "type": kind}}

    def _draw(self, request: Request) -> dict[str, object]:
        fields = request.get_json()
        self.seen.append(Seen(request.path, fields))
        return self._images(fields)

    def _edit(self, request: Request) -> dict[str, object]:
        fields = request.form.to_dict()
        uploads = request.files.getlist("image[]")
        if not uploads or any(upload.content_type != "image/png" for upload in uploads):
            raise Refused(400, "invalid_value", "image[] holds no images")
        self.seen.append(Seen(request.path, {**fields}, [upload.read() for upload in uploads]))
        return self._images(fields)

    def _images(self, fields: Mapping[str, str]) -> dict[str, object]:
        _check_names(fields, _IMAGE_FIELDS)
        size = _checked_size(fields["size"], fields["model"])
        self.play(self.image)
        _block(self.image)
        if self.image.kind == "no_image":
            return {"created": 1, "data": []}
        encoded = base64.b64encode(picture(self.image, size)).decode()
        if self.image.kind == "one_of_three":
            unusable = base64.b64encode(b"<html></html>").decode()
            encoded = encoded.rstrip("=").translate(str.maketrans("+/", "-_"))
            return {"data": [{"b64_json": unusable}, {"b64_json": None}, {"b64_json": encoded}]}
        return {"created": 1, "data": [{"b64_json": encoded}]}

    def _write(self, request: Request) -> dict[str, object]:
        fields = request.get_json()
        _check_names(fields, _TEXT_FIELDS)
        urls = [part.get("image_url") for part in fields["input"][0]["content"]]
        images = [base64.b64decode(url.partition(";base64,")[2]) for url in urls if url]
        self.seen.append(Seen(request.path, fields, images))
        self.play(self.text)
        return _response(self.text)


def _checked_size(text: str, model: str) -> Size:
    size = Size(*map(int, text.split("x")))
    if model == OLD_IMAGE_MODEL:
        fits = text in _OLD_SIZES
    else:
        steps = size.width % 16 == 0 and size.height % 16 == 0
        fits = steps and max(size.width, size.height) <= 3840
        fits = fits and 655_360 <= size.width * size.height <= 8_294_400
    if not fits:
        raise Refused(400, "invalid_value", f"Invalid size {text}")
    return size


def _check_names(fields: Mapping[str, object], known: set[str]) -> None:
    if unknown := set(fields) - known:
        raise Refused(400, "unknown_parameter", f"Unknown parameter {sorted(unknown)}")


def _block(mood: Mood) -> None:
    kind, _, code = mood.kind.partition(":")
    if kind == "blocked":
        raise Refused(400, code, "secret words of the provider")
    if kind == "error":
        status, _, words = code.partition(":")
        raise Refused(int(status), words, "secret words of the provider")


def _response(mood: Mood) -> dict[str, object]:
    kind, _, code = mood.kind.partition(":")
    if kind == "incomplete":
        return {"status": "incomplete", "incomplete_details": {"reason": code}, "output": []}
    if kind == "failed":
        return {"status": "failed", "error": {"code": code, "message": "secret"}, "output": []}
    content = {"type": "output_text", "text": "A teal vase, soft light"}
    if kind == "refusal":
        content = {"type": "refusal", "refusal": "secret words"}
    message = {"type": "message", "role": "assistant", "content": [content]}
    return {"status": "completed", "error": None, "output": [{"type": "reasoning"}, message]}
