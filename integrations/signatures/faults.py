"""Common mistakes in the verification of webhooks, and how to fix them."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """A mistake and its fix."""

    NO_SIGNATURE = (
        "The header is missing",
        "Webhooks are signed only if the deployment has a webhookSecret. Set one in the next"
        " createAndDeploy request.",
    )
    UNREADABLE_HEADER = (
        "The header is not a signature",
        "A signature is sha256= and 64 hexadecimal digits. Check the raw value of"
        " x-shopiq-signature.",
    )
    HEADER_SPACE = (
        "The header has whitespace around it",
        "Trim the header before you compare it.",
    )
    HEADER_QUOTED = (
        "The header is in quotes",
        "Compare the header value itself, not its printed or JSON form.",
    )
    MISSING_PREFIX = (
        "The header has no sha256= prefix",
        "The header we send starts with sha256=. Add the prefix to your digest, or remove it from"
        " the header.",
    )
    UPPER_HEX = (
        "The digest is in uppercase",
        "The digest we send is in lowercase. Convert yours to lowercase before you compare.",
    )
    BASE64 = (
        "The digest is in base64",
        "The digest we send is hexadecimal. Compute yours as hex: digest('hex') in Node,"
        " hexdigest() in Python, hash_hmac without its fourth argument in PHP.",
    )
    TRUNCATED_HEADER = (
        "The header is truncated",
        "A signature has 64 hexadecimal digits. Check for a column or variable that is too"
        " short, or a proxy that cuts headers.",
    )
    SECRET_SPACE = (
        "The secret has whitespace around it",
        "Usually a line break at the end of an environment variable or a stored secret. Trim the"
        " secret when you read it.",
    )
    ORDERED_SPACE = (
        "The deployment's secret has whitespace around it",
        "A webhookSecret is used exactly as given. Verify with the same text, or trim it in the"
        " next createAndDeploy request.",
    )
    SECRET_QUOTED = (
        "The secret is in quotes",
        "Quotes from a configuration file became part of the secret. Remove them.",
    )
    SECRET_PREFIX = (
        "The secret has no whsec_ prefix",
        "Use the whole webhookSecret as the key, including whsec_. Do not decode it from base64.",
    )
    OTHER_SECRET = (
        "The secret is wrong",
        "The signature is genuine but uses a different webhookSecret. Find the right one by the"
        " accountId or identifier in the body.",
    )
    BYTE_ORDER_MARK = (
        "The body starts with a byte order mark",
        "We send none. Hash the request's bytes, not a copy from a file or an editor.",
    )
    TRAILING_NEWLINE = (
        "The body ends with a line break",
        "We send none. Something adds it, such as echo, a file or a template. Hash the raw bytes.",
    )
    SPACE_AROUND = (
        "The body has whitespace around it",
        "We send none. Hash the raw bytes as received.",
    )
    WRONG_CHARSET = (
        "The body was decoded with the wrong charset",
        "The body is UTF-8 but was decoded as Latin-1 or Windows-1252. Hash the bytes, or decode"
        " them as UTF-8.",
    )
    DOUBLE_ENCODED = (
        "The body was encoded twice",
        "It is a JSON string inside JSON. Hash the body as received, without encoding it.",
    )
    SPACED = (
        "The JSON has extra spaces or line breaks",
        "The body was parsed and serialized again with spaces, as json.dumps and pretty printers"
        " do. Hash the raw body. If you must serialize it, use no spaces.",
    )
    ESCAPED = (
        "Characters are written as \\u escapes",
        "The body was parsed and serialized again as ASCII, the default of json.dumps and"
        " json_encode. We send plain UTF-8. Hash the raw body.",
    )
    SLASHES = (
        "Slashes are written as \\/",
        "PHP's json_encode does this without JSON_UNESCAPED_SLASHES. Hash the raw body.",
    )
    REWRITTEN = (
        "The JSON was serialized again",
        "It has the same content as the body we sent, but different bytes. Hash the raw body.",
    )
    ORDER = (
        "The fields are in a different order",
        "A parser or framework sorted them. Hash the raw body before anything parses it.",
    )
    NUMBERS = (
        "Strings became numbers",
        "We send all values as strings. A parser turned some into numbers or booleans. Hash the raw"
        " body.",
    )
    NOT_JSON = (
        "The body is not JSON",
        "It may be a printed object, form fields, or part of the body. Paste and hash the raw"
        " request body.",
    )
    TRUNCATED_BODY = (
        "The body is truncated",
        "It is only the start of the body we sent. Read the whole request before you hash it.",
    )
    CHANGED = (
        "The body is not the one we sent",
        "It differs from the stored delivery. Hash the raw body before anything changes it.",
    )
    OTHER_DELIVERY = (
        "The signature belongs to another delivery",
        "The body is the one we sent, but the header is from another request. Take both from the"
        " same request.",
    )
    UNSIGNED = (
        "This delivery was sent without a signature",
        "The deployment has no webhookSecret, so there is no signature to verify.",
    )
    NOTHING_FITS = (
        "The secret or the body is wrong",
        "The secret is not this deployment's, or the body was changed. First check that your code"
        " hashes the raw body, then check the secret.",
    )

    def __init__(self, title: str, advice: str) -> None:
        self.title = title
        self.advice = advice
