from datetime import datetime

from django.utils.translation import gettext_lazy

from config.db.ids import first_id
from config.service_levels import register_service
from imaging.models import ImageOperation

_OURS = (
    ImageOperation.Failure.BUSY,
    ImageOperation.Failure.FAILED,
    ImageOperation.Failure.ABANDONED,
    ImageOperation.Failure.ACCOUNT,
)


@register_service("images", gettext_lazy("Image API"))
def count_images(start: datetime, end: datetime) -> tuple[int, int]:
    """Count live operations. What filters block, and photos that can't be read, did not fail."""
    operations = ImageOperation.objects.of_all().filter(
        pk__gte=first_id(start), pk__lt=first_id(end), charge__isnull=False
    )
    return operations.count(), operations.filter(failure__in=_OURS).count()
