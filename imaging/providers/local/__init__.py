"""The embedded default provider. Honest in its name: no AI model runs.

"create" draws an illustration from the words that it understands (products, places, colours,
moods); "enhance" corrects photographs by measuring them; thinking mode expands a prompt by rules.
The same words and size always give the same picture.
"""

from __future__ import annotations

from imaging.providers.local.provider import LocalProvider

__all__ = ["LocalProvider"]
