"""Wrap the partner's text for the image model and the text model.

The partner's text always comes first, then a line that starts with `MARKER` and holds what the
platform adds; `partner_words` extracts the former.
"""

from __future__ import annotations

#: Starts the platform's part. The last one in a text is ours, even if the partner's has one.
MARKER = "Guidance: "

#: "lightly wrapped with quality markers" (API documentation, "Processing Modes Explained").
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
    """Add quality markers to the prompt, for fast mode."""
    return add_guidance(prompt, _CREATE_GUIDANCE)


def wrap_enhance(user_request: str) -> str:
    """Build the fast-mode instruction; without a request, a general enhancement."""
    guidance = _ENHANCE_GUIDANCE if user_request.strip() else _ENHANCE_IN_GENERAL
    return add_guidance(user_request, guidance + _KEEP)


def add_guidance(words: str, guidance: str) -> str:
    return f"{words.strip()}\n\n{MARKER}{guidance}".lstrip()


def partner_words(text: str) -> str:
    """Return the partner's part of a wrapped text; an unwrapped text unchanged."""
    words, marker, _ = text.rpartition(MARKER)
    return words.strip() if marker else text.strip()
