"""The embedded default provider. Honest in its name: no AI model runs.

"create" reads what a prompt names and sets the drawing of it like a product photograph; "enhance"
corrects photographs by measuring them; thinking mode directs the picture by rules. The same words,
size and seed always give the same picture.
"""

from __future__ import annotations

from imaging.providers.local.provider import LocalProvider

__all__ = ["LocalProvider"]
