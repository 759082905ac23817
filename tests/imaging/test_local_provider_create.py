"""Drawing from words: the partner gets the size, the colours and the subject that it named."""

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
from imaging.providers.local.caption import write_caption
from imaging.providers.local.colour import Lch, to_rgb
from imaging.providers.local.lexicon import COLOURS, PRODUCTS
from imaging.providers.local.products import PRODUCT_SHAPES
from imaging.providers.local.reading import read
from imaging.sizes import ASPECT_RATIOS, Size, size_of

SMALL = Size(320, 320)


def draw(words: str, size: Size = SMALL) -> Image.Image:
    spec = GenerationInput("create", wrap_create(words), size, Deadline.after(30))
    (data,) = LocalProvider().make_images(spec)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return Image.open(BytesIO(data))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of a channel, in levels."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def loudest_hue(image: Image.Image) -> int:
    """The hue (degrees, in steps of 20) of most of the strongly coloured pixels."""
    pixels: Any = image.convert("HSV").resize((128, 128)).get_flattened_data()
    hues: Counter[int] = Counter(
        round(hue / 256 * 18) % 18 * 20
        for hue, saturation, value in pixels
        if saturation > 135 and value > 60
    )
    return hues.most_common(1)[0][0]


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("words", ["a handbag", "mountains at dawn"])
def test_a_drawing_has_exactly_the_asked_size(ratio: str, words: str) -> None:
    size = size_of(ratio, "1k")
    assert draw(words, size).size == (size.width, size.height)


def test_a_4k_drawing_has_exactly_the_asked_size() -> None:
    assert draw("a perfume bottle", size_of("3:2", "4k")).size == (4096, 2731)


def test_the_same_words_give_the_same_picture() -> None:
    first, again = draw("a green chair by the window"), draw("A green  chair, by the window")
    assert first.tobytes() == again.tobytes()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a handbag", "a watch"),
        ("a red sneaker", "a blue sneaker"),
        ("qwerty", "asdfgh"),
        ("जूते", "घड़ी"),
        ("👟", "🎂"),
    ],
)
def test_other_words_give_a_visibly_other_picture(one: str, other: str) -> None:
    assert difference(draw(one), draw(other)) > 4


def test_the_picture_depends_on_the_words_and_not_on_the_wrapping() -> None:
    spec = GenerationInput("create", "a teapot", SMALL, Deadline.after(30))
    (bare,) = LocalProvider().make_images(spec)
    assert Image.open(BytesIO(bare)).tobytes() == draw("a teapot").tobytes()


@pytest.mark.parametrize(
    ("words", "hues"),
    [
        ("red sneaker", {0, 340}),
        ("a yellow dress", {40, 60}),
        ("green armchair", {120, 140, 160}),
        ("a blue backpack", {200, 220, 240}),
        ("purple headphones", {260, 280, 300}),
        ("blue abstract poster", {200, 220, 240}),
        ("a white mug on a blue background", {200, 220, 240}),
    ],
)
def test_a_named_colour_is_the_loudest(words: str, hues: set[int]) -> None:
    assert loudest_hue(draw(words)) in hues


@pytest.mark.parametrize(
    ("words", "product", "scene"),
    [
        ("Minimalist sneakers, product shot", "sneaker", "studio"),
        ("an Apple watch", "watch", "studio"),
        ("a basket of mangoes and an apple", "fruit", "studio"),
        ("a landscape with a house and a lamp", None, "landscape"),
        ("roses in the garden", None, "botanical"),
        ("bauhaus pattern", None, "poster"),
    ],
)
def test_the_words_choose_subject_and_composition(
    words: str, product: str | None, scene: str
) -> None:
    reading = read(words)
    assert (reading.product, reading.scene) == (product, scene)


def test_a_colour_before_background_is_the_ground_and_not_the_product() -> None:
    reading = read("a red bag on a light blue background")
    assert reading.colours == (COLOURS["red"],)
    assert reading.ground is not None
    assert reading.ground.hue == COLOURS["blue"].hue


def test_every_product_word_has_a_silhouette_and_every_silhouette_draws() -> None:
    assert set(PRODUCTS.values()) == set(PRODUCT_SHAPES)
    blank = draw("a vase", Size(96, 96))
    for key in PRODUCT_SHAPES.keys() - {"vase"}:
        assert difference(draw(f"a {key}", Size(96, 96)), blank) > 1


@pytest.mark.parametrize(
    "words",
    ["दीपावली के लिए मिठाई", "🎁🎁🎁", "مرحبا حقيبة", "...", "\u200b\u202e\ufdd0", "word " * 800],
    ids=["devanagari", "emoji", "arabic", "no word", "invisible", "4000 characters"],
)
def test_unusual_prompts_are_drawn(words: str) -> None:
    assert draw(words).size == (320, 320)


def test_a_caption_leaves_out_glyphs_that_the_font_lacks() -> None:
    assert write_caption("Gift 🎁 box, दीपावली special ₹500").title == "Gift box"
    assert write_caption("दीपावली 🎁").title == ""


def test_a_caption_names_the_subject_first_and_ends_on_a_whole_word() -> None:
    caption = write_caption("Create an image of a premium leather handbag on a marble surface")
    assert (caption.title, caption.detail) == ("Premium leather handbag", "On a marble surface")
    long = write_caption("a very " + "long " * 40 + "name")
    assert len(long.title) <= 44
    assert long.title.endswith("long")
    assert write_caption("Extraordinary handwoven cotton towels and bathrobes").title == (
        "Extraordinary handwoven cotton towels"
    )


def test_a_print_has_a_paper_margin_that_the_picture_leaves_free() -> None:
    sheet = draw("mountains at dawn")
    paper = sheet.getpixel((2, 2))
    for free in ((0, 0, 320, 15), (0, 285, 15, 320), (150, 286, 255, 320)):
        assert sheet.crop(free).getcolors() == [((free[2] - free[0]) * (free[3] - free[1]), paper)]


def test_another_process_draws_the_same_picture() -> None:
    script = (
        "import sys; from config.egress.deadline import Deadline; from imaging.sizes import Size;"
        "from imaging.providers.base import GenerationInput;"
        "from imaging.providers.local import LocalProvider;"
        "spec = GenerationInput('create', 'a teapot', Size(320, 320), Deadline.after(30));"
        "sys.stdout.buffer.write(LocalProvider().make_images(spec)[0])"
    )
    drawn = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert Image.open(BytesIO(drawn.stdout)).tobytes() == draw("a teapot").tobytes()


def test_colours_outside_the_gamut_keep_their_hue() -> None:
    red, green, blue = to_rgb(Lch(0.6, 0.37, 27))
    assert red > 200
    assert max(green, blue) < 100


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
    assert draw("a lamp").size == (320, 320)


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
