"""Read a prompt in English or Hindi: its subject, its colours, and how it wants the picture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

NO_SUBJECT = "-"
_CAMERA = re.compile(r"\b(shot|taken|captured|photographed)\s+(on|with)\s[^,.;]*", re.IGNORECASE)
_LETTERING = re.compile(
    r"\b(?:text|words?|says?|saying|reads|lettering|caption|headline|slogan|title|label|logo|banner"
    r"|poster|written)\b[^\"“'‘]{0,30}[\"“'‘]([^\"”'’]{1,60})[\"”'’]"
    r"|\b(?:saying|that (?:says|reads)|with the (?:text|words?|caption))\s+([^,.;\"“]{1,60})"
    r"|\blogo\b[^,.;]{0,40}?\b(?:called|named)\s+([^,.;]{1,40})",
    re.IGNORECASE,
)
_STOP = re.compile("[,.;:!?।—|/()\n]")
_ENDINGS = re.compile("(?<=..)(?:ियाँ|ियां|ियों|ियो|ाएँ|ाएं|ाओं|ों|ें|ीं|ो|े|ा|ी|ि|ं)$")


class Entry(NamedTuple):
    """A line of `lexicon.txt`: a subject, a colour or a kind of word, and its phrases."""

    name: str
    look: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """`colours` are `#rrggbb`, nearest to the subject first; `place` is what comes after "on"."""

    subject: str
    colours: tuple[str, ...]
    ground: str
    place: str
    lettering: str


class _Word(NamedTuple):
    """A word, the number of its part of the sentence, and whether that part names a place."""

    text: str
    part: int
    in_place: bool


class _Found(NamedTuple):
    name: str
    at: int
    word: _Word
    is_container: bool


def read_prompt(text: str) -> Reading:
    """Find what the prompt names; `subject` is `NO_SUBJECT` where no known thing is named."""
    lettering = _LETTERING.search(text)
    words = _words(_CAMERA.sub("", text.replace(lettering[0], "") if lettering else text))
    found = list(_find(words, fuzzy=False))
    things = _things(found)
    if all(one.word.in_place for one in things):
        things += _things(_find([word for word in words if not word.in_place], fuzzy=True))
    subject = _choose(things)
    at = subject.at if subject else 0
    colours = [one for one in found if one.name.startswith("#")]
    grounds = [one for one in colours if _is_ground(one, words, things)]
    own = [one for one in colours if one not in grounds and not (one.word.in_place and subject)]
    own.sort(key=lambda one: at - one.at if one.at <= at else one.at - at + 2)
    return Reading(
        subject.name if subject else NO_SUBJECT,
        tuple(dict.fromkeys(one.name for one in own)),
        grounds[0].name if grounds else "",
        " ".join(word.text for word in words if word.in_place),
        next((group.strip() for group in lettering.groups() if group), "") if lettering else "",
    )


@cache
def entries() -> dict[str, Entry]:
    lines = (Path(__file__).parent / "lexicon.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" = ") for line in lines if " = " in line)
    rows = ((name.strip("]").split(" ["), phrases.split(", ")) for name, phrases in pairs)
    return {name: Entry(name, tuple(" ".join(look).split()), tuple(phrases))
            for (name, *look), phrases in rows}  # fmt: skip


def _things(found: Iterable[_Found]) -> list[_Found]:
    return [one for one in found if one.name[0] not in f"#@{NO_SUBJECT}"]


def _choose(things: list[_Found]) -> _Found | None:
    """Take the last thing of the first part that is no place: "coffee mug on a table"."""
    free = [one for one in things if not one.word.in_place] or things
    together = [one for one in free if one.word.part == free[0].word.part]
    filled = [one for one in together if not one.is_container] or together
    return filled[-1] if filled else None


def _is_ground(colour: _Found, words: list[_Word], things: list[_Found]) -> bool:
    part = colour.word.part
    is_named = any(word.part == part and _is(word.text, "ground") for word in words)
    return is_named or (colour.word.in_place and all(one.word.part != part for one in things))


def _words(text: str) -> list[_Word]:
    """Split into words with their vowel signs, by parts of the sentence."""
    text = _STOP.sub(" , ", unicodedata.normalize("NFKC", text.lower()))
    spaced = "".join(
        char if char == "," or unicodedata.category(char)[0] in "LMN" else " "
        for char in re.sub("['’]s?", "", text)
    )
    words: list[_Word] = []
    part, in_place = 0, False
    for word in spaced.split():
        if word == "," or _is(word, "break"):
            part, in_place = part + 1, in_place and word != ","
        elif _is(word, "place"):
            part, in_place = part + 1, True
        elif _is(word, "after"):
            # Hindi says the place first: "टोकरी में आम" is mangoes in a basket.
            words = [old._replace(in_place=True) if old.part == part else old for old in words]
            part, in_place = part + 1, False
        else:
            words.append(_Word(word, part, in_place))
        if word == "of" and words and _is(words[-1].text, "holder"):
            words.pop()
    return words


def _find(words: list[_Word], *, fuzzy: bool) -> Iterator[_Found]:
    """Yield the longest known phrases from left to right."""
    at = 0
    while at < len(words):
        for length in (3, 2, 1):
            phrase = [word.text for word in words[at : at + length] if word.part == words[at].part]
            if len(phrase) == length and (name := _look_up(phrase, fuzzy=fuzzy)):
                yield _Found(name, at + length - 1, words[at], _is(phrase[-1], "container"))
                at += length - 1
                break
        at += 1


def _look_up(words: list[str], *, fuzzy: bool) -> str | None:
    phrases = _phrases()
    stemmed = " ".join(map(_stem, words))
    name = phrases.get(" ".join(map(_bare, words))) or phrases.get(stemmed)
    if name or not fuzzy or len(words) > 1 or len(stemmed) < 5 or not stemmed.isascii():
        return name
    alike = (word for word in phrases if word[0] == stemmed[0] and " " not in word)
    near = [word for word in alike if abs(len(word) - len(stemmed)) < 2]
    close = get_close_matches(stemmed, near, 1, 0.8)
    return phrases[close[0]] if close else None


@cache
def _phrases() -> dict[str, str]:
    """Index every phrase as it is written and by its stems; what is written goes first."""
    plain: dict[str, str] = {}
    stems: dict[str, str] = {}
    for entry in entries().values():
        for phrase in () if entry.name[0] == "@" else entry.phrases:
            words = unicodedata.normalize("NFKC", phrase).split()
            plain.setdefault(" ".join(map(_bare, words)), entry.name)
            stems.setdefault(" ".join(map(_stem, words)), entry.name)
    return stems | plain


def _is(word: str, kind: str) -> bool:
    return word in (phrases := _kind(kind)) or (kind in ("holder", "container") and
                                                _stem(word) in phrases)  # fmt: skip


@cache
def _kind(kind: str) -> frozenset[str]:
    phrases = entries()[f"@{kind}"].phrases
    return frozenset(phrases) | frozenset(map(_stem, phrases))


def _bare(word: str) -> str:
    """Drop the dot of Hindi, which many leave out, and write nasal signs as one."""
    return unicodedata.normalize("NFD", word).replace("\u093c", "").replace("ँ", "ं")


def _stem(word: str) -> str:
    """Cut the ending off: of number in English, of number and case in Hindi."""
    word = _bare(word)
    if not word.isascii():
        return _ENDINGS.sub("", word)
    if re.search("...ies?$", word):
        return word.removesuffix("s")[:-2] + "y"
    if re.search("(?:ch|sh|ss|x|z|to|go)es$", word):
        return word[:-2]
    return word[:-1] if re.search("..[^su]s$", word) else word
