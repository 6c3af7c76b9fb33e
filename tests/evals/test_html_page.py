"""The evaluation report as a page: cases, hostile texts, links without a script, comparisons."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from evals.answers import crashed
from evals.cases import Case
from evals.compare import compare
from evals.html import report_page, write_comparison, write_report
from evals.html_cases import Piece, mark, shelve, tell
from evals.html_tables import anchor
from evals.html_words import about_rows
from evals.judged import Judged, JudgedCase, Opinion, write_judged
from evals.outcomes import outcome_of
from evals.run import Result
from evals.runs import Run
from tests.evals.conducting import CASES, HOSTILE, conduct_small, nugget


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A real run over the small corpus, every simple system with it."""
    return conduct_small(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def judged_by_hand(run: Run) -> Run:
    """The same run with other scores: six right, one partly, one declined, two wrong."""
    given = {"guns": (-1, "bluff"), "old": (-1, "stale"), "russian": (0, "false abstention"), "both": (0, "incomplete")}
    results = []
    for r in run.results:
        truth, failure = given.get(r.case.id, (1, ""))
        score = replace(r.score, truthfulness=truth, failure=failure, abstained=r.case.id in ("russian", "france"))
        results.append(replace(r, score=replace(score, values={**score.values, "truthfulness": float(truth)})))
    return replace(run, results=tuple(results))


@pytest.fixture(scope="module")
def page(run: Run) -> html.HtmlElement:
    """Its report, parsed."""
    return html.document_fromstring(report_page(run))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same cases answered with one sentence at most, one of them left out."""
    return conduct_small(tmp_path_factory.mktemp("other"), CASES[:-1], with_baselines=False, min_confidence=0.999)


# Cases


def test_words_that_state_a_nugget_are_marked() -> None:
    nuggets = [
        nugget("day", "16 july"),
        nugget("where", "Paris", "Moscow"),
        nugget("part", "July"),
        nugget("start", "^"),
    ]
    assert mark("In Moscow on 16 July 2001.", nuggets) == (
        Piece(text="In "),
        Piece(text="Moscow", nugget="where"),
        Piece(text=" on "),
        Piece(text="16 July", nugget="day"),
        Piece(text=" 2001."),
    )
    assert mark("Moscow", nuggets) == (Piece(text="Moscow", nugget="where"),)
    assert mark("", nuggets) == (Piece(text=""),)


def test_what_went_wrong_comes_first_and_the_worst_on_top(judged_by_hand: Run) -> None:
    shelves = shelve(judged_by_hand.results)
    assert [(s.case.id[:5], s.told.outcome, s.facets["failure"]) for s in shelves] == [
        ("guns", "wrong", "bluff"),
        ("old", "wrong", "stale"),
        ("russi", "declined", "false abstention"),
        ("both", "partly", "incomplete"),
        *((name, "right", "") for name in ("signe", "settl", "first", "franc", "next", "evil ")),
    ]
    assert shelves[0].anchors == ("kind=near-miss", "failure=bluff")
    assert [s.anchors for s in shelves[4:6]] == [("kind=fact",), ()]


def test_a_case_shows_what_was_missed_and_what_was_said_that_must_not_be(run: Run) -> None:
    told = {r.case.id: tell(r) for r in run.results}
    assert [n.id for n in told["both"].missed] == ["pages"]
    assert told["old"].hits == ("five years in June",)
    assert told["signed"].missed == ()
    assert told["guns"].missed == ()
    assert told["next"].query != ""
    assert told["signed"].query == ""
    assert {s.who for s in told["first"].statements} >= {"Soviet account", "Chinese account"}


def test_a_case_on_which_the_system_raised_is_shown_with_the_error() -> None:
    case = Case(id="x", question="?", kind="fact", answerable=True, nuggets=(nugget("day", "July"),))
    told = tell(Result(case=case, reply=None, score=crashed(case, RuntimeError("no model"))))
    assert (told.outcome, told.why) == ("wrong", "RuntimeError: no model")
    assert [n.id for n in told.missed] == ["day"]


# Pages


def each(page: html.HtmlElement, name: str) -> Iterator[html.HtmlElement]:
    return page.iter(name)


def test_the_page_runs_one_script_and_loads_nothing(page: html.HtmlElement) -> None:
    (script,) = each(page, "script")
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    assert policy == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"script-src 'sha256-{digest}'"
    )
    assert page.xpath("//*[@src]") == []
    assert page.xpath("//link/@href") == ["data:,"]
    assert not [a for a in page.xpath("//a/@href") if not a.startswith(("#", "https://example.org/"))]
    assert not [name for e in page.iter() for name in e.attrib if name.startswith("on")]


def test_hostile_texts_are_shown_letter_by_letter(page: html.HtmlElement, run: Run) -> None:
    shown = HOSTILE.replace("\u202e", "⟨U+202E⟩").replace("\x07", "⟨U+0007⟩")
    (case,) = [c for c in page.xpath("//article") if "evil" in c.get("id")]
    assert case.xpath("string(./details/summary/span[2])") == f"When did the Heihe ferry open? {shown}"
    assert case.get("data-kind") == f"kind {shown}"
    assert shown in case.xpath("string(.//div[@class='aside'])")
    assert "<b onclick=alert(3)>opened</b> </script><script>alert(4)</script>" in case.text_content()
    assert "<svg onload=alert(5)>" in case.text_content()
    assert page.xpath("//img") == page.xpath("//b[@onclick]") == []
    assert not {"\u202e", "\x07"} & set(report_page(run))


def test_every_case_is_there_with_what_it_is_filtered_by(page: html.HtmlElement, run: Run) -> None:
    cases = page.xpath("//article[contains(@class, 'case')]")
    assert len(cases) == len(CASES)
    assert all(len(c.xpath("./details/summary")) == 1 for c in cases)
    assert {c.get("data-outcome") for c in cases} == {outcome_of(s) for s in run.scores}
    assert set(page.xpath("//select[@name='outcome']/option/@value")) == {"", *(outcome_of(s) for s in run.scores)}
    kinds = {c.get("data-kind") for c in cases}
    assert set(page.xpath("//select[@name='kind']/option/@value")) == {"", *kinds}
    assert {(c.get("data-split"), c.get("data-language")) for c in cases} == {
        ("dev", "en"),
        ("test", "en"),
        ("dev", "ru"),
    }


def test_links_to_kinds_and_failures_lead_to_a_case_without_a_script(page: html.HtmlElement, run: Run) -> None:
    ids = set(page.xpath("//@id"))
    assert len(ids) == len(page.xpath("//@id"))
    links = [a for a in page.xpath("//a/@href") if a.startswith("#")]
    assert {"#" + anchor(kind=c.kind) for c in CASES} <= set(links)
    assert {"#" + anchor(failure=s.failure) for s in run.scores if s.failure} <= set(links)
    assert [a for a in links if a[1:] not in ids] == []


def test_the_headline_counts_questions(judged_by_hand: Run) -> None:
    page = html.document_fromstring(report_page(judged_by_hand))
    words = " ".join(page.xpath("string(//header)").split())
    assert "+0.40truthfulness, from −1 (all wrong) to +1 (all right)" in words
    assert (
        "Of 100 questions the bot gets about 60 right and 10 partly right, declines 10 that its texts do answer, and gets 20 wrong."
        " Among the right ones is 1 question that the texts do not answer and that it rightly declined." in words
    )
    assert "10 cases are too few for firm conclusions" in words


def test_every_simple_system_is_a_row_and_best_values_are_said_in_words(page: html.HtmlElement, run: Run) -> None:
    (table,) = page.xpath("//div[@aria-label='Table: All systems over all cases']//table")
    assert table.xpath("./tbody/tr/th/bdi/text()") == ["Amur", *run.baselines]
    best = table.xpath(".//td[contains(@class, 'best')]")
    assert best
    assert all(cell.text_content().endswith(" (best)") for cell in best)
    (kinds,) = page.xpath("//div[@aria-label='Table: Truthfulness of every system by kind of question']//table")
    assert kinds.xpath("./tbody/tr/th/bdi/text()") == ["Amur", *run.baselines]


def test_the_same_run_gives_the_same_bytes(run: Run) -> None:
    assert report_page(run) == report_page(run)


def test_a_run_without_simple_systems_or_cut_short_says_so(run: Run, tmp_path: Path) -> None:
    cut = replace(run, results=run.results[:1], baselines={}, about=replace(run.about, complete=False), folder=tmp_path)
    words = " ".join(html.document_fromstring(report_page(cut)).text_content().split())
    assert "The run was interrupted: 1 of 10 cases are answered." in words
    assert "The simple systems were left out of this run" in words
    assert "Nothing went wrong." in words
    assert dict(about_rows(cut.about, 1))["took"] == "interrupted"


def test_a_large_run_stays_a_small_file(run: Run) -> None:
    many = [
        replace(r, case=replace(r.case, id=f"{r.case.id}-{n}"), score=replace(r.score, case_id=f"{r.case.id}-{n}"))
        for n in range(80)
        for r in run.results
    ]
    page = report_page(replace(run, results=tuple(many), baselines={}))
    assert page.count('<article class="case"') == 800
    assert len(page.encode()) < 8_000_000


def test_the_report_is_written_where_the_run_is_or_where_it_is_wanted(run: Run, tmp_path: Path) -> None:
    assert write_report(run) == run.folder / "report.html"
    assert write_report(run, tmp_path / "own.html").read_bytes() == (run.folder / "report.html").read_bytes()


def test_what_a_judge_found_is_marked_as_uncalibrated(run: Run, tmp_path: Path) -> None:
    assert "ncalibrated" not in report_page(run)
    opinion = Opinion(kind="relevance", about="<q>", repeat=0, verdict="partial", reason="<script>half</script>")
    case = JudgedCase(
        case_id="signed", values={"relevance": (0.5, 1.0)}, opinions=(opinion, replace(opinion, repeat=1))
    )
    write_judged(tmp_path, Judged(model="m<odel", prompts="p1", repeats=2, cases=(case,)))
    page = html.document_fromstring(report_page(replace(run, folder=tmp_path)))
    assert "Uncalibrated judge." in page.xpath("string(//section[@aria-labelledby='judged'])")
    (row,) = page.xpath("//div[@aria-label='Table: What the judge found']//tbody/tr")
    assert [cell.text_content() for cell in row] == [
        "relevance", "0.750", "0.750 to 0.750", "0.500", "1", "0", "uncalibrated judge",
    ]  # fmt: skip
    (shown,) = page.xpath("//article[@id='case=signed']//details[summary='What it said']//li")
    assert shown.text_content() == "relevance of “<q>”: partial. <script>half</script>"


def test_a_comparison_shows_both_answers_of_what_flipped(run: Run, other: Run, tmp_path: Path) -> None:
    found = compare(run, other)
    path = write_comparison(found, tmp_path / "compare.html")
    page = html.document_fromstring(path.read_text(encoding="utf-8"))
    words = " ".join(page.text_content().split())
    assert "9 questions answered by both runs" in words
    assert "The runs asked different cases (10 and 9); compared are the 9 that are the same in both." in words
    (differs,) = page.xpath("//div[@aria-label='Table: what differs']//tbody")
    assert ["min_confidence", "by default", "0.999"] in [[c.text_content() for c in row] for row in differs]
    flipped = page.xpath("//article")
    assert [c.get("id") for c in flipped] == [anchor(case=f.before.case.id) for f in found.flips]
    assert len(flipped) > 0
    for case, flip in zip(flipped, found.flips, strict=True):
        assert case.get("data-change") == ("better" if flip.better else "worse")
        a, b = case.xpath(".//div[@class='two']/div/h4/text()[1]")
        assert (a.strip(), b.strip()) == ("A", "B")
    assert len(list(each(page, "script"))) == 1
    assert page.xpath("//*[@src]") == page.xpath("//img") == []


def test_a_run_compared_with_itself_has_nothing_that_flipped(run: Run, tmp_path: Path) -> None:
    page = html.document_fromstring(
        write_comparison(compare(run, run), tmp_path / "same.html").read_text(encoding="utf-8")
    )
    words = " ".join(page.text_content().split())
    assert "No case changed in worth." in words
    assert "settings and texts are the same" in words
    assert "That is a draw" in words
