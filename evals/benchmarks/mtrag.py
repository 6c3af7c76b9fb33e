"""MTRAG: the last turn of a conversation. Are its passages found among all of them, and is what they do not answer declined?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.benchmarks.asking import BM25, BOT, MINILM, Asker, ranking_values, retrieval_values
from evals.benchmarks.common import (
    Benchmark,
    DataSet,
    Item,
    Outcome,
    Pool,
    not_of_the_form,
    read_lines,
    refuse_articles,
    text_of,
)
from evals.benchmarks.tables import ABSTENTION, Table, abstention_row, by_kind, retrieval_table, share
from evals.cases import Case

ROLES = {"user": "user", "agent": "assistant"}
ANSWERED = ("ANSWERABLE", "PARTIAL")
KINDS = (*ANSWERED, "UNANSWERABLE", "UNDERSPECIFIED", "CONVERSATIONAL")
LAST_TURN = "the bot, last turn only"
SYSTEMS = (BOT, LAST_TURN, BM25, MINILM)
MEASURES = ("R@1", "R@5", "recall@5", "MRR@10")


@dataclass(frozen=True, kw_only=True)
class Gold:
    """How many messages stand before the last turn."""

    before: int


def read(paths: Sequence[Path], articles: int | None) -> DataSet[Gold]:
    """Read MTRAG's JSONL of tasks: conversations whose last message is the question.

    Raises:
        EvalError: a line is not of that form.
    """
    refuse_articles(articles, "mtrag")
    pool = Pool()
    items = []
    for where, data in read_lines(paths):
        try:
            items.append(_item(data, pool))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise not_of_the_form(where, "MTRAG", error) from error
    return DataSet(sources=pool.sources, items=tuple(items))


def _item(data: Mapping[str, Any], pool: Pool) -> Item[Gold]:  # Any: JSON values
    *before, last = data["input"]
    # MTRAG writes the name with a capital, MTRAG-UN without.
    (kind,) = data["Answerability"] if "Answerability" in data else data["answerability"]
    if kind not in KINDS:
        raise ValueError(f"'answerability' is {kind!r}, not one of {', '.join(KINDS)}")
    if last["speaker"] != "user":
        raise ValueError("the last message is not the user's")
    passages = [pool.add(text_of(c.get("title", "")), text_of(c["text"])) for c in data["contexts"]]
    return Item(
        case=Case(
            id=text_of(data["task_id"]),
            question=text_of(last["text"]),
            kind=kind,
            answerable=kind in ANSWERED,
            history=tuple({"role": ROLES[turn["speaker"]], "content": text_of(turn["text"])} for turn in before),
        ),
        gold=Gold(before=len(before)),
        relevant=tuple(dict.fromkeys(passages)),
    )


def measure(item: Item[Gold], asker: Asker) -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Put one last turn with its conversation and return (values, said)."""
    heard = asker.ask(item.case)
    values = heard.values() | {"follow-up": float(item.gold.before > 0), "has passages": float(bool(item.relevant))}
    if item.relevant:
        values |= retrieval_values(asker, item.case, heard.reply, item.relevant)
        values |= ranking_values(LAST_TURN, asker.last_turn_only(item.case.question), item.relevant)
        cited = {q.document_id for q in heard.shown.quotes}
        values["cites"] = float(bool(cited & set(item.relevant)) and not heard.reply.abstained)
        values["would cite"] = float(bool(cited & set(item.relevant)))
    return values, {"all": heard.shown.text}


def tables(outcomes: Sequence[Outcome]) -> list[Table]:
    """Return the figures over all tasks."""
    findable = [o for o in outcomes if o.values.get("has passages") or (o.error and o.answerable)]
    first = [o for o in findable if not o.values.get("follow-up")]
    later = [o for o in findable if o.values.get("follow-up")]
    kinds = by_kind(outcomes)
    declined = [(kind, len(found), (share(found, "abstained"),)) for kind, found in sorted(kinds.items())]
    answerable = kinds.get("ANSWERABLE", [])
    cites = (share(answerable, "cites"), share(answerable, "would cite"))
    return [
        retrieval_table("Gold passages among all", findable, SYSTEMS, MEASURES),
        retrieval_table("Gold passages among all: follow-ups", later, SYSTEMS, MEASURES),
        retrieval_table("Gold passages among all: first turns", first, SYSTEMS, MEASURES),
        Table(
            title="A gold passage is quoted",
            columns=("share", "share if it never declined"),
            rows=(("ANSWERABLE", len(answerable), cites),),
        ),
        Table(title="Abstained, by what the data set says of the task", columns=("share",), rows=tuple(declined)),
        Table(
            title="Abstention: ANSWERABLE against UNANSWERABLE",
            columns=ABSTENTION,
            rows=(abstention_row(BOT, answerable, kinds.get("UNANSWERABLE", [])),),
        ),
    ]


MTRAG = Benchmark(name="mtrag", read=read, measure=measure, tables=tables)
