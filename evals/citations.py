"""What citations are worth, by code: are the quotes there, do they support what is said, do they bear what was asked for?

Recall and precision follow ALCE (Gao et al., arXiv 2305.14627) with `bot.support` in the place of its language model; "gold" is
the same against the evidence of the case: a span counts if it holds a sentence that states a nugget.
"""

from collections.abc import Callable, Sequence

from bot.check import Cited, check_sentence
from bot.support import support
from corpus.text import normalise_quote
from evals.cases import Case
from evals.gold import Gold, holds
from evals.replies import Quote, Reply, Said
from index.store import Store

Supports = Callable[[str, str], bool]
"""Tells whether a text (second) supports a claim (first)."""


def by_rules(claim: str, text: str) -> bool:
    """Tell whether the text supports the claim by the rules of `bot.support`; across languages, by those of `bot.across`."""
    return support(claim, text).supported or check_sentence(claim, [Cited(text=text)]).verdict == "translated"


def is_verbatim(store: Store, document_id: str, start: int, end: int, quote: str) -> bool:
    """Tell whether the document holds exactly these words at these offsets, after `corpus.text.normalise_quote`."""
    document = store.document(document_id)
    words = normalise_quote(quote)
    return (
        document is not None
        and 0 <= start < end <= len(document.text)
        and bool(words)
        and normalise_quote(document.text[start:end]) == words
    )


def verbatim_rate(store: Store, quotes: Sequence[Quote]) -> float | None:
    """Return the share of quotes that stand in the index's own copy of their document; None if nothing is quoted."""
    if not quotes:
        return None
    found = sum(is_verbatim(store, q.document_id, q.source_start, q.source_end, q.text) for q in quotes)
    return found / len(quotes)


def citation_recall(said: Sequence[Said], supports: Supports = by_rules) -> float | None:
    """Return the share of statements that all their quotes together support; one without a quote is not; None if none is said."""
    if not said:
        return None
    return sum(_recalled(s, supports) for s in said) / len(said)


def citation_precision(said: Sequence[Said], supports: Supports = by_rules) -> float | None:
    """Return the share of citations that are not idle; None if nothing is cited.

    A citation is idle if its statement is not supported at all, or if it does not support the statement by itself and the
    others do without it.
    """
    cited = [(s, i) for s in said for i in range(len(s.quotes))]
    if not cited:
        return None
    return sum(_needed(s, i, supports) for s, i in cited) / len(cited)


def gold_recall(case: Case, reply: Reply, gold: Gold) -> float | None:
    """Return the share of vital nuggets for which a quote holds a sentence that states it; None without evidence."""
    evidence = gold.evidence(case).sentences
    if not evidence:
        return None
    borne = [any(holds(q, s) for q in reply.quotes for s in stated) for stated in evidence.values()]
    return sum(borne) / len(borne)


def gold_precision(case: Case, reply: Reply) -> float | None:
    """Return the share of quotes, of any document, that state a nugget of the case; None if nothing is quoted or asked for."""
    if not reply.quotes or not case.answerable or not case.nuggets:
        return None
    return sum(any(n.found_in(q.text) for n in case.nuggets) for q in reply.quotes) / len(reply.quotes)


def _recalled(said: Said, supports: Supports) -> bool:
    return bool(said.quotes) and supports(said.text, " ".join(q.text for q in said.quotes))


def _needed(said: Said, number: int, supports: Supports) -> bool:
    if not _recalled(said, supports):
        return False
    alone = supports(said.text, said.quotes[number].text)
    others = " ".join(q.text for i, q in enumerate(said.quotes) if i != number)
    return alone or not supports(said.text, others)
