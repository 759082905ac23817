"""The default provider. It draws what prompts name and corrects photographs; no AI model runs. The
same words, size and seed give the same picture."""

from imaging.providers.local.provider import LocalProvider as LocalProvider
