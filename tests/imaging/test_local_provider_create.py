"""Pictures from words: the size, the subject, the colours and the light that the prompt names."""

import subprocess
import sys
import threading
from collections import Counter
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.prompts import wrap_create
from imaging.providers.base import GenerationInput, ProviderBusy
from imaging.providers.local import LocalProvider, provider
from imaging.providers.local.direction import direct, find_subject
from imaging.providers.local.reading import NO_SUBJECT, read_prompt
from imaging.sizes import ASPECT_RATIOS, Size, size_of
from tests.daily import few_daily

SMALL = Size(160, 160)


def draw(words: str, size: Size = SMALL, *, seed: int = 0) -> Image.Image:
    spec = GenerationInput("create", wrap_create(words), size, Deadline.after(30), seed=seed)
    (data,) = LocalProvider().make_images(spec)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return Image.open(BytesIO(data))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of a channel, in levels."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def loudest_hue(image: Image.Image) -> int:
    """The hue (degrees, in steps of 20) of most of the strongly coloured pixels."""
    pixels: Any = image.convert("HSV").get_flattened_data()
    hues: Counter[int] = Counter(
        round(hue / 256 * 18) % 18 * 20
        for hue, saturation, value in pixels
        if saturation > 110 and value > 60
    )
    return hues.most_common(1)[0][0]


@pytest.mark.parametrize(
    "prompt",
    ["top view, studio background, soft light", "product shot, close-up, bokeh, 85 mm lens, 8k",
     "flat lay on white paper, eye level", "qwerty", "👟", "हमारी तस्वीर ऊपर से", "..."],
)  # fmt: skip
def test_words_of_photography_are_never_the_subject(prompt: str) -> None:
    assert read_prompt(prompt).subject == NO_SUBJECT
    assert draw(prompt).size == (160, 160)


@pytest.mark.parametrize("ratio", few_daily(ASPECT_RATIOS, 2))
def test_a_picture_has_exactly_the_asked_size(ratio: str) -> None:
    size = size_of(ratio, "1k")
    assert draw("a handbag", size).size == (size.width, size.height)


@pytest.mark.slow
def test_a_4k_picture_has_exactly_the_asked_size() -> None:
    assert draw("a perfume bottle", size_of("3:2", "4k")).size == (4096, 2731)


def test_the_same_words_and_seed_give_the_same_picture() -> None:
    first, again = (
        draw("a green chair by the window", seed=7),
        draw("a green chair  by the window", seed=7),
    )
    assert first.tobytes() == again.tobytes()


def test_another_seed_gives_another_picture_of_the_same_subject() -> None:
    for words in ("a green chair", "a red shoe on marble"):
        assert len({draw(words, seed=seed).tobytes() for seed in range(8)}) == 8
    assert {direct("a green chair", seed).subject for seed in range(8)} == {find_subject("chair")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a handbag", "a watch"),
        ("a red sneaker", "a blue sneaker"),
        ("जूते", "घड़ी"),
        ("a mug", "a mug in dramatic light"),
        ("a mug", "a mug on a wooden table"),
        ("a mug", "a mug, close-up"),
        ("a mug", "a mug, top view"),
    ],
)
def test_other_words_give_a_visibly_other_picture(one: str, other: str) -> None:
    assert difference(draw(one), draw(other)) > 4


@pytest.mark.parametrize(
    ("words", "hues"),
    [
        ("red sneaker", {0, 340}),
        ("a yellow dress", {40, 60}),
        ("green armchair", {100, 120, 140, 160}),
        ("a blue backpack", {200, 220, 240}),
        ("नीला कुर्ता", {200, 220, 240}),
        ("a white mug on a blue background", {200, 220, 240}),
    ],
)
def test_a_named_colour_is_the_loudest(words: str, hues: set[int]) -> None:
    assert loudest_hue(draw(words)) in hues


def test_a_white_background_is_white() -> None:
    picture = draw("red handbag on a white background")
    assert {picture.getpixel(at) for at in ((0, 0), (159, 0), (0, 159), (80, 3))} == {(255,) * 3}


def test_nothing_is_written_but_what_the_prompt_asks_to_be_written() -> None:
    assert direct("a box of sweets for Diwali", 0).lettering == ""
    assert direct('gift card, "the red one"', 0).lettering == ""
    assert direct('poster with the text "Sale & <b>more"', 0).lettering == "Sale & <b>more"
    assert direct("logo for a bakery called Crumb", 0).lettering == "Crumb"
    plain, lettered = draw("diya, banner"), draw('diya, banner "शुभ दीपावली"')
    above = (0, 8, 160, 32)
    assert difference(plain.crop(above), lettered.crop(above)) > 4


@pytest.mark.parametrize(
    "words",
    ["مرحبا حقيبة", "\u200b\u202e\ufdd0", "word " * 800, 'text "\x07<svg>&"', 'text "长城"'],
    ids=["arabic", "invisible", "4000 characters", "markup", "letters without a font"],
)
def test_unusual_prompts_are_drawn(words: str) -> None:
    assert draw(words).size == (160, 160)


def test_another_process_draws_the_same_picture() -> None:
    script = (
        "import sys; from config.egress.deadline import Deadline; from imaging.sizes import Size;"
        "from imaging.providers.base import GenerationInput;"
        "from imaging.providers.local import LocalProvider;"
        "spec = GenerationInput('create', 'a teapot', Size(160, 160), Deadline.after(30));"
        "sys.stdout.buffer.write(LocalProvider().make_images(spec)[0])"
    )
    drawn = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert Image.open(BytesIO(drawn.stdout)).tobytes() == draw("a teapot").tobytes()


def test_other_threads_go_on_while_a_large_picture_is_drawn() -> None:
    ticks, done = [], threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            ticks.append(1)

    thread = threading.Thread(target=tick)
    thread.start()
    draw("a handbag", size_of("1:1", "2k"))
    done.set()
    thread.join()
    assert len(ticks) > 10


def test_a_passed_deadline_ends_the_call() -> None:
    spec = GenerationInput("create", "a lamp", SMALL, Deadline.after(-1))
    with pytest.raises(DeadlineExceeded):
        LocalProvider().make_images(spec)


def test_waiting_for_a_place_ends_at_the_deadline_as_busy() -> None:
    for _ in range(2):
        provider._drawing_places.acquire()
    try:
        with pytest.raises(ProviderBusy):
            LocalProvider().make_images(
                GenerationInput("create", "a lamp", SMALL, Deadline.after(0.05))
            )
    finally:
        for _ in range(2):
            provider._drawing_places.release()


def test_a_failed_call_gives_its_place_back() -> None:
    for _ in range(4):
        with pytest.raises(DeadlineExceeded):
            LocalProvider().make_images(
                GenerationInput("create", "a lamp", SMALL, Deadline.after(0.001))
            )
    assert draw("a lamp").size == (160, 160)


def test_many_threads_get_the_picture_that_one_gets() -> None:
    alone = draw("a camera").tobytes()
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(draw("a camera").tobytes())) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 6
