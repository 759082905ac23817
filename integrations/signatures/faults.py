"""Common mistakes in the verification of webhooks, and how to fix them."""

from __future__ import annotations

from enum import Enum

from django.utils.translation import gettext, gettext_noop


class Fault(Enum):
    """A mistake and its fix, shown in the reader's language."""

    NO_SIGNATURE = (
        gettext_noop("The header is missing"),
        gettext_noop(
            "Webhooks are signed only if the deployment has a webhookSecret. Set one in the next"
            " createAndDeploy request."
        ),
    )
    UNREADABLE_HEADER = (
        gettext_noop("The header is not a signature"),
        gettext_noop(
            "A signature is sha256= and 64 hexadecimal digits. Check the raw value of"
            " x-shopiq-signature."
        ),
    )
    HEADER_SPACE = (
        gettext_noop("The header has whitespace around it"),
        gettext_noop("Trim the header before you compare it."),
    )
    HEADER_QUOTED = (
        gettext_noop("The header is in quotes"),
        gettext_noop("Compare the header value itself, not its printed or JSON form."),
    )
    MISSING_PREFIX = (
        gettext_noop("The header has no sha256= prefix"),
        gettext_noop(
            "The header we send starts with sha256=. Add the prefix to your digest, or remove it"
            " from the header."
        ),
    )
    UPPER_HEX = (
        gettext_noop("The digest is in uppercase"),
        gettext_noop(
            "The digest we send is in lowercase. Convert yours to lowercase before you compare."
        ),
    )
    BASE64 = (
        gettext_noop("The digest is in base64"),
        gettext_noop(
            "The digest we send is hexadecimal. Compute yours as hex: digest('hex') in Node,"
            " hexdigest() in Python, hash_hmac without its fourth argument in PHP."
        ),
    )
    TRUNCATED_HEADER = (
        gettext_noop("The header is truncated"),
        gettext_noop(
            "A signature has 64 hexadecimal digits. Check for a column or variable that is too"
            " short, or a proxy that cuts headers."
        ),
    )
    SECRET_SPACE = (
        gettext_noop("The secret has whitespace around it"),
        gettext_noop(
            "Usually a line break at the end of an environment variable or a stored secret. Trim"
            " the secret when you read it."
        ),
    )
    ORDERED_SPACE = (
        gettext_noop("The deployment's secret has whitespace around it"),
        gettext_noop(
            "A webhookSecret is used exactly as given. Verify with the same text, or trim it in the"
            " next createAndDeploy request."
        ),
    )
    SECRET_QUOTED = (
        gettext_noop("The secret is in quotes"),
        gettext_noop("Quotes from a configuration file became part of the secret. Remove them."),
    )
    SECRET_PREFIX = (
        gettext_noop("The secret has no whsec_ prefix"),
        gettext_noop(
            "Use the whole webhookSecret as the key, including whsec_. Do not decode it from"
            " base64."
        ),
    )
    OTHER_SECRET = (
        gettext_noop("The secret is wrong"),
        gettext_noop(
            "The signature is genuine but uses a different webhookSecret. Find the right one by the"
            " accountId or identifier in the body."
        ),
    )
    BYTE_ORDER_MARK = (
        gettext_noop("The body starts with a byte order mark"),
        gettext_noop(
            "We send none. Hash the request's bytes, not a copy from a file or an editor."
        ),
    )
    TRAILING_NEWLINE = (
        gettext_noop("The body ends with a line break"),
        gettext_noop(
            "We send none. Something adds it, such as echo, a file or a template. Hash the raw"
            " bytes."
        ),
    )
    SPACE_AROUND = (
        gettext_noop("The body has whitespace around it"),
        gettext_noop("We send none. Hash the raw bytes as received."),
    )
    WRONG_CHARSET = (
        gettext_noop("The body was decoded with the wrong charset"),
        gettext_noop(
            "The body is UTF-8 but was decoded as Latin-1 or Windows-1252. Hash the bytes, or"
            " decode them as UTF-8."
        ),
    )
    DOUBLE_ENCODED = (
        gettext_noop("The body was encoded twice"),
        gettext_noop(
            "It is a JSON string inside JSON. Hash the body as received, without encoding it."
        ),
    )
    SPACED = (
        gettext_noop("The JSON has extra spaces or line breaks"),
        gettext_noop(
            "The body was parsed and serialized again with spaces, as json.dumps and pretty"
            " printers do. Hash the raw body. If you must serialize it, use no spaces."
        ),
    )
    ESCAPED = (
        gettext_noop("Characters are written as \\u escapes"),
        gettext_noop(
            "The body was parsed and serialized again as ASCII, the default of json.dumps and"
            " json_encode. We send plain UTF-8. Hash the raw body."
        ),
    )
    SLASHES = (
        gettext_noop("Slashes are written as \\/"),
        gettext_noop(
            "PHP's json_encode does this without JSON_UNESCAPED_SLASHES. Hash the raw body."
        ),
    )
    REWRITTEN = (
        gettext_noop("The JSON was serialized again"),
        gettext_noop(
            "It has the same content as the body we sent, but different bytes. Hash the raw body."
        ),
    )
    ORDER = (
        gettext_noop("The fields are in a different order"),
        gettext_noop(
            "A parser or framework sorted them. Hash the raw body before anything parses it."
        ),
    )
    NUMBERS = (
        gettext_noop("Strings became numbers"),
        gettext_noop(
            "We send all values as strings. A parser turned some into numbers or booleans. Hash the"
            " raw body."
        ),
    )
    NOT_JSON = (
        gettext_noop("The body is not JSON"),
        gettext_noop(
            "It may be a printed object, form fields, or part of the body. Paste and hash the raw"
            " request body."
        ),
    )
    TRUNCATED_BODY = (
        gettext_noop("The body is truncated"),
        gettext_noop(
            "It is only the start of the body we sent. Read the whole request before you hash it."
        ),
    )
    CHANGED = (
        gettext_noop("The body is not the one we sent"),
        gettext_noop(
            "It differs from the stored delivery. Hash the raw body before anything changes it."
        ),
    )
    OTHER_DELIVERY = (
        gettext_noop("The signature belongs to another delivery"),
        gettext_noop(
            "The body is the one we sent, but the header is from another request. Take both from"
            " the same request."
        ),
    )
    UNSIGNED = (
        gettext_noop("This delivery was sent without a signature"),
        gettext_noop("The deployment has no webhookSecret, so there is no signature to verify."),
    )
    NOTHING_FITS = (
        gettext_noop("The secret or the body is wrong"),
        gettext_noop(
            "The secret is not this deployment's, or the body was changed. First check that your"
            " code hashes the raw body, then check the secret."
        ),
    )

    @property
    def title(self) -> str:
        return gettext(self.value[0])

    @property
    def advice(self) -> str:
        return gettext(self.value[1])
