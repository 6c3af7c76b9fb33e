"""Answers to take away: every form holds numbers, quotes, dates, perspectives and revision; whatever was written stays text."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import lxml.html
import pytest
from markdown_it import MarkdownIt

from bot.citing import as_bibtex, as_csl, escape_bibtex, sources
from bot.export import FORMATS, as_html, as_markdown, as_text, export
from bot.pipeline import Bot
from bot.series import AnsweredPoint, AnsweredSeries

ZHENBAO = "Who fired first on Zhenbao Island in March 1969?"
HOSTILE = "<script>alert(1)</script> **bold** [x](javascript:alert(2)) `code` ![i](x) 1. # $a_b$ & ~x~ {y} \\cmd 100%"


@pytest.fixture(scope="module")
def answer(small_bot: Bot) -> dict[str, Any]:
    return small_bot.answer(ZHENBAO).to_dict()


@pytest.fixture(scope="module")
def hostile(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer all of whose words attack."""
    reference = {
        "id": "é{\\x} 中", "title": HOSTILE, "publisher": HOSTILE, "issued": "2021-13",
        "url": "https://e.org/a{b}\\c d", "perspective": "other",
    }  # fmt: skip
    citation = {
        **answer["citations"][0],
        "title": HOSTILE,
        "section": HOSTILE,
        "cited_text": HOSTILE,
        "references": [reference],
    }
    script = {**reference, "id": "é{\\x} 中", "url": "javascript:alert(3)"}
    return {
        **answer,
        "question": HOSTILE,
        "lead": HOSTILE,
        "notice": HOSTILE,
        "statements": [{"text": HOSTILE, "numbers": [1], "verdict": "verbatim"}],
        "citations": [citation, {**citation, "number": 2, "references": [{**script, "id": "other"}]}],
    }


@pytest.mark.parametrize("form", ["markdown", "text", "html"])
def test_every_form_to_read_holds_all_that_is_needed_to_check(answer: dict[str, Any], form: str) -> None:
    made = export(answer, form)
    shown = lxml.html.document_fromstring(made).text_content() if form == "html" else made.replace("\\", "")
    for c in answer["citations"]:
        assert c["cited_text"] in shown
        assert f"border, characters {c['source_start']}–{c['source_end']}; verbatim" in shown
        assert f"[{c['number']}]" in shown
    for part in (
        ZHENBAO,
        "Treaty text. Ministry, ",
        "(Chinese official)",
        "(independent media)",
        "https://example.org/treaty",
    ):
        assert part in (made if part.startswith("https") else shown)
    assert "2 sources: 1 Chinese official, 1 independent media." in shown
    assert f"corpus as of {answer['as_of']}, revision {answer['corpus_revision']}" in shown
    assert f"fingerprint {answer['fingerprint']}" in shown


def test_an_abstention_is_exported_with_its_words_and_filters(small_bot: Bot) -> None:
    answer = small_bot.answer(
        "What is the capital of Peru?", filters={"topic": "history", "years": "2000-2010"}
    ).to_dict()
    made = as_text(answer)
    assert "The corpus does not answer this question." in made
    assert "quoted only from topic: history; years: 2000–2010." in made
    assert "Sources" not in made
    assert as_bibtex(answer) == ""
    assert json.loads(as_csl(answer)) == []


def test_json_is_the_contract(answer: dict[str, Any]) -> None:
    assert json.loads(export(answer, "json")) == json.loads(json.dumps(answer))


def test_the_sources_are_listed_once_with_the_numbers_that_cite_them(answer: dict[str, Any]) -> None:
    assert [(s["id"], s["numbers"]) for s in sources(answer)] == [("pact", [1, 2]), ("news", [1, 3])]


def test_csl_is_what_reference_managers_read(answer: dict[str, Any]) -> None:
    assert json.loads(as_csl(answer)) == [
        {
            "id": "pact",
            "type": "webpage",
            "title": "Treaty text",
            "publisher": "Ministry",
            "issued": {"date-parts": [[2001, 7, 16]]},
            "URL": "https://example.org/treaty",
            "note": "perspective: chinese-official; cited as [1][2]",
            "custom": {"perspective": "chinese-official"},
        },
        {
            "id": "news",
            "type": "webpage",
            "title": "A report",
            "publisher": "Newspaper",
            "issued": {"date-parts": [[2021]]},
            "URL": "https://example.org/report",
            "note": "perspective: independent-media; cited as [1][3]",
            "custom": {"perspective": "independent-media"},
        },
    ]


def test_a_document_without_references_is_a_source_itself(small_bot: Bot) -> None:
    answer = small_bot.answer("What would a full alliance need?", filters={"document": "essay"}).to_dict()
    assert answer["citations"]
    (entry,) = json.loads(as_csl(answer))
    assert (entry["id"], entry["type"], entry["title"]) == ("essay", "document", "Friends Or Rivals")


def test_bibtex_is_written_out(answer: dict[str, Any]) -> None:
    assert as_bibtex(answer).startswith(
        "@misc{pact,\n  title = {{Treaty text}},\n  publisher = {Ministry},\n  year = {2001},\n  date = {2001-07-16},\n"
        "  url = {https://example.org/treaty},\n  note = {perspective: chinese-official; cited as [1][2]},\n  month = jul\n}\n\n@misc{news,"
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("R&D: 5% of $9_9 #1", r"R\&D: 5\% of \$9\_9 \#1"),
        ("a\\b", r"a\textbackslash{}b"),
        ("{x}", r"\textbraceleft{}x\textbraceright{}"),
        ("~^", r"\textasciitilde{}\textasciicircum{}"),
        ("Ключ 中\n俄", "Ключ 中 俄"),
    ],
)
def test_what_tex_would_run_is_escaped(text: str, escaped: str) -> None:
    assert escape_bibtex(text) == escaped


def test_hostile_sources_leave_bibtex_whole(hostile: dict[str, Any]) -> None:
    made = as_bibtex(hostile)
    assert re.findall(r"@misc\{([^,]+),", made) == ["e-x", "other"]
    depth = 0
    for c in made:  # BibTeX counts braces, escaped ones too
        depth += {"{": 1, "}": -1}.get(c, 0)
        assert depth >= 0
    assert depth == 0
    assert "url = {https://e.org/a%7Bb%7D%5Cc%20d}" in made
    assert "month" not in made


def test_two_sources_never_share_a_key(answer: dict[str, Any]) -> None:
    references = [{**answer["citations"][0]["references"][0], "id": name} for name in ("中", "俄", "a b", "a-b")]
    made = as_bibtex({**answer, "citations": [{**answer["citations"][0], "references": references}]})
    assert re.findall(r"@misc\{([^,]+),", made) == ["source", "source-2", "a-b", "a-b-2"]


def test_markdown_shows_hostile_words_as_written(hostile: dict[str, Any]) -> None:
    page = lxml.html.document_fromstring(MarkdownIt("commonmark").render(as_markdown(hostile)))
    assert not page.xpath("//script | //strong | //em | //code | //img | //ol")
    assert [a.get("href") for a in page.xpath("//a")] == []
    assert page.xpath("//h1")[0].text_content() == HOSTILE
    assert page.xpath("//blockquote")[0].text_content().strip() == HOSTILE
    assert [h.text_content() for h in page.xpath("//h2")] == ["Sources"]


@pytest.mark.parametrize(
    "text", ["1. one", "- item", "+ item", "# title", "> quote", "=====", "    code", "* star", "12) x", "---"]
)
def test_a_line_of_markdown_is_no_block_of_its_own(answer: dict[str, Any], text: str) -> None:
    made = as_markdown({**answer, "citations": [], "statements": [], "answer": text, "lead": None})
    page = lxml.html.document_fromstring(MarkdownIt("commonmark").render(made))
    assert page.xpath("//p")[0].text_content() == " ".join(text.split())


def test_links_of_markdown_lead_to_the_web(answer: dict[str, Any]) -> None:
    page = lxml.html.document_fromstring(MarkdownIt("commonmark").render(as_markdown(answer)))
    assert set(page.xpath("//a/@href")) == {"https://example.org/treaty", "https://example.org/report"}


def test_the_page_runs_nothing_and_links_to_the_web_only(hostile: dict[str, Any], answer: dict[str, Any]) -> None:
    page = lxml.html.document_fromstring(as_html(hostile))
    assert not page.xpath("//script | //img[not(starts-with(@src, 'data:'))] | //iframe")
    assert all(re.match(r"(?:https?://|#|data:,)", href) for href in page.xpath("//@href"))
    assert page.xpath("//blockquote")[0].text_content() == HOSTILE
    assert "https://example.org/treaty" in lxml.html.document_fromstring(as_html(answer)).xpath("//a/@href")


def test_a_series_comes_along(small_bot: Bot) -> None:
    point = AnsweredPoint(period="2001", value=10.67, unit="USD bn", basis="customs", reference="pact", note="")
    series = AnsweredSeries(
        id="t", title="Trade", description="By customs.", unit="USD bn", years=None, points=(point,), sources=()
    )
    answer = replace(small_bot.answer(ZHENBAO), series=series).to_dict()
    for form in ("markdown", "text", "html"):
        made = export(answer, form)
        assert "Trade" in made
        assert "10.67" in made
        assert "customs" in made


def test_every_form_is_made_of_any_answer(small_bot: Bot) -> None:
    answers: list[Mapping[str, Any]] = [
        small_bot.answer(q).to_dict() for q in ("", "hello", "When?", ZHENBAO, "x" * 5000)
    ]
    for form in FORMATS:
        for answer in answers:
            assert isinstance(export(answer, form), str)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", ("Источники", "знаки", "дословно", "тексты по состоянию на", "Источники (2): ")),
        ("zh", ("来源", "个字符", "逐字一致", "资料截至", "中国官方")),
        (
            "uk",
            ("Sources", "characters", "verbatim", "corpus as of", "Chinese official"),
        ),  # what Amur does not speak is English
    ],
)
@pytest.mark.parametrize("form", ["markdown", "text", "html"])
def test_the_words_around_an_answer_are_in_its_language(
    answer: dict[str, Any], form: str, language: str, words: tuple[str, ...]
) -> None:
    made = export({**answer, "language": language}, form)
    shown = lxml.html.document_fromstring(made).text_content() if form == "html" else made.replace("\\", "")
    for word in words:
        assert word in shown
    if form == "html":
        assert lxml.html.document_fromstring(made).get("lang") == (language if language != "uk" else "en")
    assert ("Sources" in shown) == (language == "uk")
