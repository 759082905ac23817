"""System checks of commands that run for long."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, SystemCheckError


class CheckedApart(BaseCommand):
    """Run the checks in a process of their own: they load all pages, forms and schemas, 16 MB that
    the command would keep and never need."""

    def check(self, *args: Any, **options: Any) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if not child:
            os._exit(self._check(*args, **options))
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(1)

    def _check(self, *args: Any, **options: Any) -> int:
        try:
            super().check(*args, **options)
        except SystemCheckError as error:
            self.stderr.write(str(error))
            return 1
        except BaseException as error:  # noqa: BLE001 - the child must not go on as the parent
            self.stderr.write(f"{type(error).__name__}: {error}")
            return 1
        finally:
            self.stdout.flush()
            self.stderr.flush()
        return 0
