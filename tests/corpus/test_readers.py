"""Files to blocks: which format a file is of, text, Markdown, web pages, and their languages."""

import pytest

from corpus.errors import CorpusError
from corpus.language import language_of
from corpus.readers import DOCX, decode, gap, join_lines, kind_of
from tests.corpus.reading import LONG, PAGE, RUSSIAN, read, texts, why_not
from tests.making import docx, words


@pytest.mark.parametrize(
    ("content", "name", "content_type", "kind"),
    [
        (b"%PDF-1.7", "report", "", "pdf"),
        (b"\n\n%PDF-1.7", "report.html", "text/html", "pdf"),
        (docx(words("x")), "report.docx", "", "docx"),
        (docx(words("x")), "download", "application/octet-stream", "docx"),
        (docx(words("x")), "download", DOCX, "docx"),
        (b"# Title", "notes.md", "", "markdown"),
        (b"# Title", "notes.MARKDOWN", "", "markdown"),
        (b"# Title", "notes.md", "text/plain", "markdown"),
        (b"Words", "notes.txt", "text/plain", "text"),
        (b"<p>Words", "notes.txt", "text/html", "html"),
        (b"<p>Words", "page.HTM", "", "html"),
        (b"Words", "", "text/plain", "text"),
    ],
)
def test_a_kind_is_told_by_first_bytes_then_server_then_name(
    content: bytes, name: str, content_type: str, kind: str
) -> None:
    assert kind_of(content, name, content_type) == kind


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.doc", "old Office file; save it as .docx"),
        (b"GIF89a", "picture.gif", "none of .docx"),
        (b"words", "noending", "none of .docx"),
        (b"PK\x03\x04", "archive.zip", "none of .docx"),
    ],
)
def test_what_is_of_no_kind_is_refused(content: bytes, name: str, said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        kind_of(content, name)


CHINESE = "中国和俄罗斯于2001年7月16日在莫斯科签署了睦邻友好合作条约。条约于2021年延长五年。" * 2


@pytest.mark.parametrize(
    ("text", "encoding", "charset"),
    [
        (RUSSIAN, "utf-8", ""), (RUSSIAN, "utf-8-sig", "latin-1"), (RUSSIAN, "utf-16", ""), (RUSSIAN, "cp1251", ""),
        (RUSSIAN, "koi8-r", "koi8-r"), (CHINESE, "gb18030", ""), (CHINESE, "gb18030", "gb2312"), (CHINESE, "utf-8", "nonsense"),
    ],
)  # fmt: skip
def test_text_is_read_in_its_character_set(text: str, encoding: str, charset: str) -> None:
    assert decode(text.encode(encoding), charset) == text


def test_binary_data_is_no_text() -> None:
    with pytest.raises(CorpusError, match="no text but binary data"):
        decode(b"words\0and more")


def test_a_plain_text_has_paragraphs_headings_and_no_mark_up() -> None:
    found = read("Friends Or Rivals\n\nTrade binds\nthem [@key].\n\n# not a heading\n\n::: disputed\n", "text")
    assert texts(found) == ["Friends Or Rivals", "Trade binds them [@key].", "# not a heading", "::: disputed"]
    assert [b.heading for b in found.blocks] == [True, False, False, False]


def test_a_text_that_was_not_wrapped_by_hand_has_a_paragraph_a_line() -> None:
    assert texts(read(f"{LONG} {LONG}\nA second line.\nA third.", "text"))[1:] == ["A second line.", "A third."]


def test_lines_are_joined_without_a_space_inside_chinese() -> None:
    assert join_lines(["条约于2021年", "延长五年，", "直到2026年。"]) == "条约于2021年延长五年，直到2026年。"
    assert join_lines(["one", " two ", "", "три"]) == "one two три"
    assert (gap("", "x"), gap("x", ""), gap("年", "a")) == ("", "", " ")


def test_only_harmless_front_matter_is_passed_on_and_only_as_a_suggestion() -> None:
    front = (
        "---\ntitle: A note\nauthor: Ann\ndate: 2024-01-02\nlang: en\npublisher: Press\nperspective: un\nkind: brief\nid: treaty-2001\n"
        "rights: none\ntopic: history\nurl: https://evil.example\nquestions: [Who]\n---\n\nWords here.\n"
    )
    for kind in ("markdown", "text"):
        found = read(front, kind)
        assert texts(found) == ["Words here."]
        assert set(found.__dict__) == {"blocks", "title", "creator", "issued", "language", "publisher", "dated_by_file"}
        suggested = (found.title, found.creator, found.issued, found.language, found.publisher)
        assert suggested == ("A note", "Ann", "2024-01-02", "en", "Press")


@pytest.mark.parametrize("front", ["---\ntitle: [a\n---\n", "---\n- a\n---\n", "---\nno end\n"])
def test_front_matter_that_is_none_is_text(front: str) -> None:
    found = read(front + "\nWords here.\n", "text")
    assert found.title == ""
    assert "Words here." in texts(found)


def test_suggestions_are_short_single_lines_of_clean_text() -> None:
    found = read(f'---\ntitle: "a\\x1b[2J\\nb\u202e"\nauthor: {"x" * 1000}\ndate: [1]\n---\nWords.\n', "text")
    assert found.title == "a[2J b"
    assert len(found.creator) == 300
    assert found.issued == ""


def test_front_matter_of_more_than_64_kib_is_text() -> None:
    for lines, title in ((5_000, "A note"), (20_000, "")):
        found = read("---\ntitle: A note\n" + "k: v\n" * lines + "---\n\nWords here.\n", "text")
        assert found.title == title
        assert texts(found)[-1] == "Words here."


# Markdown


def test_markdown_keeps_headings_and_words() -> None:
    found = read(
        "Title\n=====\n\nSome **bold** [words](https://example.org)\nand `code` &amp; ![a map](x.png) [@key]{date=1999}.\n\n"
        "- one\n- two\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n```\n# code\n```\n\n<div>in <b>tags</b></div>\n\n"
        "::: disputed\nThey differ.\n:::\n",
        "markdown",
    )
    assert texts(found) == [
        "Title", "Some bold words and code & a map [@key]{date=1999}.", "one", "two", "quoted", "a | b", "1 | 2", "# code",
        "in tags", "::: disputed They differ. :::",
    ]  # fmt: skip
    assert [b.text for b in found.blocks if b.heading] == ["Title"]


def test_of_a_web_page_the_article_and_its_metadata_are_read() -> None:
    found = read(PAGE, "html")
    assert texts(found) == [
        "Trade grew", f"{LONG} That was a record [@pact]{{date=1999-01-01}}.", "Energy", "Oil made up half of it.", "Year | Value",
        "2023 | 240", "Line one line two",
    ]  # fmt: skip
    assert [b.text for b in found.blocks if b.heading] == ["Trade grew", "Energy"]
    assert (found.title, found.creator, found.issued, found.language, found.publisher, found.dated_by_file) == (
        "Trade grew", "Ann Example", "2024-05-03", "en-GB", "The Site", False,
    )  # fmt: skip


@pytest.mark.parametrize(("charset", "meta"), [("", "windows-1251"), ("windows-1251", ""), ("", "")])
def test_a_page_is_read_in_its_character_set(charset: str, meta: str) -> None:
    page = f'<html><head><meta charset="{meta}"><title>Т</title></head><body><p>{RUSSIAN}</p></body></html>'
    assert RUSSIAN.strip() in " ".join(texts(read(page.encode("cp1251"), "html", charset)))


def test_a_fragment_of_a_page_is_read() -> None:
    assert texts(read(f"<p>{LONG}</p>", "html")) == [LONG]


def test_a_date_in_the_text_of_a_page_is_not_the_date_of_the_page() -> None:
    assert (
        read(f"<html><body><article><p>On 3 March 2021 they met. {LONG}</p></article></body></html>", "html").issued
        == ""
    )


@pytest.mark.parametrize("page", ["", "<html></html>", "<html><body><script>x</script></body></html>"])
def test_a_page_without_an_article_is_refused(page: str) -> None:
    assert "no article with any text" in why_not(page.encode(), "html")


# Languages


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (LONG * 2, "", "en"), (LONG * 2, "en_GB", "en-GB"), (RUSSIAN, "en", "ru"), (CHINESE * 3, "zh-Hans", "zh-Hans"),
        (CHINESE * 3, "en", "zh"), ("Да.", "ru", "ru"), ("", "", "en"), ("", "x y z", "en"), ("123", "", "en"), (RUSSIAN, "<script>", "ru"),
    ],
)  # fmt: skip
def test_a_language_is_told_from_the_text(text: str, declared: str, language: str) -> None:
    assert language_of(text, declared) == language
