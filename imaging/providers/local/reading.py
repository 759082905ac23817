"""Read what prompts name, in English or Hindi, and what requests for an enhancement ask for."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from imaging.prompts import MARKER, partner_words

_FOLDER = Path(__file__).parent
#: The subject where no known thing is named.
NO_SUBJECT = "stilllife"
#: What thinking mode adds to an enhancement; read as the wish "refined".
REFINED = "refine local contrast and micro-detail"
#: By decision, its values and their regular expressions; and the tables that are none.
CUES: dict[str, Any] = tomllib.loads((_FOLDER / "cues.toml").read_text(encoding="utf-8"))
TABLES = {name: CUES.pop(name) for name in ("phrases", "choices", "looks", "floors", "shades")}
_TEXT, _WISHES = CUES.pop("text"), CUES.pop("wishes")
_FLAGS = re.IGNORECASE | re.DOTALL
_ENDINGS = re.compile("(?<=..)(?:ियाँ|ियां|ियों|ियो|ाएँ|ाएं|ाओं|ों|ें|ीं|ो|े|ा|ी|ि|ं)$")


class Reading(NamedTuple):
    """`colours` are `#rrggbb`, those beside the subject first; `place` is what comes after "on"."""

    subject: str
    colours: tuple[str, ...]
    ground: str
    place: str
    lettering: str


class _Part(NamedTuple):
    """Words between commas and prepositions, and whether they name a place."""

    words: list[str]
    in_place: bool


class _Found(NamedTuple):
    name: str
    part: int
    in_place: bool
    is_container: bool

    @property
    def is_thing(self) -> bool:
        return self.name[0] != "#" and self.name != NO_SUBJECT


def read_prompt(text: str) -> Reading:
    """Find what the prompt names."""
    lettering = re.search(_TEXT["lettering"], text, _FLAGS)
    text = text.replace(lettering[0], "") if lettering else text
    parts = _split(re.sub(_TEXT["camera"], "", text, flags=_FLAGS))
    found = list(_find(parts))
    things = [one for one in found if one.is_thing]
    if all(one.in_place for one in things):
        free = [part if not part.in_place else part._replace(words=[]) for part in parts]
        things += [one for one in _find(free, is_fuzzy=True) if one.is_thing]
    subject = _choose(things)
    colours = [one for one in found if one.name[0] == "#"]
    grounds = [one for one in colours if any(_is(w, "ground") for w in parts[one.part].words)
               or (one.in_place and all(thing.part != one.part for thing in things))]  # fmt: skip
    own = [one for one in colours if one not in grounds and not (one.in_place and subject)]
    own.sort(key=lambda one: subject is not None and one.part != subject.part)
    return Reading(
        subject.name if subject else NO_SUBJECT,
        tuple(dict.fromkeys(one.name for one in own)),
        grounds[0].name if grounds else "",
        " ".join(" ".join(part.words) for part in parts if part.in_place),
        next((group.strip() for group in lettering.groups() if group), "") if lettering else "",
    )


def read_wishes(text: str) -> frozenset[str]:
    """Return the names of `[wishes]` that the request asks for, and "refined" in thinking mode."""
    words = _bare(partner_words(text))
    found = {name for name, wish in _WISHES.items() if re.search(wish, words, _FLAGS)}
    return frozenset(found | ({"refined"} if REFINED in text.rpartition(MARKER)[2] else set()))


@cache
def lexicon() -> dict[str, list[str]]:
    """Return the phrases of every subject, colour (`#`) and kind of word (`@`)."""
    lines = (_FOLDER / "lexicon.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" = ") for line in lines if " = " in line)
    return {name: phrases.split(", ") for name, phrases in pairs}


def _choose(things: list[_Found]) -> _Found | None:
    """Take the last thing of the first part that is no place: "coffee mug on a table"."""
    free = [one for one in things if not one.in_place] or things
    together = [one for one in free if one.part == free[0].part]
    filled = [one for one in together if not one.is_container] or together
    return filled[-1] if filled else None


def _split(text: str) -> list[_Part]:
    """Split into words with their vowel signs, by parts of the sentence."""
    text = re.sub("['’]s?", "", unicodedata.normalize("NFKC", text.lower()))
    text = re.sub("[,.;:!?।—|/()\n]", " , ", text)
    kept = (char if char == "," or unicodedata.category(char)[0] in "LMN" else " " for char in text)
    parts = [_Part([], in_place=False)]
    for word in "".join(kept).split():
        if word == "," or _is(word, "break"):
            parts.append(_Part([], in_place=parts[-1].in_place and word != ","))
        elif _is(word, "place"):
            parts.append(_Part([], in_place=True))
        elif _is(word, "after"):
            # Hindi says the place first: "टोकरी में आम" is mangoes in a basket.
            parts[-1:] = [parts[-1]._replace(in_place=True), _Part([], in_place=False)]
        else:
            parts[-1].words.append(word)
        if word == "of" and parts[-2].words and _is(parts[-2].words[-1], "holder"):
            parts[-2].words.pop()
    return parts


def _find(parts: list[_Part], *, is_fuzzy: bool = False) -> Iterator[_Found]:
    """Yield the longest known phrases from left to right."""
    for number, (words, in_place) in enumerate(parts):
        at = 0
        while at < len(words):
            named = (
                (some, _look_up(some, is_fuzzy=is_fuzzy))
                for some in (words[at : at + length] for length in (3, 2, 1))
            )
            phrase, name = next(((some, name) for some, name in named if name), (words[:1], ""))
            # "Orange" is a fruit and a colour.
            for one in {name, _phrases("#").get(" ".join(phrase), "")} - {""}:
                yield _Found(one, number, in_place, _is(phrase[-1], "container"))
            at += len(phrase)


def _look_up(words: list[str], *, is_fuzzy: bool) -> str:
    phrases, stemmed = _phrases(), " ".join(map(_stem, words))
    name = phrases.get(" ".join(map(_bare, words))) or phrases.get(stemmed, "")
    if name or not is_fuzzy or len(words) > 1 or len(stemmed) < 5 or not stemmed.isascii():
        return name
    alike = [word for word in phrases if word[0] == stemmed[0] and " " not in word]
    return phrases[close[0]] if (close := get_close_matches(stemmed, alike, 1, 0.8)) else ""


@cache
def _phrases(kind: str = "") -> dict[str, str]:
    """Index every phrase of names with this beginning as it is written and by its stems; what is
    written goes first. English in the plural alone has no singular: glasses are not of glass."""
    plain: dict[str, str] = {}
    stems: dict[str, str] = {}
    for name, phrases in lexicon().items():
        for phrase in phrases if name[0] != "@" and name.startswith(kind) else ():
            words = unicodedata.normalize("NFKC", phrase).split()
            plain.setdefault(" ".join(map(_bare, words)), name)
            if not (words[-1].endswith("s") and _stem(words[-1]) != words[-1]):
                stems.setdefault(" ".join(map(_stem, words)), name)
    return stems | plain


def _is(word: str, kind: str) -> bool:
    return _stem(word) in _stems_of(kind)


@cache
def _stems_of(kind: str) -> frozenset[str]:
    return frozenset(map(_stem, lexicon()[f"@{kind}"]))


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
