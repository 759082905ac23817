"""The words that go to the image model and to the text model around the partner's own.

The partner's words always come first, then a line that starts with `MARKER` and holds what the
platform adds; `partner_words` gets back to the former.
"""

from __future__ import annotations

#: Starts what the platform adds. The last one in a text is ours, whatever the partner wrote.
MARKER = "Guidance: "

#: "lightly wrapped with quality markers" (section 11, "Processing Modes Explained").
_CREATE_GUIDANCE = (
    "professional commercial quality, sharp focus, balanced composition, natural light and true "
    "colours, fine detail, clean edges, no watermark."
)
#: "If omitted, general quality enhancement is applied" (section 12, userRequest).
_ENHANCE_IN_GENERAL = (
    "improve the attached image's overall quality: correct white balance and exposure, recover "
    "detail, reduce noise, sharpen gently, keep colours true."
)
_ENHANCE_GUIDANCE = (
    "apply the request above to the attached image and improve its exposure, white balance, "
    "sharpness and noise where they fall short."
)
_KEEP = (
    " Keep the product itself unchanged: its shape, proportions, materials, labels and logos. "
    "Photorealistic, professional e-commerce quality, no added text or watermark."
)


def wrap_create(prompt: str) -> str:
    """Fast mode: the prompt with quality markers."""
    return add_guidance(prompt, _CREATE_GUIDANCE)


def wrap_enhance(user_request: str) -> str:
    """Fast mode: an instruction by template; without a request a general enhancement."""
    guidance = _ENHANCE_GUIDANCE if user_request.strip() else _ENHANCE_IN_GENERAL
    return add_guidance(user_request, guidance + _KEEP)


def add_guidance(words: str, guidance: str) -> str:
    return f"{words.strip()}\n\n{MARKER}{guidance}".lstrip()


def partner_words(text: str) -> str:
    """The partner's own words of a wrapped text; a text without guidance as it is."""
    words, marker, _ = text.rpartition(MARKER)
    return words.strip() if marker else text.strip()
