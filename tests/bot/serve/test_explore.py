"""Sources, figures, report and about over HTTP: what is found, what is shown, and that nothing in it runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import lxml.html
import pytest

from bot.pipeline import Bot
from bot.serve.catalogue import Wanted, find_documents, find_sources
from bot.serve.explore import Reports, corpus_of
from corpus.documents import load_corpus
from corpus.tombstones import bury
from index.build import build_index
from tests.bot.serve.running import serving
from tests.bot.serve.test_reader import page
from tests.bot.test_series import write_package
from tests.conftest import DOCUMENTS, REFERENCES
from tests.fakes import BagOfWords
from tests.small import make_bot

ROWS = (
    "1998,4.2,thousand,Ministry,pact,\n1999,5,thousand,<b>Census</b>,news,<script>alert(1)</script>\n"
    "1999-01/1999-06,2,thousand,Ministry,nowhere,half a year\n2000,7,boats,Ministry,pact,\n"
)


@pytest.fixture(scope="module")
def series_bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    folder = tmp_path_factory.mktemp("explore")
    bot = make_bot(folder, contact="mail@example.org")
    write_package(folder / "corpus", ROWS, description="Counted in spring.", subject=[["ferry"]])
    (folder / "corpus" / "corrections.yaml").write_text(
        "- {date: 2026-01-02, document: treaty, said: 24 <i>articles</i>, says: 25 articles, why: Miscounted}\n",
        encoding="utf-8",
    )
    return Bot(bot.settings, embedder=BagOfWords())


@pytest.fixture(scope="module")
def visitor(series_bot: Bot) -> Iterator[httpx.Client]:
    with serving(series_bot) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def titles(found: lxml.html.HtmlElement, heading: str) -> list[str]:
    return [a.text_content() for a in found.xpath(f"//h2[@id='{heading}']/following::ol[1]/li/a[1]")]


@pytest.mark.parametrize(
    ("query", "documents", "sources"),
    [
        ("", ["The border", "Friends Or Rivals", "The treaty"], ["A report", "Treaty text"]),
        ("?q=treaty", ["The treaty"], ["Treaty text"]),
        ("?q=soldiers", ["The border"], []),
        ("?q=newspaper+report", [], ["A report"]),
        ("?topic=history", ["The border", "The treaty"], ["A report", "Treaty text"]),
        ("?topic=documents", ["Friends Or Rivals"], []),
        ("?perspective=chinese-official", ["The border", "The treaty"], ["Treaty text"]),
        ("?perspective=other", ["Friends Or Rivals"], []),
        ("?years=2001", ["The treaty"], ["Treaty text"]),
        ("?years=1960-1970", ["The border"], []),
        ("?topic=history&years=2021&perspective=independent-media", ["The treaty"], ["A report"]),
        ("?q=%3Cscript%3E", [], []),
    ],
)
def test_sources_are_found_by_words_topic_years_and_perspective(
    visitor: httpx.Client, query: str, documents: list[str], sources: list[str]
) -> None:
    found = page(visitor, "/explore/sources" + query)
    assert titles(found, "documents") == documents
    assert titles(found, "references") == sources


@pytest.mark.parametrize("path", ["/explore", "/documents"])
def test_what_has_no_page_of_its_own_leads_to_the_sources(visitor: httpx.Client, path: str) -> None:
    response = visitor.get(path + "?lang=zh")
    assert (response.status_code, response.headers["location"]) == (307, "/explore/sources?lang=zh")


def test_the_search_form_keeps_what_was_asked(visitor: httpx.Client) -> None:
    found = page(visitor, "/explore/sources?q=%22%3E%3Cb%3E&topic=history&perspective=other&years=2001-2005&lang=ru")
    assert found.xpath("//input[@name='q']/@value") == ['"><b>']
    assert found.xpath("//select/option[@selected]/@value") == ["history", "other"]
    assert found.xpath("//input[@name='years']/@value") == ["2001-2005"]
    assert found.xpath("//input[@name='lang']/@value") == ["ru"]
    problem = page(visitor, "/explore/sources?years=soon")
    assert "The filter 'years' cannot be 'soon'" in problem.xpath("//p[@role='status']")[0].text_content()
    assert len(titles(problem, "documents")) == 3


def test_many_sources_are_shown_in_parts(tmp_path: Path) -> None:
    references = [
        f'{{"id": "r{n}", "type": "webpage", "title": "Title {n:03}", "custom": {{"perspective": "un"}}}}'
        for n in range(120)
    ]
    text = "---\nid: many\n---\n\n" + "\n\n".join(f"Fact {n} was found in 1999 [@r{n}]." for n in range(120))
    bot = make_bot(tmp_path, documents={"many.md": text}, references=f"[{','.join(references)}]")
    with serving(bot) as address, httpx.Client(base_url=address, timeout=60) as client:
        for number, first, count, turns in (
            (1, 0, 50, ["next"]),
            (3, 100, 20, ["previous"]),
            (99, 100, 20, ["previous"]),
        ):
            found = page(client, f"/explore/sources?page={number}")
            shown = [li.text_content()[:9] for li in found.xpath("//h2[@id='references']/following::ol[1]/li")]
            assert shown == [f"Title {n:03}" for n in range(first, first + count)]
            assert found.xpath("//nav[@class='pager']/a/@rel") == turns
        page(client, "/explore/sources?page=x")


def test_removed_documents_and_what_only_they_cite_are_not_listed(small_bot: Bot) -> None:
    gone = frozenset({"border", "treaty"})
    assert [e.document.id for e in find_documents(small_bot.store, Wanted(), gone)] == ["essay"]
    assert find_sources(small_bot.store, Wanted(), gone) == []
    assert [d.id for s in find_sources(small_bot.store, Wanted(), frozenset({"border"})) for d in s.documents] == [
        "treaty",
        "treaty",
    ]


def test_figures_are_shown_with_their_sources_and_as_a_file(visitor: httpx.Client, series_bot: Bot) -> None:
    found = page(visitor, "/explore/figures")
    rows = [[" ".join(cell.text_content().split()) for cell in tr] for tr in found.xpath("//tbody/tr")]
    assert rows == [
        ["1998", "4.2", "thousand", "Ministry", "Treaty text. Ministry, 16 July 2001 Chinese official"],
        [
            "1999",
            "5",
            "thousand",
            "<b>Census</b>",
            "A report. Newspaper, 2021 independent media<script>alert(1)</script>",
        ],
        ["1999-01/1999-06", "2", "thousand", "Ministry", "nowherehalf a year"],
        ["2000", "7", "boats", "Ministry", "Treaty text. Ministry, 16 July 2001 Chinese official"],
    ]
    wide = found.xpath("//svg[contains(@class, 'wide')]")
    assert len(wide) == 1, "one value in boats is no plot"
    assert [g.get("data-row") for g in wide[0].xpath(".//g")] == ["ferry-1", "ferry-2", "ferry-3"]
    assert [title.text for title in wide[0].xpath(".//g/title")][2] == "1999-01/1999-06: 2 thousand · Ministry"
    assert found.xpath("//script/@src") == ["/static/pages.js"]
    file = visitor.get(found.xpath("//p[@class='tools']/a/@href")[0])
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="ferry.csv"'
    assert file.content == series_bot.tables[0].path.read_bytes()


def test_figures_are_cut_to_years_and_unknown_ones_are_told(visitor: httpx.Client) -> None:
    found = page(visitor, "/explore/figures?from=1999&to=1999")
    assert found.xpath("//tbody/tr/th/text()") == ["1999", "1999-01/1999-06"]
    assert "No series has a value" in page(visitor, "/explore/figures?from=2050").text_content()
    assert len(page(visitor, "/explore/figures?from=x&to=-1").xpath("//tbody/tr")) == 4
    assert "There is no such series" in page(visitor, "/explore/figures/nothing", 404).text_content()
    assert page(visitor, "/explore/figures/ferry").xpath("//h1")[0].text_content() == "Ferry passengers at Harbin"


@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
def test_about_says_how_it_works_what_was_corrected_and_where_to_write(visitor: httpx.Client, lang: str) -> None:
    found = page(visitor, f"/about?lang={lang}")
    assert found.get("lang") == lang
    assert "24 <i>articles</i>" in found.xpath("//del")[0].text_content()
    assert "mailto:mail@example.org" in found.xpath("//a/@href")
    assert len(found.xpath("//h2")) == 7


def test_the_report_is_that_of_the_served_corpus(series_bot: Bot, visitor: httpx.Client) -> None:
    corpus, files = corpus_of(series_bot.store), load_corpus(series_bot.settings.folders)
    assert corpus.revision == files.revision
    for served, read in zip(corpus.documents, files.documents, strict=True):
        assert (served.text, served.sections, served.revision) == (read.text, read.sections, read.revision)
        assert [(s.start, s.end, s.references, s.date, s.dispute, s.who) for s in served.sentences] == [
            (s.start, s.end, s.references, s.date, s.dispute, s.who) for s in read.sentences
        ]
    shown = visitor.get("/explore/report")
    assert shown.status_code == 200
    assert "What the corpus holds, on whose word, and what it lacks" in shown.text


def test_the_report_is_made_once_for_each_corpus(tmp_path: Path) -> None:
    bot = make_bot(tmp_path)
    reports = Reports(bot)
    first = reports.page()
    assert reports.page() is first
    bury(bot.settings, ["essay"])
    without = reports.page()
    assert "Friends Or Rivals" in first
    assert "Friends Or Rivals" not in without
    (tmp_path / "corpus" / "new.txt").write_text("Harbin has an ice festival in January.\n", encoding="utf-8")
    build_index(bot.settings, embedder=BagOfWords())
    assert reports.page() is not without


def test_every_link_of_the_pages_leads_somewhere(visitor: httpx.Client) -> None:
    seen: set[str] = set()
    waiting = ["/explore/sources", "/explore/figures", "/about"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        response = visitor.get(path)
        assert response.status_code == 200, path
        if not response.headers["content-type"].startswith("text/html"):
            continue
        for href in lxml.html.document_fromstring(response.text).xpath("//a/@href"):
            assert re.match(r"https?://|/|#|mailto:", href), href
            target = href.partition("#")[0]
            if re.match(r"/(?:documents|explore|about)", target) and "lang=" not in target and target not in seen:
                waiting.append(target)
                seen.add(target)
    assert {"/documents/treaty", "/explore/report", "/explore/figures/ferry.csv"} <= seen


def test_the_small_corpus_is_what_these_tests_think(small_bot: Bot) -> None:
    assert len(small_bot.store.texts.documents()) == len(DOCUMENTS)
    assert len(small_bot.store.texts.bibliography()) == REFERENCES.count('"id"')
