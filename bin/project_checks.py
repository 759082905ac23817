"""Django's own checks, of a production installation with its files, in one process.

What the models are does not depend on the installation; without a database, `makemigrations` warns
that it cannot compare its history.
"""

import os
import sys

import django
from django.core.management import CommandError, call_command


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    call_command("compilemessages")
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("check", deploy=True, fail_level="WARNING")
    call_command("makemigrations", check_changes=True, dry_run=True)


if __name__ == "__main__":
    try:
        main()
    except CommandError as error:
        sys.exit(str(error))
