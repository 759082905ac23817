"""Model fields shared by apps."""

from __future__ import annotations

from typing import Any

from django.db import models

from config.db.ids import new_id


class IdField(models.CharField[str, str]):
    """A primary key from `config.db.ids`, compared byte by byte."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 24)
        options.setdefault("db_collation", "C")
        options.setdefault("primary_key", True)
        options.setdefault("default", new_id)
        options.setdefault("editable", False)
        super().__init__(**options)

    def db_type(self, connection: Any) -> str:
        # The long name of varchar(24). For the short one, Django adds a second index for LIKE to
        # every key and foreign key, which the "C" collation makes redundant: a live call would
        # write three of them for nothing.
        return f"character varying({self.max_length})"
