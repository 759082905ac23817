"""The provider that draws instead of asking a model."""

from threading import BoundedSemaphore

from imaging.providers.base import GenerationFailed, GenerationInput, ProviderBusy
from imaging.providers.local.direction import direct, expand_prompt, expand_request

#: Each picture takes a core and, at 4k, 100 MB; more at once would starve the other calls.
_drawing_places = BoundedSemaphore(2)


class LocalProvider:
    """Draws pictures from words and corrects photographs. No AI model runs."""

    def make_images(self, spec: GenerationInput) -> list[bytes]:
        """Return one PNG of exactly `spec.size`; for "enhance" one per image."""
        # libvips takes 20 MB, which a platform with a remote provider need not pay.
        from imaging.providers.local.enhance import enhance_picture  # noqa: PLC0415
        from imaging.providers.local.rendering import render  # noqa: PLC0415

        if not _drawing_places.acquire(timeout=spec.deadline.remaining()):
            raise ProviderBusy("no drawing place became free in time")
        try:
            if spec.action == "enhance":
                return [enhance_picture(source, spec) for source in spec.images]
            pictures = [render(direct(spec.text, spec.seed), spec.size)]
        except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises on broken files
            raise GenerationFailed("an image to enhance cannot be read") from error
        finally:
            _drawing_places.release()
        spec.deadline.remaining()
        return pictures

    def write_prompt(self, spec: GenerationInput) -> str:
        """Return the partner's words with details by rule, 1 to 2000 characters."""
        spec.deadline.remaining()
        if spec.action == "create":
            return expand_prompt(spec.text, spec.size, spec.seed)
        return expand_request(spec.text)
