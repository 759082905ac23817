#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

import psycopg
from django.core.management import execute_from_command_line
from django.db import OperationalError

from config.environment import WrongVariable

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except (WrongVariable, OperationalError, psycopg.OperationalError) as error:
        if "--traceback" in sys.argv:
            raise
        prefix = "" if isinstance(error, WrongVariable) else "The database failed: "
        sys.exit(prefix + " ".join(str(error).split()))
