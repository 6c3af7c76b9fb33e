"""The shipped texts: clean by every rule, all topics there, no sentence without a source, and the article as it was given."""

import hashlib
from collections import Counter, defaultdict

import pytest

from corpus.check import check_corpus
from corpus.documents import ARTICLE, BRIEF, Corpus, Document, load_corpus
from corpus.references import PERSPECTIVES
from corpus.settings import SHIPPED_TEXTS
from corpus.text import normalise_quote

TOPICS = {"analysis", "diplomacy", "economy", "history", "military", "society", "technology"}
ARTICLE_ID = "article-military-alliance"
ARTICLE_SHA256 = "7f78b009154e5a56c46a00cbf2d34cb287c6a5530b2833d6075dd8f904c782ff"
"""Of the article as the user gave it, without space around it: 10,738 characters, no mark-up, so its clean text is the same."""


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    return load_corpus([SHIPPED_TEXTS])


@pytest.fixture(scope="module")
def briefs(shipped: Corpus) -> list[Document]:
    return [d for d in shipped.documents if d.kind == BRIEF]


@pytest.fixture(scope="module")
def article(shipped: Corpus) -> Document:
    return next(d for d in shipped.documents if d.id == ARTICLE_ID)


def test_the_check_finds_nothing_to_mend() -> None:
    assert [str(problem) for problem in check_corpus([SHIPPED_TEXTS])] == []


def test_all_seven_topics_have_briefs(briefs: list[Document]) -> None:
    assert {d.topic for d in briefs} == TOPICS
    assert len(briefs) >= 12


def test_a_brief_is_called_like_its_file_and_stands_in_the_folder_of_its_topic(briefs: list[Document]) -> None:
    assert [(d.id, d.topic) for d in briefs] == [(d.path.stem, d.path.parent.name) for d in briefs]


def test_every_document_is_a_brief_or_the_article(shipped: Corpus) -> None:
    assert Counter(d.kind for d in shipped.documents if d.id != ARTICLE_ID) == {BRIEF: len(shipped.documents) - 1}


def test_every_sentence_of_every_brief_names_a_source_of_the_bibliography(
    shipped: Corpus, briefs: list[Document]
) -> None:
    bare = [
        f"{d.path.name}:{s.line}: {d.quote(s.start, s.end)}"
        for d in briefs
        for s in d.sentences
        if not s.references or not set(s.references) <= set(shipped.references)
    ]
    assert bare == []
    assert all(d.sentences for d in briefs)


def test_every_voice_is_one_of_the_list(shipped: Corpus) -> None:
    assert {r.perspective for r in shipped.references.values()} <= set(PERSPECTIVES)
    assert {d.perspective for d in shipped.documents} <= set(PERSPECTIVES)


def test_both_sides_and_others_have_a_voice(shipped: Corpus) -> None:
    cited = {key for d in shipped.documents for s in d.sentences for key in s.references}
    voices = {shipped.references[key].perspective for key in cited if key in shipped.references}
    assert {
        "chinese-official",
        "russian-official",
        "us-official",
        "independent-media",
        "think-tank",
        "academic",
    } <= voices


def test_no_sentence_stands_in_two_briefs(briefs: list[Document]) -> None:
    places = defaultdict(list)
    for d in briefs:
        for s in d.sentences:
            places[normalise_quote(d.quote(s.start, s.end)).casefold()].append(f"{d.path.name}:{s.line}")
    assert {text: found for text, found in places.items() if len(found) > 1} == {}


def test_no_clean_text_holds_mark_up(shipped: Corpus) -> None:
    assert [
        d.id for d in shipped.documents if any(mark in d.text for mark in ("[@", "](", "{date", ":::", "**", "##"))
    ] == []


def test_every_disputed_claim_has_two_sides(briefs: list[Document]) -> None:
    sides: dict[tuple[str, int], set[str]] = defaultdict(set)
    for d in briefs:
        for s in d.sentences:
            if s.dispute is not None:
                sides[d.id, s.dispute] |= {s.who} if s.who else set()
    assert sides
    assert [key for key, who in sides.items() if len(who) < 2] == []


def test_the_article_is_whole_and_unchanged(article: Document) -> None:
    body = article.path.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    assert hashlib.sha256(body.strip().encode("utf-8")).hexdigest() == ARTICLE_SHA256
    assert hashlib.sha256(article.text.encode("utf-8")).hexdigest() == ARTICLE_SHA256


def test_the_article_says_whose_it_is_and_claims_no_sources(article: Document) -> None:
    assert (article.kind, article.perspective, article.creator) == (ARTICLE, "other", "Jhon Lennon")
    assert article.title == "China & Russia: Is A Military Alliance Forming?"
    assert (article.issued, article.url, article.publisher) == (None, None, "")
    assert not any(s.references for s in article.sentences)
    assert [s.title for s in article.sections if s.title] == [
        "Understanding the Current State of China-Russia Relations",
        "Factors Driving Closer Ties",
        "Obstacles to a Full-Fledged Military Alliance",
        "Potential Implications of a China-Russia Military Alliance",
        "Conclusion: Alliance or Strategic Partnership?",
    ]
