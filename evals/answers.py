"""What an answer is worth for a case, without any model. Definitions are in docs/evals.md."""

from dataclasses import dataclass

from bot.records import Answer
from corpus.text import normalise_quote
from evals.cases import Case
from index.store import Store


@dataclass(frozen=True, kw_only=True)
class Score:
    """The values for one case; those that make no sense for it are None.

    truthfulness is +1 (right: every vital nugget and no must_not, or an unanswerable question declined), 0 (partly right, or
    an answerable question declined), -1 (wrong, or an unanswerable question answered).
    """

    case_id: str
    kind: str
    answerable: bool
    abstained: bool
    confidence: float
    vital_recall: float | None
    fully_answered: bool | None
    right_document: bool | None
    must_not: bool
    quotes: int
    verbatim: int
    words: int
    truthfulness: int
    missed: tuple[str, ...] = ()
    error: str | None = None
    seconds: float = 0.0


def score(case: Case, answer: Answer, store: Store) -> Score:
    """Return what the answer is worth; citations are checked against the documents of the index, not taken on trust."""
    text = "" if answer.abstained else answer.answer
    vital = [n for n in case.nuggets if n.vital and case.answerable]
    found = [n for n in vital if n.found_in(text)]
    hit = any(_matches(pattern, text) for pattern in case.must_not)
    recall = len(found) / len(vital) if vital else None
    cited = {c.document_id for c in answer.citations}
    return Score(
        case_id=case.id,
        kind=case.kind,
        answerable=case.answerable,
        abstained=answer.abstained,
        confidence=answer.confidence,
        vital_recall=recall,
        fully_answered=recall == 1.0 and not hit if recall is not None else None,
        right_document=bool(cited & set(case.documents)) if case.documents and case.answerable else None,
        must_not=hit,
        quotes=len(answer.citations),
        verbatim=sum(
            is_verbatim(store, c.document_id, c.source_start, c.source_end, c.cited_text) for c in answer.citations
        ),
        words=len(text.split()),
        truthfulness=_truthfulness(case, answer.abstained, recall, hit),
        missed=tuple(n.id for n in vital if n not in found),
        seconds=answer.seconds["total"],
    )


def crashed(case: Case, error: Exception) -> Score:
    """Return the score of a case on which the bot raised: nothing right, shown as an error, never skipped."""
    return Score(
        case_id=case.id,
        kind=case.kind,
        answerable=case.answerable,
        abstained=False,
        confidence=0.0,
        vital_recall=0.0 if case.answerable and case.nuggets else None,
        fully_answered=False if case.answerable and case.nuggets else None,
        right_document=False if case.answerable and case.documents else None,
        must_not=False,
        quotes=0,
        verbatim=0,
        words=0,
        truthfulness=-1,
        error=f"{type(error).__name__}: {error}",
    )


def is_verbatim(store: Store, document_id: str, start: int, end: int, quote: str) -> bool:
    """Tell whether the document holds exactly these words at these offsets, after `corpus.text.normalise_quote`."""
    document = store.document(document_id)
    return (
        document is not None
        and bool(quote.strip())
        and normalise_quote(document.text[start:end]) == normalise_quote(quote)
    )


def _matches(pattern: str, text: str) -> bool:
    import re

    return re.search(pattern, text, re.IGNORECASE) is not None


def _truthfulness(case: Case, abstained: bool, recall: float | None, hit: bool) -> int:
    if not case.answerable:
        return 1 if abstained else -1
    if abstained:
        return 0
    if hit or recall == 0.0:
        return -1
    return 1 if recall in (None, 1.0) else 0
