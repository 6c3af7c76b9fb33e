"""Cases over the small corpus of tests/conftest.py, and results and runs made by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evals.answers import Score
from evals.cases import Case, Nugget, hash_of
from evals.replies import Reply
from evals.run import Result
from evals.runs import FORMAT, About, Run
from tests.fakes import BagOfWords


def nugget(name: str, *patterns: str, vital: bool = True) -> Nugget:
    return Nugget(id=name, any=patterns, vital=vital)


SIGNED = Case(
    id="signed", question="When was the friendship treaty signed?", kind="fact", answerable=True,
    nuggets=(nugget("date", "16 July 2001"),), documents=("treaty",), reference="It was signed on 16 July 2001.",
)  # fmt: skip
EXTENDED = Case(
    id="extended", question="When was the friendship treaty extended?", kind="date", answerable=True,
    nuggets=(nugget("date", "June 2021"),), documents=("treaty",), split="test",
)  # fmt: skip
SHOTS = Case(
    id="shots", question="Who fired first on Zhenbao Island in March 1969?", kind="dispute", answerable=True,
    nuggets=(nugget("soviet", "Chinese soldiers fired first"), nugget("chinese", "Soviet soldiers fired first")),
    documents=("border",),
)  # fmt: skip
TRADE = Case(
    id="trade", question="Why does trade between the neighbours keep growing?", kind="fact", answerable=True,
    nuggets=(nugget("oil", "oil and gas"),), documents=("essay",),
)  # fmt: skip
PERU = Case(id="peru", question="What is the capital of Peru?", kind="off-topic", answerable=False)
MISSILES = Case(
    id="missiles", question="How many S-500 systems has China bought?", kind="near-miss", answerable=False, split="test"
)
CASES = [SIGNED, EXTENDED, SHOTS, TRADE, PERU, MISSILES]


def broken(case: Case) -> Case:
    """Return the case with a question on which `Breaks` raises."""
    return replace(case, id=f"{case.id}-broken", question=f"{case.question} Does it break?")


class Breaks(BagOfWords):
    """An embedder that fails on questions that say so."""

    def embed_query(self, text: str) -> Any:
        if "break" in text:
            raise RuntimeError("the model broke")
        return super().embed_query(text)


def fact(name: str = "case", **changed: Any) -> Case:
    """Return an answerable case whose answer holds "yes"."""
    case = Case(id=name, question=f"Question {name}?", kind="fact", answerable=True, nuggets=(nugget("yes", "yes"),))
    return replace(case, **changed)


def absent(name: str = "absent", **changed: Any) -> Case:
    """Return an unanswerable case."""
    return replace(Case(id=name, question=f"Question {name}?", kind="near-miss", answerable=False), **changed)


def result(case: Case, truth: int, *, abstained: bool = False, text: str = "yes", **changed: Any) -> Result:
    """Return a result worth `truth`; `values` and other fields of its score can be given."""
    values = {"truthfulness": float(truth), "abstained": float(abstained), **changed.pop("values", {})}
    score = Score(
        case_id=case.id,
        kind=case.kind,
        answerable=case.answerable,
        abstained=abstained,
        confidence=changed.pop("confidence", 0.9),
        truthfulness=truth,
        right=changed.pop("right", truth == 1 and case.answerable),
        values=values,
        **changed,
    )
    reply = Reply(text="" if abstained else text, abstained=abstained, confidence=score.confidence)
    return Result(case=case, reply=None if score.error else reply, score=score)


def run_of(
    results: Sequence[Result],
    name: str = "2026-11-26-abc",
    *,
    folder: Path = Path("nowhere"),
    baselines: Mapping[str, Sequence[Score]] | None = None,
    **changed: Any,
) -> Run:
    """Return a complete run with these results; other keyword arguments change what is known about it."""
    cases = [r.case for r in results]
    about = About(
        format=FORMAT,
        id=name,
        started="2026-11-26T10:00:00+00:00",
        fingerprint="abc",
        corpus_revision="texts-1",
        as_of="2026-11-01",
        settings={"k": 12, "min_confidence": None},
        index={"embedding_model": "bag-of-words", "chunk_tokens": 64, "documents": 3, "chunks": 5, "sentences": 11},
        cases=len(cases),
        cases_hash=hash_of(cases),
        asked_for={},
        complete=True,
        seconds=1.0,
    )
    return Run(
        folder=folder,
        about=replace(about, **changed),
        results=tuple(results),
        baselines={n: tuple(s) for n, s in (baselines or {}).items()},
    )
