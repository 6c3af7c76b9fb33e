"""Third stage, extractive: pick the few sentences that answer, word for word, and put them in an order that reads well."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from bot.abstain import abstention_text, confidence, suggest, threshold
from bot.check import Cited, check_sentence
from bot.contested import with_another_voice
from bot.form import form_bonus
from bot.further import first_unsaid, unsaid
from bot.latest import newest_first
from bot.messages import say
from bot.neighbours import announced, asks_for_several, is_far, scored_together
from bot.parts import excused, told
from bot.quotes import quotes
from bot.records import Candidate, Draft, Query, Retrieved
from bot.repetition import adds_nothing, repeats
from bot.scoring import MISSING_DETAIL, weights
from bot.settings import Settings
from index.store import Store
from index.texts import StoredDocument, StoredSentence

_TERMINAL = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_FACTUAL = frozenset({"when", "how-much", "who", "where"})
_OPEN = frozenset({"what", "why"})
MAX_FACTUAL = 3

# A further sentence is quoted if its score is within this of the best one's, and not a repetition.
MARGIN = 0.25
WIDE_MARGIN = 0.35
"""Of a question in several parts, or one that asks for nothing in particular: no one sentence holds the whole answer."""
LIST_MARGIN = 0.45
"""Of a list or a summary: the best sentence often only names what the others tell."""
BLOCK_MARGIN = 0.05
OFFERED = 0.3
"""What a sentence gains of a document that lists this very question as one that it answers."""
NEW_WORDS = 0.3
"""What a further sentence gains for the share of the question's weight that it is the first to hold."""


Look = Callable[[str], Retrieved]
"""Searches for a question as the first two stages do."""


def answer_extractively(retrieved: Retrieved, *, settings: Settings, look: Look) -> Iterator[Draft]:
    """Yield drafts with one statement more each, or one draft that abstains.

    Args:
        retrieved: what the search found.
        settings: how many sentences to quote, and how much confidence an answer needs.
        look: used on abstention only, to offer no question that would be declined too.
    """
    started = perf_counter()
    query = retrieved.query
    candidates = quotable(retrieved)
    trust = confidence(query, candidates)
    needed = 0.0 if query.offered_by else threshold(query.calibration, settings)
    answers = bool(candidates) and trust >= needed
    fresh = candidates if query.said is None else _further(retrieved, candidates)
    chosen = _choose(retrieved, fresh, settings.max_sentences) if answers and fresh else []
    statements = quotes(query, chosen)
    draft = opening(retrieved, trust, answers=bool(statements), settings=settings, look=look)
    if answers and not statements:
        draft = replace(draft, text=say("no_more", query.language))
    seconds = {**retrieved.seconds, "answer": perf_counter() - started}
    for count in range(1, len(statements) + 1):
        yield replace(draft, statements=tuple(statements[:count]), seconds=seconds)
    if not statements:
        yield replace(draft, seconds=seconds)


def opening(retrieved: Retrieved, trust: float, *, answers: bool, settings: Settings, look: Look) -> Draft:
    """Return a draft without statements: what is said instead of them if there will be none, and questions to go on with."""
    query = retrieved.query
    # Of a question in a language that cannot be searched, its names and figures are searched for, to propose questions about them.
    near = look(query.query).passages if query.reply and query.query != query.question else retrieved.passages
    documents = _documents(query.store, [p.chunk.document_id for p in near])

    def answered(question: str) -> bool:
        found = look(question)
        return confidence(found.query, quotable(found)) >= threshold(found.query.calibration, settings)

    return Draft(
        retrieved=retrieved,
        statements=(),
        abstained=not answers and not query.help,
        confidence=1.0 if query.help else round(trust, 4),
        text="" if answers else abstention_text(query, retrieved.candidates, retrieved.passages, documents),
        suggestions=suggest(
            query,
            documents,
            [
                s
                for s in query.store.suggestions
                if s.document_id not in query.removed and (not query.within or s.document_id in query.within.documents)
            ],
            (lambda question: False) if answers else answered,
        ),
    )


def _documents(store: Store, ids: Sequence[str]) -> list[StoredDocument]:
    found = [store.document(document_id) for document_id in dict.fromkeys(ids)]
    return [d for d in found if d is not None]


def quotable(retrieved: Retrieved) -> list[Candidate]:
    """Return the candidates that are whole sentences, best first, with what their form says for the kind of question added."""
    query = retrieved.query
    kinds = {d.id: d.kind for d in _documents(query.store, [p.chunk.document_id for p in retrieved.passages])}
    scored = [
        (
            c.score
            + form_bonus(query.asked, query.query, c.sentence, kinds.get(c.sentence.document_id, ""))
            + OFFERED * (c.sentence.document_id in query.offered_by),
            c,
        )
        for c in retrieved.candidates
        if _TERMINAL.search(c.sentence.text) and not c.sentence.text.endswith("?")
    ]
    found = scored_together(query, [replace(c, score=score) for score, c in scored])
    return newest_first(found) if "latest" in query.asked.wants else found


def _choose(retrieved: Retrieved, candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """Return the sentences to quote, in the order to quote them.

    The best comes first; each further one is that with the highest score once what it adds is counted: words of the question that
    no chosen sentence holds. So a question of two parts gets a sentence for each.
    """
    query = retrieved.query
    kind = query.asked.kind
    best = candidates[0]
    several = query.asked.parts > 1
    limit = min(limit, MAX_FACTUAL) if kind in _FACTUAL and not several else limit
    margin = LIST_MARGIN if kind == "list" else WIDE_MARGIN if several or kind in _OPEN else MARGIN
    # What was said already holds the most words of the question before; it does not keep out what is new.
    top = first_unsaid(candidates, query.talk.said).score if query.asked.led else best.score
    announcing = asks_for_several(query) and kind not in _FACTUAL
    follow = [replace(best, sentence=s) for s in announced(query.store, best.sentence) if announcing]
    chosen: list[Candidate] = []
    count = 0
    worth = _worths(query)
    within = margin + NEW_WORDS + MISSING_DETAIL * several
    left = [(c, _held(query, worth, c)) for c in candidates if c.score >= top - within]
    said: frozenset[str] = frozenset()
    while left and count < limit:
        known = told(query, chosen)
        at, gain = _most_telling(left, worth, said if chosen else frozenset(worth), known)
        if gain < top - margin:
            break
        candidate, held = left.pop(at)
        size = _size(query.store, candidate.sentence)
        # A disputed block comes whole or not at all; unless it is what the question is about, it must be close and fit.
        block = size > 1 and chosen and (count + size > limit or candidate.score < best.score - BLOCK_MARGIN)
        lacks = not best.missing and not known.issuperset(candidate.missing)
        if block or lacks or (chosen and (is_far(candidate, best) or announced(query.store, candidate.sentence))):
            continue
        if not any(adds_nothing(candidate.sentence, other.sentence, retrieved) for other in chosen):
            added = [candidate, *follow[: 0 if chosen else limit - 1]]
            chosen += added
            said |= held
            count += size + len(added) - 1
    fresh = (c for c in candidates if not any(repeats(c.sentence, other.sentence, retrieved) for other in chosen))
    chosen = with_another_voice(query, chosen, fresh, room=limit - count)
    return chosen if "latest" in query.asked.wants else _in_order(chosen, kind)


def _most_telling(
    left: Sequence[tuple[Candidate, frozenset[str]]],
    worth: Mapping[str, float],
    said: frozenset[str],
    known: frozenset[str],
) -> tuple[int, float]:
    """Return which of the sentences left has the highest score once what it adds is counted, and that score."""
    new = [sum(worth[w] for w in held - said) for _, held in left]
    gains = [c.score + (NEW_WORDS * n + excused(c, known) if n else 0.0) for (c, _), n in zip(left, new, strict=True)]
    at = max(range(len(left)), key=lambda i: (gains[i], -left[i][0].sentence.row))
    return at, gains[at]


def _worths(query: Query) -> dict[str, float]:
    """Return what each word of the question is worth to a further sentence: its share of the weight; several years share one."""
    weight = weights(query)
    total = sum(weight.values()) or 1.0
    years = query.asked.years if len(query.asked.years) > 1 else ()
    return {t: w / total for t, w in weight.items()} | dict.fromkeys(years, 1 / max(len(years), 1))


def _held(query: Query, words: Iterable[str], candidate: Candidate) -> frozenset[str]:
    """Return those of the words that the sentence holds, in any form; the year of its event counts as one of its words."""
    there = {*candidate.sentence.tokens, (candidate.sentence.date or "")[:4]}
    return frozenset(w for w in words if not query.asked.all_forms(w).isdisjoint(there))


def _size(store: Store, sentence: StoredSentence) -> int:
    return 1 if sentence.dispute is None else len(store.texts.dispute(sentence.document_id, sentence.dispute))


def _further(retrieved: Retrieved, candidates: list[Candidate]) -> list[Candidate]:
    """Return the candidates that were neither quoted nor written of before."""
    query = retrieved.query

    def tells(sentence: str, candidate: Candidate) -> bool:
        document = query.store.document(candidate.sentence.document_id)
        cited = Cited(text=candidate.sentence.text, language=document.language if document else "en")
        return bool(check_sentence(sentence, [cited], query.glossary).verdict)

    return unsaid(
        candidates, query.said or (), lambda one, other: repeats(one.sentence, other.sentence, retrieved), tells
    )


def _in_order(chosen: list[Candidate], kind: str) -> list[Candidate]:
    """Put facts best first; accounts and lists by event date if all have one; of the rest the best first, then by document as written."""
    if kind in _FACTUAL or len(chosen) < 2:
        return chosen
    if kind in {"list", "compare"} and all(c.sentence.date for c in chosen):
        return sorted(chosen, key=lambda c: (c.sentence.date or "", c.sentence.row))
    rank: dict[str, int] = {}
    for c in chosen:
        rank.setdefault(c.sentence.document_id, len(rank))
    first = chosen[0] if kind not in {"list", "compare"} else None
    return sorted(chosen, key=lambda c: (c is not first, rank[c.sentence.document_id], c.sentence.row))
