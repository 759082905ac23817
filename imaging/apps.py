from django.apps import AppConfig


class ImagingConfig(AppConfig):
    name = "imaging"
    verbose_name = "Images"

    def ready(self) -> None:
        from imaging import checks  # noqa: F401 - registers itself
