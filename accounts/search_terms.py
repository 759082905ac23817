"""Search for names by the beginnings of their words, with one typing error in each. Pure functions.

A name is stored as numbers, which an ordinary GIN index on an array finds: hashes of the beginnings
of its words, and of those beginnings with one character left out. What is searched for is treated
in the same way, so a missing, an additional, a wrong or a swapped character still meets. The owner
is part of each hash: an index entry holds rows of one partner only. No extension is needed, which
the database of a small installation may not offer, and scripts of all languages are equal.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from hashlib import blake2b

_MAX_WORDS = 8
_LONGEST = 12
#: Lengths of beginnings in which an error is found: a shorter one resembles too many words.
_SHORTEST_WITH_ERROR, _LONGEST_WITH_ERROR = 5, 8


@dataclass(frozen=True, slots=True)
class WordTerms:
    """A name has the word if it has `exact`; it has one like it if it has any of `similar`."""

    exact: int
    similar: tuple[int, ...]


def index_terms(name: str, *, owner: str) -> list[int]:
    """Return what is stored for a name."""
    terms: set[int] = set()
    for word in _words(name):
        beginnings = [word[:length] for length in range(1, len(word) + 1)]
        terms.update(_hash("=", each, owner) for each in beginnings)
        lengths = range(_SHORTEST_WITH_ERROR, _LONGEST_WITH_ERROR + 1)
        erring = [each for each in beginnings if len(each) in lengths]
        terms.update(_hash("~", each, owner) for text in erring for each in _variants(text))
    return sorted(terms)


def query_terms(text: str, *, owner: str) -> list[WordTerms]:
    """Return what a name must have, for each word that is searched for."""
    return [_query_word(word, owner) for word in _words(text)]


def _query_word(word: str, owner: str) -> WordTerms:
    exact = _hash("=", word, owner)
    if len(word) < _SHORTEST_WITH_ERROR:
        return WordTerms(exact, (exact,))
    erring = _variants(word[:_LONGEST_WITH_ERROR])
    return WordTerms(exact, tuple(_hash("~", each, owner) for each in sorted(erring)))


def _variants(text: str) -> set[str]:
    """The text, and the text without one of its characters."""
    return {text, *(text[:at] + text[at + 1 :] for at in range(len(text)))}


def _words(name: str) -> list[str]:
    """Letters and digits with their marks, without case and Latin accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(char for char in plain if not "\u0300" <= char <= "\u036f")
    spaced = "".join(
        char if unicodedata.category(char)[0] in "LMN" else " "
        for char in unicodedata.normalize("NFC", kept)
    )
    return [word[:_LONGEST] for word in spaced.split()[:_MAX_WORDS]]


def _hash(kind: str, text: str, owner: str) -> int:
    digest = blake2b(f"{kind}{text}".encode(), digest_size=8, key=owner.encode()).digest()
    return int.from_bytes(digest, signed=True)
