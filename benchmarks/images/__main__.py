"""Print how many prompts of `prompts.tsv` are drawn with the subject they name, and write a
contact sheet of them.

Each line is the expected subject (a name of the provider's lexicon, "stilllife" for none) and a
prompt.
Exits with 1 when fewer than 90 % are right.
"""

from __future__ import annotations

import argparse
import sys
from html import escape
from pathlib import Path

import pyvips

from config.egress.deadline import Deadline
from imaging.providers.base import GenerationInput
from imaging.providers.local import LocalProvider
from imaging.providers.local.reading import read_prompt
from imaging.sizes import Size

PROMPTS = Path(__file__).parent / "prompts.tsv"
TARGET = 0.9
_EDGE = 288
_ACROSS = 10


def read_prompts() -> list[tuple[str, str]]:
    """Return pairs of the expected subject and the prompt."""
    lines = PROMPTS.read_text(encoding="utf-8").splitlines()
    return [(subject, prompt) for subject, _, prompt in (line.partition("\t") for line in lines)]


def write_sheet(path: Path, prompts: list[str], mode: str, seed: int) -> None:
    tiles = [_tile(prompt, mode, seed) for prompt in prompts]
    pyvips.Image.arrayjoin(tiles, across=_ACROSS, shim=6, background=[255]).write_to_file(str(path))


def _tile(prompt: str, mode: str, seed: int) -> pyvips.Image:
    size, provider = Size(_EDGE, _EDGE), LocalProvider()
    spec = GenerationInput("create", prompt, size, Deadline.after(60), seed=seed)
    text = provider.write_prompt(spec) if mode == "thinking" else prompt
    spec = GenerationInput("create", text, size, Deadline.after(60), seed=seed)
    picture = pyvips.Image.pngload_buffer(provider.make_images(spec)[0])
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_EDGE}" height="26"><text x="2" y="17" '
        f'font-size="11" font-family="sans-serif">{escape(prompt[:52])}</text></svg>'
    )
    label = pyvips.Image.svgload_buffer(svg.encode()).flatten(background=[255])
    return picture.join(label, "vertical", expand=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.images", description=__doc__)
    parser.add_argument("--sheet", type=Path, help="where to write the contact sheet (PNG or JPEG)")
    parser.add_argument("--mode", choices=("fast", "thinking"), default="fast")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    pairs = read_prompts()
    read = [(wanted, read_prompt(prompt).subject, prompt) for wanted, prompt in pairs]
    for wanted, found, prompt in read:
        if wanted != found:
            print(f"{prompt}: {found} instead of {wanted}")
    right = sum(wanted == found for wanted, found, _ in read)
    print(f"{right} of {len(read)} subjects right ({right / len(read):.1%})")
    if args.sheet:
        write_sheet(args.sheet, [prompt for _, prompt in pairs], args.mode, args.seed)
    return int(right < TARGET * len(read))


if __name__ == "__main__":
    sys.exit(main())
