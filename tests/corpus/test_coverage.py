"""Coverage: a fact that is stated is found however it is cut and worded, and a sentence that is lost is noticed."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import amur
from corpus.coverage import OMITTED, Coverage, load_facts, load_omitted, measure_coverage
from corpus.documents import load_corpus
from corpus.errors import CorpusError
from corpus.settings import SHIPPED_TEXTS

TREATY, REPORT, OTHER = "https://example.org/treaty", "https://example.org/report", "https://example.org/other"
HEAD = "---\nid: {id}\ntitle: {id}\nkind: {kind}\ntopic: history\n---\n\n"
TRADE = "China's exports to Russia rose by 12% to $47.98 billion in 2018 [@news]{date=2018}."
IMPORTS = "China's imports from Russia rose by 42.7% to $59.08 billion in 2018 [@news]{date=2018}."
TOTAL = "Trade between China and Russia was worth $107.06 billion in 2018 [@news]{date=2018}."


def fact(
    text: str, *, id: str = "f-1", date: str | None = "2018", url: str = REPORT, status: str = "verified-1"
) -> dict[str, Any]:
    return {
        "id": id,
        "topic": "economy",
        "date": date,
        "fact": text,
        "sources": [{"title": "x", "url": url}],
        "status": status,
    }


ROSE = fact(
    "In 2018 China–Russia trade reached $107.06 billion: China's exports $47.98 billion (+12%) and imports $59.08 billion (+42.7%)."
)
SIGNED = fact(
    "China and Russia signed their friendship treaty in Moscow on 16 July 2001; both presidents praised its 25 articles.",
    id="f-2", date="2001-07-16", url=TREATY,
)  # fmt: skip


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with one fact file: two usable facts and one that is not."""
    folder = tmp_path / "facts"
    folder.mkdir()
    write(folder, ROSE, SIGNED, fact("China and Russia flew to Mars in 2019.", id="f-3", status="rejected"))
    return folder


def write(folder: Path, *facts: dict[str, Any]) -> Path:
    (folder / "facts.jsonl").write_text(
        "\n".join(json.dumps(f, ensure_ascii=False) for f in facts) + "\n", encoding="utf-8"
    )
    return folder


def brief(folder: Path, name: str, *paragraphs: str, kind: str = "brief") -> Path:
    (folder / f"{name}.md").write_text(
        HEAD.format(id=name, kind=kind) + "\n\n".join(paragraphs) + "\n", encoding="utf-8"
    )
    return folder


def measured(folder: Path, *facts: dict[str, Any], at: Path) -> Coverage:
    return measure_coverage(load_corpus([folder]), load_facts(write(at, *facts)))


@pytest.fixture
def texts(corpus_folder: Path) -> Path:
    """The small corpus with a brief that states the trade of 2018 in three sentences."""
    return brief(corpus_folder, "trade", f"{TOTAL} {TRADE} {IMPORTS}")


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    return folder


def test_a_fact_is_stated_though_the_brief_makes_three_sentences_of_it(texts: Path, facts: Path) -> None:
    result = measured(texts, ROSE, at=facts)
    assert (result.usable, result.stated, result.share, result.missing) == (1, 1, 1.0, {})


@pytest.mark.parametrize("lost", [TOTAL, TRADE, IMPORTS])
def test_a_sentence_that_is_lost_is_noticed(texts: Path, facts: Path, lost: str) -> None:
    brief(texts, "trade", " ".join(s for s in (TOTAL, TRADE, IMPORTS) if s != lost))
    assert list(measured(texts, ROSE, at=facts).missing) == ["f-1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("$47.98", "$47.89"),
        ("12%", "13%"),
        ("by 42.7% ", ""),
        ("in 2018 [@news]{date=2018}. China's imports", "[@news]. China's imports"),
    ],
)
def test_a_figure_that_is_changed_or_lost_is_noticed(texts: Path, facts: Path, old: str, new: str) -> None:
    whole = f"{TRADE} {IMPORTS}"
    assert old in whole
    brief(texts, "trade", whole.replace(old, new))
    plain = fact(
        "In 2018 China's exports to Russia rose by 12% to $47.98 billion and its imports by 42.7% to $59.08 billion."
    )
    assert (measured(texts, plain, at=facts).missing == {}) == (old.startswith("in 2018"))


def test_a_number_in_another_sense_is_not_the_fact(texts: Path, facts: Path) -> None:
    brief(
        texts,
        "trade",
        "Some 47.98 million visitors crossed the river Amur in 2018 on their way to a festival [@news]{date=2018}.",
    )
    plain = fact("China's exports to Russia were worth $47.98 billion in 2018.")
    assert list(measured(texts, plain, at=facts).missing) == ["f-1"]


def test_the_same_words_under_another_source_do_not_count(texts: Path, facts: Path) -> None:
    assert list(measured(texts, fact(ROSE["fact"], url=TREATY), at=facts).missing) == ["f-1"]
    assert measured(texts, fact(ROSE["fact"], url=OTHER), at=facts).missing == {"f-1": (ROSE["fact"],)}


def test_two_neighbours_count_together_but_not_two_briefs(texts: Path, facts: Path) -> None:
    split = fact("China's exports to Russia grew 12% in 2018 from a low base of cheap shoes.")
    first = "China's exports to Russia grew from a low base in 2018 [@news]{date=2018}."
    second = "Cheap shoes led the growth of 12% in 2018 [@news]{date=2018}."
    brief(texts, "trade", f"{first} {second}")
    assert measured(texts, split, at=facts).missing == {}
    brief(texts, "trade", f"{first} {TOTAL} {second}")
    assert list(measured(texts, split, at=facts).missing) == ["f-1"]
    brief(brief(texts, "trade", first), "trade-2", second)
    assert list(measured(texts, split, at=facts).missing) == ["f-1"]


def test_only_briefs_count(texts: Path, facts: Path) -> None:
    brief(texts, "trade", f"{TOTAL} {TRADE} {IMPORTS}", kind="article")
    assert list(measured(texts, ROSE, at=facts).missing) == ["f-1"]


@pytest.mark.parametrize(
    "text",
    [
        "The China–Russia friendship treaty was signed in Moscow on 16 July 2001.",
        "China and Russia signed their friendship treaty on 16 July 2001 (in Moscow).",
        "The two countries signed the friendship treaty in 2001.",
    ],
)
def test_another_wording_is_no_alarm(corpus_folder: Path, facts: Path, text: str) -> None:
    assert measured(corpus_folder, fact(text, date="2001-07-16", url=TREATY), at=facts).missing == {}


def test_the_missing_part_is_named(corpus_folder: Path, facts: Path) -> None:
    assert measured(corpus_folder, SIGNED, at=facts).missing == {"f-2": ("both presidents praised its 25 articles",)}


def test_facts_that_are_not_usable_count_neither_way(corpus_folder: Path, facts: Path) -> None:
    result = measured(corpus_folder, fact("China and Russia flew to Mars in 2019.", status="rejected"), at=facts)
    assert (result.usable, result.stated, result.share) == (0, 0, 1.0)


@pytest.mark.parametrize("language", ["en", "zh", "ru"])
def test_facts_in_three_languages_are_compared(corpus_folder: Path, facts: Path, language: str) -> None:
    sentence = {
        "en": "Heavy rain stopped the ferry at Heihe for 9 days in 2013",
        "zh": "2013年黑河轮渡因大雨停运9天",
        "ru": "Сильный дождь остановил паром в Хэйхэ на 9 дней в 2013 году",
    }[language]
    brief(corpus_folder, "ferry", f"{sentence} [@news]{{date=2013}}.")
    assert measured(corpus_folder, fact(sentence + ".", date="2013"), at=facts).missing == {}
    assert list(measured(corpus_folder, fact(sentence.replace("9", "8") + ".", date="2013"), at=facts).missing) == [
        "f-1"
    ]


# Files


def test_a_folder_without_fact_files_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path / "gone", tmp_path):
        with pytest.raises(CorpusError, match="No fact file"):
            load_facts(folder)


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", "{}", '{"id": "a", "fact": "b", "date": null, "sources": ["x"], "status": "disputed"}']
)
def test_a_line_that_is_no_fact_is_named(tmp_path: Path, line: str) -> None:
    write(tmp_path, SIGNED)
    with (tmp_path / "facts.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n" + line)
    with pytest.raises(CorpusError, match=r"facts\.jsonl:3: no fact"):
        load_facts(tmp_path)


def test_an_id_that_stands_twice_and_a_file_that_is_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="'f-2' is there twice"):
        load_facts(write(tmp_path, SIGNED, SIGNED))
    (tmp_path / "facts.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(CorpusError, match="UTF-8"):
        load_facts(tmp_path)


def test_an_omission_needs_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "OMITTED.md"
    path.write_text(
        "# Left out\n\nBecause.\n\n- `f-1`: no source\n* `f-2` two words\n- f-3: for people\n", encoding="utf-8"
    )
    assert load_omitted(path) == {"f-1": "no source", "f-2": "two words"}
    path.write_text("- `f-1`:\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="'f-1' is left out without a reason"):
        load_omitted(path)
    with pytest.raises(CorpusError, match="Cannot read"):
        load_omitted(tmp_path / "gone.md")


def test_the_shipped_list_of_omissions_is_no_document_and_can_be_read() -> None:
    assert all(load_omitted(OMITTED).values())
    assert "omitted" not in {d.id for d in load_corpus([SHIPPED_TEXTS.parent]).documents}


# amur corpus coverage


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> Result:
    monkeypatch.setenv("AMUR_CORPUS", str(folder))
    return CliRunner().invoke(amur.cli, ["corpus", "coverage", *arguments], prog_name="amur")


def test_the_command_prints_the_share_and_what_is_missing(
    texts: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(monkeypatch, texts, "--facts", str(base))
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "f-2: not found: both presidents praised its 25 articles",
        "1 of 2 usable facts stated (50.0%); 0 left out on purpose, 1 not found",
    ]


def test_the_command_is_content_with_what_is_left_out_on_purpose(
    texts: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "left.md").write_text("- `f-2`: praise is no fact\n- `f-9`: of another base\n", encoding="utf-8")
    result = run(monkeypatch, texts, "--facts", str(base), "--omitted", str(tmp_path / "left.md"))
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "f-2: left out on purpose: praise is no fact",
        "1 of 2 usable facts stated (50.0%); 1 left out on purpose, 0 not found",
    ]


def test_the_command_refuses_a_folder_without_facts(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(monkeypatch, texts, "--facts", str(tmp_path / "gone"))
    assert isinstance(result.exception, CorpusError)
    assert run(monkeypatch, texts).exit_code == 2
