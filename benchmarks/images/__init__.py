"""Pictures of the built-in provider, on a contact sheet. Texts of errors need the settings."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
