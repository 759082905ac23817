"""A Gemini that draws plain teal: `models.generateContent` with its field names and refusals."""

import base64

from werkzeug.wrappers import Request

from imaging.sizes import Size, size_of
from tests.imaging.fakes.server import API_KEY, FakeProvider, Mood, Refused, Seen, picture

IMAGE_MODEL = "gemini-3-pro-image"
OLD_IMAGE_MODEL = "gemini-2.5-flash-image"
TEXT_MODEL = "gemini-3-flash"

_KNOWN = {
    "": {"contents", "generationConfig", "systemInstruction"},
    "generationConfig": {"responseModalities", "imageConfig"},
    "imageConfig": {"aspectRatio", "imageSize"},
}


class FakeGemini(FakeProvider):
    """Further kinds: blocked_prompt:REASON, blocked_output:REASON, no_image, text_only, draft,
    among_others (an image between unusable parts), quota:ID:VALUE, no_billing."""

    def respond(self, request: Request) -> dict[str, object]:
        model = self._check(request)
        document = request.get_json()
        _check_names(document)
        parts = document["contents"][0]["parts"]
        images = [base64.b64decode(p["inlineData"]["data"]) for p in parts if "inlineData" in p]
        self.seen.append(Seen(request.path, document, images))
        if model == TEXT_MODEL:
            self.play(self.text)
            return _answer(self.text, [{"text": "A teal vase, "}, {"text": "soft light"}])
        self.play(self.image)
        return _draw(self.image, model, document["generationConfig"])

    def error_body(self, refused: Refused) -> dict[str, object]:
        error = {"code": refused.status, "message": refused.message}
        kind, _, words = refused.code.partition(":")
        if kind == "quota":
            name, _, value = words.partition(":")
            violation = {"quotaId": name, "quotaValue": value}
            details: list[object] = [{"@type": "QuotaFailure", "violations": [violation]}]
            return {"error": {**error, "status": "RESOURCE_EXHAUSTED", "details": details}}
        if kind == "API_KEY_INVALID":
            return {"error": {**error, "details": [{"@type": "ErrorInfo", "reason": kind}]}}
        return {"error": {**error, "status": kind}}

    def _check(self, request: Request) -> str:
        path, _, method = request.path.partition(":")
        model = path.removeprefix("/v1beta/models/")
        known = model in (IMAGE_MODEL, OLD_IMAGE_MODEL, TEXT_MODEL)
        if request.method != "POST" or method != "generateContent" or not known:
            raise Refused(404, "NOT_FOUND", "unknown model or method")
        if request.headers.get("x-goog-api-key") != API_KEY:
            raise Refused(400, "API_KEY_INVALID", "API key not valid")
        return model


def _draw(mood: Mood, model: str, config: dict[str, dict[str, str]]) -> dict[str, object]:
    if mood.kind.startswith("quota:"):
        raise Refused(429, mood.kind, "secret words of the provider")
    if mood.kind == "no_billing":
        raise Refused(400, "FAILED_PRECONDITION", "secret words of the provider")
    image = config["imageConfig"]
    if model == OLD_IMAGE_MODEL and "imageSize" in image:
        raise Refused(400, "INVALID_ARGUMENT", "imageSize is not supported by this model")
    size = size_of(image["aspectRatio"], image.get("imageSize", "1K").lower())
    parts: list[object] = [{"text": "Here it is."}, _inline(picture(mood, size))]
    if mood.kind == "draft":
        parts.insert(0, {"thought": True, **_inline(picture(mood, Size(64, 64)))})
    if mood.kind == "among_others":
        data = base64.urlsafe_b64encode(picture(mood, size)).decode().rstrip("=")
        empty, text = {"inlineData": {"data": ""}}, {"inlineData": {"data": "PGh0bWw+"}}
        parts = [empty, text, {"inline_data": {"mime_type": "image/png", "data": data}}]
    return _answer(mood, parts)


def _answer(mood: Mood, parts: list[object]) -> dict[str, object]:
    kind, _, reason = mood.kind.partition(":")
    if kind == "blocked_prompt":
        return {"promptFeedback": {"blockReason": reason}}
    if kind == "blocked_output":
        return {"candidates": [{"finishReason": reason, "finishMessage": "secret words"}]}
    if kind == "no_image":
        return {"candidates": [{"finishReason": "NO_IMAGE"}]}
    if kind == "text_only":
        return {"candidates": [{"content": {"parts": [{"text": "No."}]}, "finishReason": "STOP"}]}
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]}


def _inline(data: bytes) -> dict[str, object]:
    return {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(data).decode()}}


def _check_names(document: object, parent: str = "") -> None:
    if not isinstance(document, dict) or parent not in _KNOWN:
        return
    if unknown := set(document) - _KNOWN[parent]:
        raise Refused(400, "INVALID_ARGUMENT", f"Unknown name {sorted(unknown)}")
    for name, value in document.items():
        _check_names(value, name)
