"""What a sentence is worth as the answer, computed by hand over the small corpus."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.calibration import identity
from bot.pipeline import Bot
from bot.records import Query
from bot.scoring import (
    CARRIED_NAME,
    COVERAGE_WEIGHT,
    FILLED,
    FOCUS_WEIGHT,
    HEADER_SHARE,
    HEADER_WEIGHT,
    MISSING_DETAIL,
    MISSING_NAME,
    RERANK_WEIGHT,
    RERANKED,
    rerank,
    score_sentences,
)
from index.embed import Vectors
from index.lexical import tokenise
from tests.bot.made import ask, candidate, said, user
from tests.making import cross_encoder


def score(bot: Bot, query: Query, text: str, header: str = "") -> tuple[float, float]:
    """Return score and coverage of a sentence that stands alone in its passage, without its similarity."""
    made = candidate(text, header=header, row=0)
    vector = bot.embedder.embed_query(query.query)
    (found,) = score_sentences(query, [made.passage], {0: made.sentence}, vector)
    assert found.similarity == pytest.approx(float(bot.store.similarities("sentences", [0], vector)[0]))
    return found.score - found.similarity, found.coverage


def test_words_count_by_rarity_and_less_in_the_header(small_bot: Bot) -> None:
    query = ask(small_bot, "friendship treaty border")
    idf = small_bot.store.lexical.idf
    f, t, b = idf("friendship"), idf("treati"), idf("border")
    value, coverage = score(small_bot, query, "A friendship treaty.", "The border")
    covered = (f + t + HEADER_SHARE * b) / (f + t + b)
    assert coverage == pytest.approx(covered)
    assert value == pytest.approx(COVERAGE_WEIGHT * covered + FOCUS_WEIGHT + HEADER_WEIGHT * b / (f + t + b))


@pytest.mark.parametrize(
    ("question", "text", "covered"),
    [
        ("usd", "Worth $3.", 1.0),
        ("dollars", "Worth $3.", 1.0),
        ("percentage", "Up 3%.", 1.0),
        ("euros", "Worth €3.", 1.0),
        ("yuan", "Worth ¥3.", 1.0),
        ("euros", "Worth $3.", 0.0),
        ("usd", "Up 3%.", 0.0),
    ],
)
def test_a_sign_stands_for_its_word(small_bot: Bot, question: str, text: str, covered: float) -> None:
    assert score(small_bot, ask(small_bot, question), text)[1] == pytest.approx(covered)


def test_a_sign_is_no_word_of_the_sentence_itself(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    value, coverage = score(small_bot, ask(small_bot, "treaty"), "The $ treaty.")
    assert (value, coverage) == (pytest.approx(COVERAGE_WEIGHT + FOCUS_WEIGHT), 1.0)
    assert idf("dollar") == small_bot.store.lexical.unseen_idf


def test_a_missing_year_costs_more_than_a_missing_name(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    year, _ = score(small_bot, ask(small_bot, "What treaty was there in 1999?"), "A treaty.")
    share = idf("treati") / (idf("treati") + idf("1999"))
    assert year == pytest.approx(COVERAGE_WEIGHT * share + FOCUS_WEIGHT - MISSING_DETAIL)
    name, _ = score(small_bot, ask(small_bot, "What treaty was there with Peru?"), "A treaty.")
    share = idf("treati") / (idf("treati") + idf("peru"))
    assert name == pytest.approx(COVERAGE_WEIGHT * share + FOCUS_WEIGHT - MISSING_NAME)


@pytest.mark.parametrize(
    ("question", "text", "filled"),
    [
        ("how long is the treaty bridge", "The treaty bridge is 2,215 m long.", 1.0),
        ("how long is the treaty bridge", "The treaty bridge opened.", 0.0),
        ("how many treaty bridges are there", "There are two treaty bridges.", 1.0),
        ("what of the treaty bridge", "The treaty bridge is 2,215 m long.", 0.0),  # leaves no slot
        ("how long is the treaty bridge to Peru", "The treaty bridge is 2,215 m long.", 0.0),  # of another place
        ("how long is the treaty bridge of 1999", "The treaty bridge is 2,215 m long.", 0.0),
    ],
)
def test_a_sentence_gains_that_fills_the_slot(
    small_bot: Bot, monkeypatch: pytest.MonkeyPatch, question: str, text: str, filled: float
) -> None:
    query = ask(small_bot, question)
    value, coverage = score(small_bot, query, text)
    monkeypatch.setattr("bot.scoring.FILLED", 0.0)
    assert value - score(small_bot, query, text)[0] == pytest.approx(FILLED * coverage * filled)


def test_a_name_of_an_earlier_question_costs_less(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    query = ask(small_bot, "who signed it?", [user("What of the treaty with Peru?"), said("It holds.")])
    value, coverage = score(small_bot, query, "They signed.")
    share = idf("sign") / (idf("sign") + 0.6 * (idf("treati") + idf("peru")))
    assert coverage == pytest.approx(share)
    assert value == pytest.approx(COVERAGE_WEIGHT * share + FOCUS_WEIGHT - CARRIED_NAME * MISSING_NAME)


def test_a_short_name_is_there_if_its_long_form_is(small_bot: Bot) -> None:
    query = ask(small_bot, "PoS-2 price")
    assert query.asked.designations == ("pos-2",)
    named = replace(query, asked=replace(query.asked, forms={"pos-2": frozenset({"power", "siberia", "2"})}))
    texts = {"Power of Siberia 2 has no price.": (), "Power of Siberia has a price.": ("pos-2",)}
    for text, missing in texts.items():
        made = candidate(text, row=0)
        vector = small_bot.embedder.embed_query(query.query)
        (found,) = score_sentences(named, [made.passage], {0: made.sentence}, vector)
        assert found.missing == missing


# Reranking


class ByWord:
    """A `Reranker` that knows one word; notes what it is asked."""

    name, revision = "by-word", "7"

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[tuple[str, list[str], list[int]]] = []

    def scores(self, question: str, texts: Sequence[str], rows: Sequence[int]) -> Vectors:
        self.asked.append((question, list(texts), list(rows)))
        return np.asarray([0.9 if self.word in text else 0.1 for text in texts], dtype=np.float32)


def test_what_a_reranker_says_is_added_to_the_best(small_bot: Bot) -> None:
    rows = [candidate(f"Sentence {n}.", header="Head", row=n, score=1.0 - n / 100) for n in range(RERANKED)]
    rows += [candidate("Sentence last, not seen.", row=RERANKED, score=0.1)]
    reranker = ByWord("Sentence 5.")
    found = rerank(ask(small_bot, "Which one?"), rows, reranker)
    ((question, texts, seen),) = reranker.asked
    assert (question, texts[:2], seen) == (
        "Which one?",
        ["Head: Sentence 0.", "Head: Sentence 1."],
        list(range(RERANKED)),
    )
    assert [c.sentence.row for c in found] == [5, 0, 1, 2, 3, 4, *range(6, RERANKED + 1)]
    assert found[0].score == pytest.approx(0.95 + RERANK_WEIGHT * 0.9)
    assert found[-1].score == pytest.approx(0.1 + RERANK_WEIGHT * 0.1)  # as the lowest of those seen
    assert rerank(ask(small_bot, "Which one?"), [], reranker) == []


def test_the_bot_asks_its_reranker_and_says_so_in_the_fingerprint(small_bot: Bot) -> None:
    reranker = ByWord("five years")
    bot = Bot(small_bot.settings, embedder=small_bot.embedder, reranker=reranker)
    plain, reranked = small_bot.search("What of the friendship treaty?"), bot.search("What of the friendship treaty?")
    assert "five years" not in plain.candidates[0].sentence.text
    assert "five years" in reranked.candidates[0].sentence.text
    before = len(reranker.asked)
    assert bot.answer("What of the friendship treaty?").fingerprint == bot.fingerprint
    assert len(reranker.asked) > before
    assert bot.answer("").fingerprint == bot.fingerprint
    assert bot.fingerprint != small_bot.fingerprint
    reranker.revision = "8"
    other = bot.fingerprint
    reranker.revision = "7"
    assert other != bot.fingerprint


def test_a_reranker_named_in_the_settings_is_loaded(small_bot: Bot, tmp_path: Path) -> None:
    folder = cross_encoder(tmp_path / "model")
    settings = small_bot.settings.model_copy(update={"reranker": str(folder), "embedding_device": "cpu"})
    bot = Bot(settings, embedder=small_bot.embedder)
    assert bot.reranker is not None
    assert bot.reranker.name == str(folder)
    query = "When was the treaty signed?"
    plain = {c.sentence.row: c.score for c in small_bot.search(query).candidates}
    gains = {c.sentence.row: c.score - plain[c.sentence.row] for c in bot.search(query).candidates}
    assert all(0 < gain < RERANK_WEIGHT for gain in gains.values())
    assert len({round(gain, 6) for gain in gains.values()}) > 1
    assert identity(bot.store.manifest, settings)["reranker"] == str(folder)
    assert "reranker" not in identity(bot.store.manifest, small_bot.settings)


@pytest.mark.parametrize(
    ("asked_for", "text", "lacking"),
    [
        ("Su-27", "China may build the Su-27SK.", False),
        ("Su-27SK", "China may build the Su-27.", True),
        ("S-40", "China bought the S-400.", True),
    ],
)
def test_a_variant_stands_for_its_designation(small_bot: Bot, asked_for: str, text: str, lacking: bool) -> None:
    query = ask(small_bot, f"How many {asked_for} did China get?")
    made = candidate(text)
    (found,) = score_sentences(query, [made.passage], {0: made.sentence}, small_bot.embedder.embed_query(query.query))
    assert bool(found.missing) is lacking


RUNNING = (
    "---\nid: pipe\ntitle: Pipe\nkind: {kind}\nlanguage: en\n---\n\n"
    "The Tuva pipeline runs north. It is 40 km long.\n\nNobody lives there.\n"
)


@pytest.mark.parametrize(("kind", "shared"), [("added", True), ("brief", False)])
def test_sentences_of_running_text_lean_on_those_before(
    make_bot: Callable[..., Bot], corpus_folder: Path, kind: str, shared: bool
) -> None:
    (corpus_folder / "pipe.md").write_text(RUNNING.format(kind=kind), encoding="utf-8")
    bot = make_bot()
    query = ask(bot, "How long is the pipeline in Tuva?")
    assert query.asked.names == ("tuva",)
    found = {c.sentence.text: c for c in bot.search("How long is the pipeline in Tuva?").candidates}
    length, other = found["It is 40 km long."], found["Nobody lives there."]
    idf = bot.store.lexical.idf
    weight = {t: idf(t) for t in query.asked.tokens}
    total = sum(weight.values())
    header = length.passage.chunk.header_tokens
    own = sum(w for t, w in weight.items() if t in length.sentence.tokens)
    beside = sum(
        w
        for t, w in weight.items()
        if t in header | (set(tokenise("The Tuva pipeline runs north.")) if shared else set())
    )
    assert length.coverage == pytest.approx((own + HEADER_SHARE * beside) / total)
    assert length.missing_names == other.missing_names == (() if shared else ("tuva",))
    assert other.coverage == pytest.approx(HEADER_SHARE * sum(w for t, w in weight.items() if t in header) / total)
