"""RAMDocs: questions whose documents disagree, rightly or by misinformation. Are all positions found, and each put down to its document?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.benchmarks.asking import Asker, Heard
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
    texts_of,
)
from evals.benchmarks.matching import answer_words, holds_answer
from evals.benchmarks.tables import Table, average, share
from evals.cases import Case
from evals.replies import KEPT_SENTENCES, Reply

TYPES = ("correct", "misinfo", "noise")
OWN, ALL = "own documents", "all documents"
NEVER = ", never declining"
WHOLE = "own documents, quoted whole"
EXACT, EVERY_GOLD, MISLED, EVERY, ATTRIBUTED, SHARE, ABSTAINED = (
    "exact", "every gold answer", "misled", "every position", "every position attributed", "positions attributed", "abstained",
)  # fmt: skip
MEASURES = (EXACT, EVERY_GOLD, MISLED, EVERY, ATTRIBUTED)
FOUND = "every position found"


@dataclass(frozen=True, kw_only=True)
class Position:
    """An answer that documents give, and the ids of those that give it; `gold` tells right ones from wrong ones."""

    answer: str
    gold: bool
    documents: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Gold:
    """The answers that are right, those that are wrong, and the positions that some document is labelled with."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]
    positions: tuple[Position, ...]


def read(paths: Sequence[Path], articles: int | None) -> DataSet[Gold]:
    """Read RAMDocs' JSONL.

    Raises:
        EvalError: a line is not of that form.
    """
    refuse_articles(articles, "ramdocs")
    pool = Pool()
    items = []
    for number, (where, data) in enumerate(read_lines(paths), 1):
        try:
            items.append(_item(f"{number:04d}", data, pool))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise not_of_the_form(where, "RAMDocs", error) from error
    return DataSet(sources=pool.sources, items=tuple(items))


def _item(name: str, data: Mapping[str, Any], pool: Pool) -> Item[Gold]:  # Any: JSON values
    right, wrong = texts_of(data["gold_answers"]), tuple(dict.fromkeys(texts_of(data["wrong_answers"])))
    if not right:
        raise ValueError("'gold_answers' is empty")
    labelled: list[tuple[str, str]] = []
    own = []
    for document in data["documents"]:
        if document["type"] not in TYPES:
            raise ValueError(f"the document type {document['type']!r} is not one of {', '.join(TYPES)}")
        own.append(pool.add("", text_of(document["text"])))
        if document["type"] != "noise":
            labelled.append((own[-1], text_of(document["answer"])))
    positions = tuple(
        Position(answer=answer, gold=answer in right, documents=documents)
        for answer in dict.fromkeys((*right, *wrong))
        if (documents := labelled_with(answer, labelled))
    )
    kind = ("ambiguous" if len(right) > 1 else "one answer") + (", misinformed" if wrong else "")
    return Item(
        case=Case(id=name, question=text_of(data["question"]), kind=kind, answerable=True),
        gold=Gold(right=right, wrong=wrong, positions=positions),
        relevant=tuple(dict.fromkeys(own)),
    )


def labelled_with(answer: str, labelled: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the documents whose label is an answer; if none is, those whose label and the answer hold one another's words.

    The data set writes "3,559" here and "3,559 people" there.
    """
    words = answer_words(answer)
    exact = frozenset(d for d, label in labelled if answer_words(label) == words)
    return exact or frozenset(d for d, label in labelled if holds_answer(label, answer) or holds_answer(answer, label))


def measure(item: Item[Gold], asker: Asker) -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Put one question, once over its own documents and once over all of them, and return (values, said)."""
    own, every = asker.ask_given(item.case, item.relevant), asker.ask(item.case)
    values = {"positions": float(len(item.gold.positions)), "right ones": float(len(item.gold.right))}
    values["wrong ones"] = float(len(item.gold.wrong))
    for way, heard in ((OWN, own), (ALL, every)):
        values |= _values(way, heard, item.gold)
    documents = [asker.bot.store.document(name) for name in item.relevant]
    said = [(d.text, frozenset({d.id})) for d in documents if d is not None]
    values |= {f"{WHOLE} {name}": value for name, value in judge(said, item.gold).items()}
    return values, {OWN: own.shown.text, ALL: every.shown.text}


def _values(way: str, heard: Heard, gold: Gold) -> dict[str, float]:
    found = judge([] if heard.reply.abstained else statements(heard.reply), gold)
    found[ABSTAINED] = float(heard.reply.abstained)
    found[FOUND] = float(among([(s.text, s.document_id) for s in heard.reply.sentences], gold))
    shown = judge(statements(heard.shown), gold)
    return {f"{way} {n}": v for n, v in found.items()} | {f"{way}{NEVER} {n}": v for n, v in shown.items()}


def statements(reply: Reply) -> list[tuple[str, frozenset[str]]]:
    """Return what a reply states, each with the documents that it cites for it."""
    return [(said.text, frozenset(q.document_id for q in said.quotes)) for said in reply.said]


def among(sentences: Sequence[tuple[str, str]], gold: Gold) -> bool:
    """Tell whether (text, document) hold every position, each in a sentence of a document labelled with it."""
    return bool(gold.positions) and all(
        any(document in p.documents and holds_answer(text, p.answer) for text, document in sentences)
        for p in gold.positions
    )


def judge(said: Sequence[tuple[str, frozenset[str]]], gold: Gold) -> dict[str, float]:
    """Return what (text, cited documents) is worth: RAMDocs' own exact match, and whether all positions stand there with their sources."""

    def stands(answer: str) -> bool:
        return any(holds_answer(text, answer) for text, _ in said)

    right = [stands(a) for a in gold.right]
    wrong = [stands(a) for a in gold.wrong]
    attributed = [
        any(holds_answer(text, p.answer) and cited & p.documents for text, cited in said) for p in gold.positions
    ]
    return {
        EXACT: float(all(right) and not any(wrong)),
        EVERY_GOLD: float(all(right)),
        MISLED: float(any(wrong) and not any(right)),
        EVERY: float(bool(gold.positions) and all(stands(p.answer) for p in gold.positions)),
        ATTRIBUTED: float(bool(attributed) and all(attributed)),
        SHARE: sum(attributed) / len(attributed) if attributed else 0.0,
    }


def tables(outcomes: Sequence[Outcome]) -> list[Table]:
    """Return the figures over all questions, and over those whose documents disagree."""
    disagree = [o for o in outcomes if o.values.get("positions", 0) > 1 or o.error]
    misinformed = [o for o in outcomes if o.values.get("wrong ones", 0) > 0]
    ambiguous = [o for o in outcomes if o.values.get("right ones", 0) > 1]
    found = [(way, len(disagree), (share(disagree, f"{way} {FOUND}"),)) for way in (OWN, ALL)]
    return [
        _table("All questions", outcomes),
        _table("Conflict: two positions or more", disagree),
        _table("Ambiguous: two right answers or more", ambiguous),
        _table("Misinformed: a wrong answer or more", misinformed),
        Table(
            title=f"Conflict: every position among the {KEPT_SENTENCES} sentences that the search ranks first",
            columns=("share",),
            rows=tuple(found),
        ),
    ]


def _table(title: str, outcomes: Sequence[Outcome]) -> Table:
    rows = [
        (
            way,
            len(outcomes),
            (
                *(share(outcomes, f"{way} {m}") for m in MEASURES),
                average(outcomes, f"{way} {SHARE}"),
                share(outcomes, f"{way} {ABSTAINED}"),
            ),
        )
        for way in (OWN, OWN + NEVER, ALL, ALL + NEVER, WHOLE)
    ]
    return Table(title=title, columns=(*MEASURES, SHARE, ABSTAINED), rows=tuple(rows))


RAMDOCS = Benchmark(name="ramdocs", read=read, measure=measure, tables=tables)
