"""The corpus check: each rule alone finds its fault at its line, all faults come at once, and a good corpus has none."""

from pathlib import Path

import pytest

from corpus.check import MAX_WORDS, REQUIRED, Problem, check_corpus
from corpus.errors import CorpusError

TREATY = """---
id: treaty
title: The treaty
creator: Amur editors
publisher: Amur
issued: 2024-06-01
language: en
kind: brief
topic: history
as_of: 2024-05-01
rights: CC BY 4.0
---

China and Russia signed a treaty in 2001 [@pact]{date=2001-07-16}. The 2001 treaty has 25 articles [@pact].

## Border

::: disputed
Accounts of March 1969 differ [@pact; @news]{date=1969-03-02}.

- **Soviet account:** Chinese soldiers fired first in March 1969 [@pact].
- **Chinese account:** Soviet soldiers fired first in March 1969 [@news].
:::
"""
REFERENCES = """[
 {
  "id": "pact",
  "title": "Treaty text",
  "publisher": "Ministry",
  "issued": {"date-parts": [[2001, 7, 16]]},
  "URL": "https://example.org/treaty",
  "custom": {"perspective": "chinese-official"}
 },
 {
  "id": "news",
  "title": "A report",
  "publisher": "Newspaper",
  "URL": "https://example.org/report",
  "custom": {"perspective": "independent-media"}
 }
]
"""
LAST = "The 2001 treaty has 25 articles [@pact]."
UNLIKE_A_BRIEF = "It has 25 articles. " + "word " * (MAX_WORDS + 10) + "and no end"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus" / "history").mkdir(parents=True)
    (tmp_path / "corpus" / "history" / "treaty.md").write_text(TREATY, encoding="utf-8")
    (tmp_path / "corpus" / "references.json").write_text(REFERENCES, encoding="utf-8")
    return tmp_path / "corpus"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def found(folder: Path) -> list[tuple[str, int, str]]:
    return [(p.path, p.line, p.text) for p in check_corpus([folder])]


def test_a_good_corpus_has_no_problem(folder: Path) -> None:
    assert check_corpus([folder]) == []


FAULTS = {
    "an unknown field": ("rights:", "licence: none\nrights:", 1, "front matter has an unknown field 'licence'"),
    "issued": ("issued: 2024-06-01", "issued: June 2024", 1, "issued 'June 2024' is no date"),
    "issued in month 13": ("issued: 2024-06-01", "issued: 2024-13", 1, "issued '2024-13' is no date"),
    "as_of": ("as_of: 2024-05-01", "as_of: 2024-5-1", 1, "as_of '2024-5-1' is no date"),
    "as_of too old": ("as_of: 2024-05-01", "as_of: 2001-07-15", 1, "'2001-07-15' is older than the newest dated sentence (2001-07-16)"),
    "as_of too old by year": ("as_of: 2024-05-01", "as_of: 2000", 1, "as_of '2000' is older than the newest dated sentence"),
    "a perspective": ("rights:", "perspective: neutral\nrights:", 1, "unknown perspective 'neutral'; use one of chinese-official, "),
    "a file address": ("rights:", "url: file:///etc/passwd\nrights:", 1, "url 'file:///etc/passwd' is not a http(s) address"),
    "an address without a host": ("rights:", "url: https://treaty\nrights:", 1, "url 'https://treaty' is not a http(s) address"),
    "an unknown reference": ("articles [@pact]", "articles [@pact; @pakt]", 14, "unknown reference 'pakt'"),
    "a date": ("{date=1969-03-02}", "{date=1969-3-2}", 19, "date '1969-3-2' is no date; write YYYY, YYYY-MM or YYYY-MM-DD"),
    "an open citation": ("articles [@pact]", "articles [@pact] [@news", 14, "broken citation or mark-up in 'The 2001 treaty has 25"),
    "a date alone": ("articles [@pact]", "articles {date=2001} [@pact]", 14, "broken citation or mark-up"),
    "open emphasis": ("25 articles", "**25 articles", 14, "broken citation or mark-up"),
    "a long sentence": (LAST, f"{'Word ' * MAX_WORDS}ends [@pact].", 14, f"{MAX_WORDS + 1} words in a sentence (at most {MAX_WORDS})"),
    "it": (LAST, "It has 25 articles [@pact].", 14, "a sentence that starts as if another stood before it: 'It has 25 articles.'"),
    "the treaty alone": (LAST, "The treaty has 25 articles [@pact].", 14, "a sentence that starts as if another stood before it"),
    "however": (LAST, "However, the pact has 25 articles [@pact].", 14, "a sentence that starts as if another stood before it"),
    "no citation": (LAST, "The 2001 treaty has 25 articles.", 14, "a sentence without a citation: 'The 2001 treaty"),
    "no full stop": (LAST, "The 2001 treaty has 25 articles [@pact]", 14, "a sentence without a full stop: 'The 2001 treaty"),
    "no claim": ("Accounts of March 1969 differ [@pact; @news]{date=1969-03-02}.\n\n", "", 19, "does not begin with the claim in dispute"),
    "one version": ("- **Chinese account:** Soviet", "- **Soviet account:** Soviet", 19, "a disputed block with fewer than two versions"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_brief_is_found_alone_at_its_line(folder: Path, fault: str) -> None:
    old, new, line, text = FAULTS[fault]
    edit(folder / "history" / "treaty.md", old, new)
    problems = found(folder)
    assert [(path, at) for path, at, _ in problems] == [("corpus/history/treaty.md", line)]
    assert text in problems[0][2]


@pytest.mark.parametrize("name", [name for name in REQUIRED if name != "kind"])
def test_a_brief_lacks_no_field(folder: Path, name: str) -> None:
    line = next(line for line in TREATY.splitlines() if line.startswith(f"{name}:"))
    edit(folder / "history" / "treaty.md", line + "\n", "")
    assert found(folder) == [("corpus/history/treaty.md", 1, f"front matter lacks {name!r}")]


REFERENCE_FAULTS = {
    "cited nowhere": ('"id": "news"', '"id": "old"', 11, "'old' is cited nowhere"),
    "perspective": ("independent-media", "media", 11, "'news' has an unknown perspective 'media'"),
    "no address": ("https://example.org/report", "", 11, "'news' has no http(s) address: ''"),
    "an address of another kind": ("https://example.org/report", "ftp://example.org/r", 11, "has no http(s) address: 'ftp://"),
    "an address with a space": ("https://example.org/report", "https://example.org/a b", 11, "has no http(s) address"),
    "date": ("[2001, 7, 16]", "[2001, 13, 16]", 3, "'pact' has an impossible date '2001-13-16'"),
    "no title": ("A report", " ", 11, "'news' lacks a title or a publisher"),
    "no publisher": ("Newspaper", "", 11, "'news' lacks a title or a publisher"),
    "same address": ("https://example.org/report", "https://example.org/treaty", 11, "'news' has the same address as 'pact'"),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFERENCE_FAULTS)
def test_a_fault_in_the_bibliography_is_found_alone_at_its_entry(folder: Path, fault: str) -> None:
    old, new, line, text = REFERENCE_FAULTS[fault]
    edit(folder / "references.json", old, new)
    if fault == "cited nowhere":  # the citations of the renamed entry would be a second fault
        edit(folder / "history" / "treaty.md", "[@pact; @news]", "[@pact]")
        edit(folder / "history" / "treaty.md", "[@news]", "[@pact]")
    problems = found(folder)
    assert [(path, at) for path, at, _ in problems] == [("corpus/references.json", line)]
    assert text in problems[0][2]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xff", "Cannot read"),
        (b"---\ntitle: a: b\n---\nText.", "is not valid YAML"),
        (b"---\n- a\n---\nText.", "is not a list of `name: value` lines"),
        (b"---\nid: treaty\n---\nText.", "Two documents have the id 'treaty'"),
        (b"", "the document has no sentence"),
        (b"# Only A Heading\n", "the document has no sentence"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_problem_of_its_own(folder: Path, content: bytes, text: str) -> None:
    (folder / "other.md").write_bytes(content)
    problems = found(folder)
    assert [(path, at) for path, at, _ in problems] == [("corpus/other.md", 1)]
    assert text in problems[0][2]


def test_a_sentence_that_two_briefs_share_is_found_in_the_second(folder: Path) -> None:
    front = TREATY[: TREATY.index("\nChina and")].replace("id: treaty", "id: copy")
    body = "\nThe  2001 TREATY has 25\narticles [@news].\n"
    (folder / "history" / "a-copy.md").write_text(front + body, encoding="utf-8")
    assert found(folder) == [
        (
            "corpus/history/treaty.md",
            14,
            "says the same as corpus/history/a-copy.md:14: 'The 2001 treaty has 25 articles.'",
        )
    ]


def test_a_sentence_said_twice_in_one_paragraph_is_found(folder: Path) -> None:
    edit(folder / "history" / "treaty.md", LAST, f"{LAST} {LAST}")
    assert [(path, line) for path, line, _ in found(folder)] == [("corpus/history/treaty.md", 14)]


@pytest.mark.parametrize("kind", ["article", "text", ""])
def test_only_briefs_are_bound_by_the_rules_of_writing(folder: Path, kind: str) -> None:
    front = f"---\nid: essay\nkind: {kind}\nextra: field\n---\n" if kind else ""
    (folder / "essay.md").write_text(f"{front}\n{UNLIKE_A_BRIEF}\n\n{LAST}\n", encoding="utf-8")
    assert check_corpus([folder]) == []


def test_other_documents_too_have_real_dates_references_and_perspectives(folder: Path) -> None:
    front = "---\nkind: article\nissued: once\nperspective: mine\nurl: here\n---\n"
    (folder / "essay.md").write_text(f"{front}Trade grew [@nobody]{{date=soon}}.\n", encoding="utf-8")
    assert [(path, line, text.split(";")[0]) for path, line, text in found(folder)] == [
        ("corpus/essay.md", 1, "issued 'once' is no date"),
        ("corpus/essay.md", 1, "unknown perspective 'mine'"),
        ("corpus/essay.md", 1, "url 'here' is not a http(s) address"),
        ("corpus/essay.md", 7, "date 'soon' is no date"),
        ("corpus/essay.md", 7, "unknown reference 'nobody'"),
    ]


def test_all_problems_come_at_once_in_the_order_of_files_and_lines(folder: Path) -> None:
    (folder / "broken.md").write_bytes(b"\xff")
    edit(folder / "history" / "treaty.md", "rights: CC BY 4.0\n", "")
    edit(folder / "history" / "treaty.md", LAST, "It has 25 articles")
    edit(folder / "history" / "treaty.md", "1969 differ [@pact; @news]", "1969 differ [@pact; @gone]")
    edit(folder / "references.json", "independent-media", "media")
    assert [(path, line, text.split(":")[0].split("(")[0]) for path, line, text in found(folder)] == [
        ("corpus/broken.md", 1, f"Cannot read {str(folder / 'broken.md')!r} as UTF-8 text "),
        ("corpus/history/treaty.md", 1, "front matter lacks 'rights'"),
        ("corpus/history/treaty.md", 13, "a sentence that starts as if another stood before it"),
        ("corpus/history/treaty.md", 13, "a sentence without a citation"),
        ("corpus/history/treaty.md", 13, "a sentence without a full stop"),
        ("corpus/history/treaty.md", 18, "unknown reference 'gone'"),
        ("corpus/references.json", 11, "'news' has an unknown perspective 'media'"),
    ]


def test_a_problem_is_printed_as_editors_and_compilers_do() -> None:
    assert str(Problem(path="a/b.md", line=7, text="what is wrong")) == "a/b.md:7: what is wrong"


def test_a_corpus_outside_the_working_folder_is_named_in_full(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(folder / "history" / "treaty.md", "rights: CC BY 4.0\n", "")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert [path for path, _, _ in found(folder)] == [str(folder / "history" / "treaty.md")]


def test_several_folders_are_checked_as_one_corpus(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "more.md").write_text("Trade grew [@pact]. Trade fell [@gone].\n", encoding="utf-8")
    assert [str(p) for p in check_corpus([folder, other])] == ["other/more.md:1: unknown reference 'gone'"]


def test_a_missing_folder_or_unreadable_bibliography_stops_the_check(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist"):
        check_corpus([tmp_path / "nowhere"])
    (folder / "references.json").write_text("{", encoding="utf-8")
    with pytest.raises(CorpusError, match="is not a CSL-JSON list"):
        check_corpus([folder])
