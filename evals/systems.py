"""What is measured: the bot, and beside it systems so simple that a bot which does not beat them is no good.

Every system answers a case with a `Reply`, over the same index. Of the simple ones only the oracle knows when to decline.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from bot.pipeline import Bot
from bot.records import Retrieved
from evals.cases import Case
from evals.gold import Gold
from evals.replies import Quote, Ranked, Reply, Said, ranked_passages, ranked_sentences, reply_of
from evals.trace import trace
from index.lexical import tokenise
from index.texts import StoredChunk, StoredSentence

if TYPE_CHECKING:
    from evals.plain import PlainPipeline

System = Callable[[Case], Reply]
"""Answers a case. May raise: that counts as a wrong answer."""

CONSTANT_SENTENCES = 5
LEAD = 3
PLAIN_K = 4


def the_bot(bot: Bot) -> System:
    """Return the bot itself: `Bot.answer`, watched."""
    return lambda case: reply_of(trace(bot, case))


def baselines(bot: Bot, gold: Gold, cases: Sequence[Case], plain: "PlainPipeline | None") -> Mapping[str, System]:
    """Return the simple systems by name, in the order they are shown.

    Args:
        bot: whose index and embedding model they use.
        gold: the evidence; the oracle and the constant reply are made from it.
        cases: all cases of the run, for the constant reply that suits them best.
        plain: the plain LangChain + Chroma pipeline over the same corpus, if it could be built.
    """
    constant = _constant(gold, cases)
    found: dict[str, System] = {
        "constant reply": lambda case: constant,
        "always abstains": lambda case: Reply(text="", abstained=True, confidence=0.0),
        "lead-3 of the top document": _searching(bot, lambda found: _lead(found, gold)),
        "first passage verbatim": _searching(bot, lambda found: _first_passage(found)),
        "BM25 only": lambda case: _bm25(bot, case),
        "MiniLM only": lambda case: _dense(bot, case),
    }
    if plain is not None:
        found["LangChain + Chroma top-4"] = lambda case: _plain(plain, case)
    found["oracle"] = lambda case: _oracle(gold, case)
    return {name: _timed(system) for name, system in found.items()}


def _timed(system: System) -> System:
    def timed(case: Case) -> Reply:
        started = perf_counter()
        reply = system(case)
        return replace(reply, seconds=perf_counter() - started)

    return timed


def _quoting(sentences: Sequence[StoredSentence | Quote], passages: Sequence[Ranked] = ()) -> Reply:
    """Return a reply that says these sentences, each quoting itself."""
    quotes = [s if isinstance(s, Quote) else _quote(s) for s in sentences]
    return Reply(
        text=" ".join(q.text for q in quotes),
        abstained=not quotes,
        confidence=float(bool(quotes)),
        said=tuple(Said(text=q.text, quotes=(q,)) for q in quotes),
        passages=tuple(passages),
    )


def _quote(s: StoredSentence) -> Quote:
    return Quote(document_id=s.document_id, source_start=s.source_start, source_end=s.source_end, text=s.text)


def _constant(gold: Gold, cases: Sequence[Case]) -> Reply:
    """Return the few sentences, each the one that adds most, that state most nuggets of these very cases: what one reply can get."""
    states: dict[int, set[tuple[str, str]]] = {}
    by_row = {s.row: s for s in gold.every_sentence}
    for case in cases:
        for nugget, stated in gold.evidence(case).sentences.items():
            for sentence in stated:
                states.setdefault(sentence.row, set()).add((case.id, nugget))
    chosen: list[StoredSentence] = []
    covered: set[tuple[str, str]] = set()
    while len(chosen) < CONSTANT_SENTENCES and any(rows - covered for rows in states.values()):
        best = max(states, key=lambda row: (len(states[row] - covered), -row))
        chosen.append(by_row[best])
        covered |= states[best]
    return _quoting(chosen)


def _searching(bot: Bot, choose: Callable[[Retrieved], Sequence[StoredSentence | Quote]]) -> System:
    def answer(case: Case) -> Reply:
        found = bot.search(case.question)
        return replace(_quoting(choose(found), ranked_passages(found)), sentences=ranked_sentences(found))

    return answer


def _lead(found: Retrieved, gold: Gold) -> Sequence[StoredSentence]:
    return gold.sentences_of(found.passages[0].chunk.document_id)[:LEAD] if found.passages else ()


def _first_passage(found: Retrieved) -> Sequence[Quote]:
    if not found.passages:
        return ()
    chunk = found.passages[0].chunk
    return (
        Quote(
            document_id=chunk.document_id,
            source_start=chunk.source_start,
            source_end=chunk.source_end,
            text=found.passages[0].text,
        ),
    )


def _bm25(bot: Bot, case: Case) -> Reply:
    """Return the three sentences of the best passages by BM25 that hold most of the question's weight."""
    lexical = bot.store.lexical
    tokens = tokenise(case.question)
    found = lexical.search(tokens, 10)
    chunks = bot.store.texts.chunks(row for row, _ in found)
    passages = [_ranked(chunks[row], score) for row, score in found]
    rows = [r for row, _ in found for r in range(chunks[row].first, chunks[row].last)]
    sentences = bot.store.texts.sentences(rows)
    weight = {t: lexical.idf(t) for t in tokens}
    ranked = sorted(rows, key=lambda r: (-sum(weight[t] for t in weight if t in sentences[r].tokens), rows.index(r)))
    return _quoting([sentences[r] for r in ranked[:LEAD]], passages)


def _dense(bot: Bot, case: Case) -> Reply:
    """Return the three sentences closest to the question by their vectors alone."""
    store = bot.store
    vector = bot.embedder.embed_query(case.question)
    found = store.nearest("passages", vector, 10)
    chunks = store.texts.chunks(row for row, _ in found)
    rows = [row for row, _ in store.nearest("sentences", vector, LEAD)]
    sentences = store.texts.sentences(rows)
    return _quoting([sentences[row] for row in rows], [_ranked(chunks[row], score) for row, score in found])


def _ranked(chunk: StoredChunk, score: float) -> Ranked:
    return Ranked(
        id=chunk.id,
        document_id=chunk.document_id,
        source_start=chunk.source_start,
        source_end=chunk.source_end,
        score=score,
    )


def _plain(plain: "PlainPipeline", case: Case) -> Reply:
    found = plain.search(case.question, 10)
    return _quoting([quote for quote, _ in found[:PLAIN_K]], [passage for _, passage in found])


def _oracle(gold: Gold, case: Case) -> Reply:
    """Return the evidence itself: the best that quoting can do. It declines what the corpus does not answer."""
    evidence = gold.evidence(case)
    stated = [_clean(case, sentences) for sentences in evidence.sentences.values() if sentences]
    first = {s.row: s for s in stated}
    chunks = {c.row: c for c in gold.every_chunk if c.id in evidence.passages}
    ranked = [_ranked(c, float(evidence.passages[c.id])) for c in chunks.values()]
    return _quoting(list(first.values()), sorted(ranked, key=lambda p: -p.score))


def _clean(case: Case, sentences: Sequence[StoredSentence]) -> StoredSentence:
    """Return the first of these sentences that says nothing that the answer must not; the first if all do."""
    wrong = [re.compile(pattern, re.IGNORECASE) for pattern in case.must_not]
    return next((s for s in sentences if not any(w.search(s.text) for w in wrong)), sentences[0])
