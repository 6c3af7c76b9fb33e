"""The page of the report: its figures, hostile texts, the command, and the one of the shipped corpus."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import amur
from corpus.documents import Corpus, load_corpus
from corpus.errors import CorpusError
from corpus.gaps import (
    load_known_gaps,
    load_series,
)
from corpus.report import report_page
from corpus.settings import SHIPPED_TEXTS
from tests.corpus.reporting import Words, small, write

__all__ = ["small"]  # a fixture


ROOT = Path(__file__).resolve().parents[2]
COMMAND = "amur corpus report --out docs/corpus-report.html"


@pytest.fixture(scope="module")
def shipped_page() -> str:
    folders = [SHIPPED_TEXTS]
    return report_page(load_corpus(folders), load_series(folders), load_known_gaps(folders))


# The page.


def test_the_page_shows_the_figures(small: Corpus) -> None:
    text = Words(report_page(small)).text
    for said in (
        "documents 3 sentences 11 sources in the bibliography 2 the newest date that a document holds to 1 May 2024",
        "All 6 sentences with one source only, by document",
        "The treaty: 3 of 3 sentences",
        "3 sentences rest only on Chinese or Russian official or state sources: 3 on Chinese ones, 0 on Russian ones, 0 on both",
        "1 claim is marked as disputed",
        "One document cites nothing and speaks for itself, with its own perspective: Friends Or Rivals",
        "7 of 11 sentences (64%) carry the date",
        "1991 to 2024: 31 of 34 years, 1991–2000, 2002–07, 2009–20, 2022–24.",
        "8 citations go to 2 sources; 0 sources are used once.",
        f"Corpus {small.revision}",
    ):
        assert re.search(r"(?<!\S)" + r"\s*".join(map(re.escape, said.split())), text), said


def test_every_plot_has_its_figures_in_a_table(small: Corpus) -> None:
    page = report_page(small)
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert len(figures) == 7  # all but the series, of which there are none
    for figure in figures:
        assert figure.count("<svg ") == 2
        assert figure.count("<table>") == 1
        assert figure.count('role="img"') == 2


def test_a_source_is_linked_with_its_date_and_voice(small: Corpus) -> None:
    page = report_page(small)
    link = '<a href="https://example.org/{}" rel="noopener noreferrer">{}</a>'
    assert link.format("treaty", "Treaty text") + ". Ministry, 16 July 2001 (Chinese official)" in page
    assert link.format("report", "A report") + ". Newspaper, 2021 (independent media)" in page


def test_the_same_corpus_gives_the_same_bytes(small: Corpus) -> None:
    assert report_page(small) == report_page(small)


HOSTILE = "</title></svg><script>alert('1')</script><img src=x onerror=alert(2)> {{ 7*7 }} $x^{"


def test_hostile_text_is_shown_as_text(tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    entry = {
        "id": "k",
        "title": HOSTILE + "\ud800",
        "publisher": HOSTILE,
        "URL": "javascript:alert(3)",
        "custom": {"perspective": HOSTILE},
    }
    (folder / "references.json").write_text(json.dumps([entry]), encoding="utf-8")
    front = json.dumps(
        {
            "title": HOSTILE,
            "topic": HOSTILE,
            "kind": HOSTILE,
            "language": "en",
            "url": "javascript:alert(4)",
            "perspective": HOSTILE,
            "as_of": HOSTILE,
        }
    )
    body = f"A claim {HOSTILE} stands here [@k; @nosuch]{{date=1969-03}}. Another one {HOSTILE} does not."
    quoted = f"::: disputed\nSides differ [@k].\n\n- **{HOSTILE}:** Yes [@k].\n- **B:** No [@nosuch].\n:::\n"
    page = report_page(write(folder, one=f"---\n{front}\n---\n\n{body}\n\n{quoted}"))
    page.encode("utf-8")
    seen = Words(page)
    assert not {"script", "img", "iframe", "form", "object"} & set(seen.tags)
    assert all(link.startswith(("#", "https://", "data:")) for link in seen.links)
    assert "<script>alert('1')</script>" in seen.text
    assert "{{ 7*7 }}" in seen.text
    assert "1 source is cited but not in the bibliography nosuch" in seen.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("One sentence.", "No sentence carries a date"),
        ("One sentence [@k]{date=sometime}.", "1 source is cited but not in the bibliography"),
        ("Trade began [@k]{date=0301}.", "1 of 1 sentence (100%) carry the date"),
        ("Trade will end [@k]{date=9999}.", "1949 to 9999: 8,050 of 8,051 years, 1949–9998."),
        ("条约签署了。第二句话。", "No sentence cites a source."),
    ],
)
def test_any_corpus_has_a_report(tmp_path: Path, text: str, said: str) -> None:
    assert said in Words(report_page(write(tmp_path / "any", one=text))).text


def test_a_bibliography_without_dates_or_of_sources_not_cited(tmp_path: Path) -> None:
    folder = tmp_path / "undated"
    folder.mkdir()
    entries = [{"id": "a", "title": "Alpha"}, {"id": "b", "title": "Beta", "language": "ru"}]
    (folder / "references.json").write_text(json.dumps(entries), encoding="utf-8")
    text = Words(report_page(write(folder, one="A sentence [@a]."))).text
    assert "No source in the bibliography carries a date of publication." in text
    assert "1 source of the bibliography is not cited." in text
    assert "ru 1 50%" in text


# The command.


def run(*arguments: str) -> str:
    result = CliRunner().invoke(amur.cli, ["corpus", "report", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_command_writes_the_page_and_says_where(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMUR_CORPUS", str(corpus_folder))
    assert run() == f"{tmp_path / 'home' / 'corpus-report.html'}\n"
    assert run("--out", "here.html") == "here.html\n"
    page = (tmp_path / "here.html").read_bytes()
    assert page == (tmp_path / "home" / "corpus-report.html").read_bytes()
    assert page == report_page(load_corpus([corpus_folder])).encode("utf-8")
    assert {path.name for path in (tmp_path / "home").iterdir()} == {"corpus-report.html"}


def test_added_documents_count_and_removed_ones_do_not(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMUR_CORPUS", str(corpus_folder))
    (tmp_path / "note.txt").write_text("The bridge opened in June 2022. It carries lorries.\n", encoding="utf-8")
    runner = CliRunner()
    added = runner.invoke(
        amur.cli, ["corpus", "add", "note.txt", "--perspective", "think-tank"], catch_exceptions=False
    )
    assert added.exit_code == 0
    assert runner.invoke(amur.cli, ["corpus", "remove", "essay"], catch_exceptions=False).exit_code == 0
    run("--out", "report.html")
    text = Words((tmp_path / "report.html").read_text(encoding="utf-8")).text
    assert "documents 3" in text
    assert "added 1 2 22%" in text
    assert "think tank Think tank or academic 2 22% 2 22%" in text
    assert "Friends Or Rivals" not in text


def test_a_report_that_cannot_be_made_or_written_is_an_error_that_says_why(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMUR_CORPUS", str(corpus_folder))
    runner = CliRunner()
    result = runner.invoke(amur.cli, ["corpus", "report", "--out", "nosuch/report.html"])
    assert isinstance(result.exception, CorpusError)
    assert re.match(
        r"Cannot write the report 'nosuch/report\.html' .*; name another file with --out\.", str(result.exception)
    )
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("AMUR_CORPUS", str(tmp_path / "empty"))
    result = runner.invoke(amur.cli, ["corpus", "report", "--out", "report.html"])
    assert isinstance(result.exception, CorpusError)
    assert "No .md or .txt document with any text" in str(result.exception)
    assert not (tmp_path / "report.html").exists()


# The shipped corpus.


def test_the_page_in_docs_is_up_to_date(shipped_page: str) -> None:
    there = (ROOT / "docs" / "corpus-report.html").read_text(encoding="utf-8")
    # The drawings are left out: another version of matplotlib may round a corner otherwise. Their figures are in the tables.
    same = Words(there).text == Words(shipped_page).text
    assert same, f"docs/corpus-report.html is not up to date; run, with an AMUR_HOME without added documents: {COMMAND}"


def test_the_shipped_report_shows_its_series_and_known_gaps(shipped_page: str) -> None:
    text = Words(shipped_page).text
    assert "Trade between China and Russia: turnover 1996 2026" in text
    assert "Known gaps of the corpus" in text
    assert 'id="plot-series"' in shipped_page


def test_the_page_loads_and_runs_nothing(shipped_page: str) -> None:
    seen = Words(shipped_page)
    assert not {"script", "img", "iframe", "object", "embed", "video", "audio", "form"} & set(seen.tags)
    assert seen.tags.count("link") == 1
    assert 'rel="icon" href="data:,"' in shipped_page
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in shipped_page
    assert "@import" not in shipped_page
    assert not re.search(r"url\((?!#)", shipped_page)
    ids = re.findall(r'\sid="([^"]+)"', shipped_page)
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(ids)
