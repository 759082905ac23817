"""What a first view of the pages for visitors costs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/status/"])
def test_a_first_view_is_at_most_60_kilobytes_in_seven_requests(client: Client, path: str) -> None:
    html = client.get(path).content
    files = set(re.findall(r'(?:src|href)="/static/([^"#]+)', html.decode()))
    files |= {"fonts/languages.woff2"}  # of the stylesheet
    contents = [html, *(Path(str(finders.find(name))).read_bytes() for name in files)]
    assert len(contents) <= 7, files
    assert sum(len(gzip.compress(content)) for content in contents) <= 60 * 1024
