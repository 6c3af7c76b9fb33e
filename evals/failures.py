"""Why a case went wrong, computed: where on the way from the question to the answer the right words were lost."""

from evals.cases import CONTESTED, Case
from evals.citations import citation_recall, verbatim_rate
from evals.gold import Gold, evidence_recall, holds
from evals.replies import Reply

FAILURES = {
    "error": "the system raised an error",
    "unsupported": "a quote that is not in its document, or a statement that its quotes do not support",
    "bluff": "answered what the corpus does not hold",
    "false abstention": "declined what the corpus answers, with the evidence found",
    "stale": "an older state of things where a newer one is asked for",
    "contradicted": "the answer holds what a right one must not",
    "one-sided": "a contested question with only some of its sides",
    "not retrieved": "some of the evidence is in none of the passages found",
    "not chosen": "the evidence was found, but nothing of its document is quoted",
    "incomplete": "some of what a right answer holds is missing",
    "wrong sentence": "the document with the evidence is quoted, but not the sentence that answers",
}
"""Names of failures; the first that applies is given, but evidence that was not found comes before a false abstention. None is the
empty string."""


def failure_of(case: Case, reply: Reply, gold: Gold, *, truth: int, hit: bool) -> str:
    """Return the name of what went wrong, or the empty string if nothing did."""
    if not reply.abstained and not _supported(reply, gold):
        return "unsupported"
    if truth == 1:
        return ""
    if not case.answerable:
        return "bluff"
    if reply.abstained:
        return "false abstention" if _found(case, reply, gold) else "not retrieved"
    if hit:
        return "stale" if case.kind == "date" else "contradicted"
    if truth == 0:
        return "one-sided" if case.kind in CONTESTED else _lost(case, reply, gold, default="incomplete")
    return _lost(case, reply, gold, default="wrong sentence")


def _lost(case: Case, reply: Reply, gold: Gold, default: str) -> str:
    """Return where the evidence of what is missing was lost; `default` if its document is quoted."""
    if not _found(case, reply, gold):
        return "not retrieved"
    evidence = gold.evidence(case)
    quoted = {q.document_id for q in reply.quotes}
    missing = [
        stated
        for stated in evidence.sentences.values()
        if stated and not any(holds(q, s) for q in reply.quotes for s in stated)
    ]
    if missing and not any(s.document_id in quoted for stated in missing for s in stated):
        return "not chosen"
    return default


def _found(case: Case, reply: Reply, gold: Gold) -> bool:
    """Tell whether all the evidence is among the passages; systems that rank none are not blamed for that."""
    recall = evidence_recall(gold.evidence(case), reply.passages, len(reply.passages))
    return not reply.ranks or recall is None or recall == 1.0


def _supported(reply: Reply, gold: Gold) -> bool:
    verbatim = verbatim_rate(gold.store, reply.quotes)
    recall = citation_recall(reply.said)
    return verbatim in (None, 1.0) and recall in (None, 1.0)
