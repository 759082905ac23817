"""Shell commands of the guides in `docs/`, as a reader copies them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

DOCS = Path(__file__).resolve().parents[1] / "docs"
#: The first line of blocks that need systemd, or change the machine.
MARK = "# on the machine itself"
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    guide: str
    text: str

    @property
    def runs_anywhere(self) -> bool:
        return not self.text.startswith(MARK)

    def __str__(self) -> str:
        return f"{self.guide}: {self.text.partition(chr(10))[0]}"


def read_blocks(*guides: str) -> list[Block]:
    return [
        Block(guide, dedent(text))
        for guide in guides
        for _, text in _BLOCK.findall((DOCS / f"{guide}.md").read_text())
    ]
