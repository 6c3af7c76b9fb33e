"""Drafts of near-misses: the detail they ask for stands nowhere near their topic."""

import re
from pathlib import Path

import pytest

from corpus.documents import Corpus, load_corpus
from corpus.settings import SHIPPED_TEXTS
from evals.cases import Case
from evals.draft import draft_near_misses
from index.lexical import tokenise


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus([SHIPPED_TEXTS])


@pytest.fixture(scope="module")
def drafts(corpus: Corpus) -> list[Case]:
    return draft_near_misses(corpus, count=30, seed=3)


def parts(case: Case) -> tuple[str, str, str, str]:
    """Return what the note of a draft says: sort, before, after, sentence."""
    found = re.fullmatch(r"(\w+): (.+) → (.+); the text says: (.+)", case.note, re.DOTALL)
    assert found
    return found[1], found[2], found[3], found[4]


def test_as_many_as_asked_for_of_every_sort(drafts: list[Case]) -> None:
    assert [c.id for c in drafts] == [f"draft-{n:03d}" for n in range(1, 31)]
    assert [parts(c)[0] for c in drafts] == ["name", "figure", "date"] * 10


def test_a_draft_lacks_its_question_only(drafts: list[Case], corpus: Corpus) -> None:
    texts = {d.id: d.text for d in corpus.documents}
    for case in drafts:
        _, before, after, sentence = parts(case)
        assert (case.question, case.kind, case.answerable, case.split) == ("", "near-miss", False, "dev")
        (document,) = case.documents
        assert sentence in texts[document]
        assert before in sentence
        assert after not in sentence
        (nugget,) = case.nuggets
        assert nugget.found_in(f"It was {after}, they said")
        assert not nugget.found_in(f"It was 1{after}9")


def test_the_detail_is_absent_near_the_topic(drafts: list[Case], corpus: Corpus) -> None:
    """No sentence that shares half the words of the true one holds the new detail."""
    sentences = {d.quote(s.start, s.end) for d in corpus.documents for s in d.sentences}
    for case in drafts:
        *_, after, true = parts(case)
        wanted = set(tokenise(true))
        near = [s for s in sentences if 2 * len(wanted & set(tokenise(s))) >= len(wanted)]
        assert true in near
        assert not [s for s in near if after in s]


def test_drafts_follow_from_the_seed(corpus: Corpus, drafts: list[Case]) -> None:
    assert draft_near_misses(corpus, count=30, seed=3) == drafts
    assert draft_near_misses(corpus, count=30, seed=4) != drafts


def test_a_small_corpus_gives_what_it_holds(corpus_folder: Path) -> None:
    """One sentence holds a figure that is no day or year, so there are more drafts of dates than of figures."""
    found = draft_near_misses(load_corpus([corpus_folder]), count=50, seed=1)
    sorts = [parts(c)[0] for c in found]
    assert sorts.count("figure") == 1  # 25 articles
    assert sorts.count("date") > 1
    assert draft_near_misses(load_corpus([corpus_folder]), count=1, seed=1) == found[:1]


def test_no_texts_no_drafts(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("Nothing\n\nhere to change\n", encoding="utf-8")
    assert draft_near_misses(load_corpus([tmp_path]), count=5, seed=1) == []
