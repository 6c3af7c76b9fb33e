"""What a reply is worth for a case, without any model. Definitions are in docs/evals.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from evals.cases import CONTESTED, Case
from evals.citations import citation_precision, citation_recall, gold_precision, gold_recall, verbatim_rate
from evals.failures import failure_of
from evals.gold import Evidence, Gold, evidence_recall
from evals.overlap import rouge_l, token_f1
from evals.replies import Ranked, Reply, documents_of
from evals.retrieval import measures_of


@dataclass(frozen=True, kw_only=True)
class Score:
    """The values for one case.

    truthfulness is +1 (right: every vital nugget and no must_not, or an unanswerable question declined), 0 (partly right, or
    an answerable question declined), -1 (wrong: no vital nugget or a must_not, or an unanswerable question answered). `right`
    tells whether the answer, or the one an abstention withheld, is right; None if nothing was withheld. `values` holds the
    measures of `evals.metrics` that make sense for this case.
    """

    case_id: str
    kind: str
    answerable: bool
    abstained: bool
    confidence: float
    truthfulness: int
    right: bool | None = None
    failure: str = ""
    missed: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    error: str | None = None
    seconds: float = 0.0
    values: Mapping[str, float] = field(default_factory=dict)


def score(case: Case, reply: Reply, gold: Gold, withheld: Reply | None = None) -> Score:
    """Return what the reply is worth; quotes are checked against the documents of the index, not taken on trust.

    Args:
        case: what was asked.
        reply: what a system said.
        gold: the evidence in the index.
        withheld: what the system would have said if it had not abstained, if that is known.
    """
    nuggets = case.nuggets if case.answerable else ()
    vital = [n for n in nuggets if n.vital]
    stated = tuple(n.id for n in nuggets if not reply.abstained and n.found_in(reply.text))
    hit = not reply.abstained and any(re.search(p, reply.text, re.IGNORECASE) for p in case.must_not)
    recall = sum(n.id in stated for n in vital) / len(vital) if vital else None
    truth = _truthfulness(case, reply.abstained, recall, hit)
    values: dict[str, float | None] = {"truthfulness": truth, "abstained": reply.abstained, "must_not": hit}
    if case.answerable:
        values |= {
            "nuggets": recall,
            "all nuggets": len(stated) / len(nuggets) if nuggets else None,
            "full": recall == 1.0 and not hit if recall is not None else None,
            "right document": _right_document(case, reply),
        }
    values |= _model_values(reply)
    values |= _wording(case, reply) | _citation_values(case, reply, gold) | _retrieval_values(case, reply, gold)
    if case.kind in CONTESTED and not reply.abstained:
        values["two voices"] = len(reply.voices) >= 2
    shown = withheld if reply.abstained else reply
    return Score(
        case_id=case.id,
        kind=case.kind,
        answerable=case.answerable,
        abstained=reply.abstained,
        confidence=reply.confidence,
        truthfulness=truth,
        right=None if shown is None or shown.abstained else _is_right(case, shown),
        failure=failure_of(case, reply, gold, truth=truth, hit=hit),
        missed=tuple(n.id for n in vital if n.id not in stated),
        stated=stated,
        seconds=reply.seconds,
        values={name: float(value) for name, value in values.items() if value is not None},
    )


def crashed(case: Case, error: Exception) -> Score:
    """Return the score of a case on which the system raised: nothing right, shown as an error, never skipped."""
    names = ["must_not"]
    if case.answerable:
        names += ["all nuggets"] if case.nuggets else []
        names += ["nuggets", "full"] if any(n.vital for n in case.nuggets) else []
        names += ["right document"] if case.documents else []
        names += ["ROUGE-L", "token F1"] if case.reference else []
    return Score(
        case_id=case.id,
        kind=case.kind,
        answerable=case.answerable,
        abstained=False,
        confidence=0.0,
        truthfulness=-1,
        right=False,
        failure="error",
        error=f"{type(error).__name__}: {error}",
        values={"truthfulness": -1.0, "abstained": 0.0, **dict.fromkeys(names, 0.0)},
    )


def _model_values(reply: Reply) -> dict[str, float | None]:
    """Return what a chat model had to do with the reply; nothing if none was asked."""
    if reply.answer is None or not reply.answer.usage.calls:
        return {}
    usage = reply.answer.usage
    written = {} if reply.abstained else {"written": float(reply.answer.mode == "generative")}
    return {**written, "tokens read": float(usage.input_tokens), "tokens written": float(usage.output_tokens)}


def _is_right(case: Case, reply: Reply) -> bool:
    if not case.answerable:
        return False
    hit = any(re.search(p, reply.text, re.IGNORECASE) for p in case.must_not)
    return not hit and all(n.found_in(reply.text) for n in case.nuggets if n.vital)


def _truthfulness(case: Case, abstained: bool, recall: float | None, hit: bool) -> int:
    if not case.answerable:
        return 1 if abstained else -1
    if abstained:
        return 0
    if hit or recall == 0.0:
        return -1
    return 1 if recall in (None, 1.0) else 0


def _right_document(case: Case, reply: Reply) -> bool | None:
    return bool({q.document_id for q in reply.quotes} & set(case.documents)) if case.documents else None


def _wording(case: Case, reply: Reply) -> dict[str, float | None]:
    """Return length, and likeness to the reference answer; an abstention is like nothing."""
    found: dict[str, float | None] = {}
    if not reply.abstained:
        found |= {"words": len(reply.text.split()), "characters": len(reply.text)}
    if case.reference and case.answerable:
        text = "" if reply.abstained else reply.text
        found |= {"ROUGE-L": rouge_l(text, case.reference), "token F1": token_f1(text, case.reference)}
    return found


def _citation_values(case: Case, reply: Reply, gold: Gold) -> dict[str, float | None]:
    return {
        "verbatim": verbatim_rate(gold.store, reply.quotes),
        "citation recall": citation_recall(reply.said),
        "citation precision": citation_precision(reply.said),
        "gold recall": gold_recall(case, reply, gold),
        "gold precision": gold_precision(case, reply),
    }


def _retrieval_values(case: Case, reply: Reply, gold: Gold) -> dict[str, float | None]:
    evidence: Evidence = gold.evidence(case)
    ranked: tuple[Ranked, ...] = reply.passages
    if not reply.ranks or not case.answerable:
        return {}
    documents = [name for name, _ in documents_of(ranked)]
    values: dict[str, float | None] = {f"evidence recall@{k}": evidence_recall(evidence, ranked, k) for k in (1, 5, 10)}
    values |= {f"document {name}": value for name, value in measures_of(documents, evidence.documents).items()}
    ids = [p.id for p in ranked]
    if not ids or any(map(gold.knows_passage, ids)):
        values |= {f"passage {name}": value for name, value in measures_of(ids, evidence.passages).items()}
    return values
