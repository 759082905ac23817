"""The API changelog as RSS 2.0."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.utils.feedgenerator import Rss201rev2Feed

from config.documentation.contents import ENGLISH, all_pages
from config.documentation.rendering import page_parts


def changelog_feed() -> str:
    """Return one item a version, in English; a version's first paragraph is its month."""
    page = all_pages(ENGLISH)["changelog"]
    feed = Rss201rev2Feed(
        title="ShopIQ API changelog",
        link=f"{settings.PUBLIC_URL}{page.path}",
        description=page.summary,
        language="en",
        feed_url=f"{settings.PUBLIC_URL}/docs/changelog.rss",
    )
    for part in page_parts(page):
        if part.heading:
            link = f"{settings.PUBLIC_URL}{page.path}#{part.heading.id}"
            feed.add_item(
                title=part.heading.text,
                link=link,
                # The version is the title already.
                description=part.text.partition("</h2>\n")[2],
                pubdate=datetime.strptime(part.plain[1], "%B %Y").replace(tzinfo=UTC),
                unique_id=link,
            )
    return feed.writeString("utf-8")
