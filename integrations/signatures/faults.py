"""What goes wrong when a webhook is verified, and what to change. Words only."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """One fault: what it is, and what to change."""

    NO_SIGNATURE = (
        "There is no signature",
        "A webhook is signed where its order named a webhookSecret. Without one it has no"
        " x-shopiq-signature; order the next shop with a secret.",
    )
    UNREADABLE_HEADER = (
        "The header is not a signature",
        "It reads sha256= and 64 hexadecimal digits. Look at the raw value of x-shopiq-signature.",
    )
    HEADER_SPACE = (
        "The header has white space around it",
        "Trim the header before you compare.",
    )
    HEADER_QUOTED = (
        "The header is in quotation marks",
        "Compare the text of the header, not its printed or JSON form.",
    )
    MISSING_PREFIX = (
        "The header lacks sha256= at its start",
        "What is sent begins with sha256=. Put it before the digest that you compute, or take it"
        " off the header, on both sides alike.",
    )
    UPPER_HEX = (
        "The digest is in capitals",
        "What is sent is in lower case. Write the hexadecimal digits in lower case before you"
        " compare.",
    )
    BASE64 = (
        "The digest is in base64",
        "What is sent is hexadecimal. Compute the digest as hex: digest('hex') in Node,"
        " hexdigest() in Python, hash_hmac without its fourth argument in PHP.",
    )
    TRUNCATED_HEADER = (
        "The header is cut off",
        "A signature has 64 hexadecimal digits. Look for a column or a variable that is too"
        " short, or for a proxy that cuts headers.",
    )
    SECRET_SPACE = (
        "The secret has white space around it",
        "A line break at the end of an environment file or of a secret manager's value is the"
        " usual cause. Trim the secret where it is read.",
    )
    ORDERED_SPACE = (
        "The secret was ordered with white space around it",
        "A webhookSecret is taken as it is given. Verify with the very same text, or order the"
        " next shop with a trimmed one.",
    )
    SECRET_QUOTED = (
        "The secret is in quotation marks",
        "Quotation marks of a configuration file have become part of the secret. Take them off.",
    )
    SECRET_PREFIX = (
        "The start of the secret, whsec_, is missing",
        "The whole text that you gave as webhookSecret is the key, with whsec_ and as it is: it is"
        " not base64 to be decoded.",
    )
    OTHER_SECRET = (
        "The secret is another one",
        "The signature is genuine, made with the webhookSecret that another order named, or this"
        " delivery's own. Look for the secret by the accountId or the identifier in the body.",
    )
    BYTE_ORDER_MARK = (
        "The body begins with a byte order mark",
        "The mark is not sent. Read the request's bytes, not a file or an editor's copy of them.",
    )
    TRAILING_NEWLINE = (
        "The body ends with a line break",
        "None is sent. Something adds one: echo, a file, a template. Hash the raw bytes.",
    )
    SPACE_AROUND = (
        "The body has white space around it",
        "None is sent. Hash the raw bytes as they came.",
    )
    WRONG_CHARSET = (
        "The body was read in another character set",
        "The bytes are UTF-8 and were decoded as Latin-1 or Windows-1252. Hash the bytes, or"
        " decode them as UTF-8.",
    )
    DOUBLE_ENCODED = (
        "The body was encoded twice",
        "It is a JSON text inside a JSON text. Hash the body as it came, without encoding it.",
    )
    SPACED = (
        "The JSON has spaces or line breaks between its parts",
        "The body was parsed and written again with spaces, as json.dumps and pretty printers do."
        " Hash the raw body; where you have to write it again, leave no spaces.",
    )
    ESCAPED = (
        "Characters are written as \\u escapes",
        "The body was parsed and written again in ASCII, as json.dumps and json_encode do by"
        " default. What is sent is plain UTF-8. Hash the raw body.",
    )
    SLASHES = (
        "Slashes are written as \\/",
        "PHP's json_encode does that without JSON_UNESCAPED_SLASHES. Hash the raw body.",
    )
    REWRITTEN = (
        "The JSON was written again in another spelling",
        "It says the same as what was sent, in other bytes. Hash the raw body.",
    )
    ORDER = (
        "The members are in another order",
        "A parser or a framework has sorted them. Hash the raw body, before anything parses it.",
    )
    NUMBERS = (
        "Texts have become numbers",
        "All values are sent as texts; a parser has turned some into numbers, true or false. Hash"
        " the raw body.",
    )
    NOT_JSON = (
        "The body is not JSON",
        "It is the printed form of an object, a form's fields, or a part of the body. Paste and"
        " hash the raw body of the request.",
    )
    TRUNCATED_BODY = (
        "The body is cut off",
        "It is the beginning of what was sent. Read the request to its end before you hash it.",
    )
    CHANGED = (
        "The body is not the one that was sent",
        "It differs from the stored delivery. Hash the raw body, before anything changes it.",
    )
    OTHER_DELIVERY = (
        "The signature belongs to another delivery",
        "The body is the one that was sent, and the header was not sent with it. Take both from"
        " the same request.",
    )
    UNSIGNED = (
        "This delivery was sent without a signature",
        "Its order named no webhookSecret, so no header was sent that you could verify.",
    )
    NOTHING_FITS = (
        "Nothing matches",
        "The secret is not the one that this order named, or the body was changed. Look first"
        " whether your code hashes the raw body, then whether the secret is this order's.",
    )

    def __init__(self, title: str, advice: str) -> None:
        self.title = title
        self.advice = advice
