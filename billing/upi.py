"""UPI payments by link and QR code, as NPCI specifies them. Pure functions."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlencode

#: Name and handle; the handle names the bank or app.
_VPA = re.compile(r"[a-zA-Z0-9._-]{2,256}@[a-zA-Z][a-zA-Z0-9]{1,63}", re.ASCII)
#: What banks let most accounts pay at once, in paise.
USUAL_LIMIT = 1_00_000_00


def is_vpa(text: str) -> bool:
    """Check the form of a UPI ID, such as "shop@okbank"."""
    return _VPA.fullmatch(text) is not None


def payment_link(*, vpa: str, name: str, paise: int, note: str) -> str:
    """Return the link that UPI apps open or scan, with the amount filled in."""
    fields = {
        "pa": vpa,
        "pn": name,
        "am": f"{paise // 100}.{paise % 100:02d}",
        "cu": "INR",
        "tn": note,
    }
    # Apps show a plus sign as it is.
    return f"upi://pay?{urlencode(fields, quote_via=quote, safe='@')}"


@lru_cache(maxsize=256)  # a waiting page asks for the same one every few seconds
def draw_qr(text: str) -> str:
    """Draw a QR code as SVG."""
    from qrcode.image.svg import SvgPathImage  # noqa: PLC0415 - rarely needed
    from qrcode.main import QRCode  # noqa: PLC0415 - as above

    code: QRCode[SvgPathImage] = QRCode(border=2, image_factory=SvgPathImage)
    code.add_data(text)
    return str(code.make_image().to_string(encoding="unicode"))
