"""Markdown becomes HTML with anchors, code and tabs, and nothing in it is run."""

from __future__ import annotations

from config.documentation.markdown import highlight_code, render_parts
from config.documentation.samples import Request, sample_markdown


def test_a_heading_begins_a_part_with_an_anchor_of_its_own() -> None:
    first, one, two = render_parts(
        "# Title\n\nText\n\n## Part\n\nA\n\n## Part\n\nB", code_beside=True
    )
    assert first.heading is None
    assert "<h1>Title</h1>" in first.text
    assert [part.heading.id for part in (one, two) if part.heading] == ["part", "part-2"]
    assert one.plain == ["Part", "A"]


def test_the_search_reads_words_without_markup() -> None:
    (part,) = render_parts("# Title\n\nSee **[this](/x/)**,\nthen `that`.", code_beside=True)
    assert part.plain == ["Title", "See this, then that."]


def test_code_stands_beside_the_text_or_in_it() -> None:
    source = "## Part\n\nBefore\n\n```sh\necho 1\n```\n\nAfter"
    beside, among = (render_parts(source, code_beside=flag)[1] for flag in (True, False))
    assert "echo" in beside.code
    assert "echo" not in beside.text
    assert not among.code
    assert among.text.index("Before") < among.text.index("echo") < among.text.index("After")


def test_html_is_text() -> None:
    (part,) = render_parts("<script>alert(1)</script> [x](javascript:alert(1))", code_beside=True)
    assert "&lt;script&gt;" in part.text
    assert "href" not in part.text


def test_captions_and_unknown_languages_are_escaped() -> None:
    (part,) = render_parts('```none title="<b>"\n<i>\n```', code_beside=True)
    assert "<figcaption>&lt;b&gt;</figcaption>" in part.code
    assert "&lt;i&gt;" in part.code
    assert highlight_code("<i>", "") == "&lt;i&gt;"


def test_samples_of_one_request_are_one_group() -> None:
    request = Request("GET", "http://x/y", "k")
    source = (
        f"{sample_markdown(request, 'a')}\n\n```json\n{{}}\n```\n\n{sample_markdown(request, 'b')}"
    )
    (part,) = render_parts(source, code_beside=True)
    assert part.code.count('<div class="doc-samples">') == 2
    assert part.code.count('data-endpoint="a"') == 4


def test_samples_of_two_requests_beside_each_other_are_two_groups() -> None:
    samples = [sample_markdown(Request("GET", "http://x/y", "k"), name) for name in ("a", "b")]
    (part,) = render_parts("\n\n".join(samples), code_beside=True)
    groups = part.code.split('<div class="doc-samples">')[1:]
    assert [group.count("data-endpoint") for group in groups] == [4, 4]
