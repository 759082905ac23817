from fractions import Fraction

import pytest

from imaging.sizes import ASPECT_RATIOS, RESOLUTIONS, Size, size_of


@pytest.mark.parametrize(
    ("ratio", "resolution", "expected"),
    [
        ("1:1", "1k", Size(1024, 1024)),
        ("16:9", "1k", Size(1024, 576)),
        ("9:16", "2k", Size(1152, 2048)),
        ("4:3", "4k", Size(4096, 3072)),
        ("3:2", "1k", Size(1024, 683)),
        ("2:3", "2k", Size(1365, 2048)),
        ("3:2", "4k", Size(4096, 2731)),
    ],
)
def test_the_longest_edge_is_exact_and_the_other_rounded(
    ratio: str, resolution: str, expected: Size
) -> None:
    assert size_of(ratio, resolution) == expected


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_the_ratio_is_met_to_within_half_a_pixel(ratio: str, resolution: str) -> None:
    across, down = map(int, ratio.split(":"))
    size = size_of(ratio, resolution)
    assert max(size.width, size.height) == RESOLUTIONS[resolution]
    if across >= down:
        assert abs(size.height - Fraction(size.width * down, across)) <= Fraction(1, 2)
    else:
        assert abs(size.width - Fraction(size.height * across, down)) <= Fraction(1, 2)


def test_a_size_reads_as_width_by_height() -> None:
    assert str(Size(1024, 576)) == "1024x576"
