"""ClapNQ: answers put together from several sentences of a passage, with the passage given and with it to be found among all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.benchmarks.asking import BM25, BOT, MINILM, Asker, Heard, retrieval_values
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
from evals.benchmarks.matching import Span, covered, locate
from evals.benchmarks.tables import (
    ABSTENTION,
    CHARACTERS,
    Table,
    abstention_row,
    average,
    retrieval_table,
    share,
    split,
)
from evals.cases import Case
from evals.overlap import rouge_l
from evals.replies import Quote, Reply

GIVEN, ALL = "passage given", "end to end"
NEVER = ", never declining"
LEAD, WHOLE = "first 3 sentences of the gold passage", "whole gold passage"
LEAD_SENTENCES = 3
MEASURES = ("ROUGE-L", "sentence F1", "sentence precision", "sentence recall", CHARACTERS)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One annotator's answer and the numbers of the sentences of the passage that it was made from."""

    answer: str
    selected: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Gold:
    """The sentences of the gold passage as the data set cuts them, and the answers; no answer if it holds none."""

    sentences: tuple[str, ...]
    references: tuple[Reference, ...]


def read(paths: Sequence[Path], articles: int | None) -> DataSet[Gold]:
    """Read ClapNQ's JSONL, answerable and unanswerable questions in any number of files.

    Raises:
        EvalError: a line is not of that form.
    """
    refuse_articles(articles, "clapnq")
    pool = Pool()
    items = []
    for where, data in read_lines(paths):
        try:
            items.append(_item(data, pool))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise not_of_the_form(where, "ClapNQ", error) from error
    return DataSet(sources=pool.sources, items=tuple(items))


def _item(data: Mapping[str, Any], pool: Pool) -> Item[Gold]:  # Any: JSON values
    passage = data["passages"][0]
    sentences = texts_of(passage["sentences"])
    outputs = [o for o in data["output"] if o.get("answer")]
    references = tuple(
        Reference(answer=text_of(o["answer"]), selected=_numbers(texts_of(o["selected_sentences"]), sentences))
        for o in outputs
    )
    return Item(
        case=Case(
            id=str(data["id"]),  # some files write it as a number
            question=text_of(data["input"]),
            kind="answerable" if references else "unanswerable",
            answerable=bool(references),
        ),
        gold=Gold(sentences=sentences, references=references),
        relevant=(pool.add(text_of(passage["title"]), text_of(passage["text"])),),
    )


def _numbers(selected: Sequence[str], sentences: Sequence[str]) -> frozenset[int]:
    """Return the numbers of the selected sentences; white space does not count, nor does an "&" that some end with."""
    wanted = {_dense(s) for s in selected}
    return frozenset(n for n, s in enumerate(sentences) if _dense(s) in wanted)


def _dense(text: str) -> str:
    return "".join(text.split()).rstrip("&")


def measure(item: Item[Gold], asker: Asker) -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Put one question, once with its passage given and once with all of them, and return (values, said)."""
    given = asker.ask_given(item.case, item.relevant)
    heard = asker.ask(item.case)
    values = given.values(f"{GIVEN} ") | heard.values(f"{ALL} ")
    if item.case.answerable:
        document = asker.bot.store.document(item.relevant[0])
        text = document.text if document else ""
        spans = locate(text, item.gold.sentences)
        values |= retrieval_values(asker, item.case, heard.reply, item.relevant)
        for way, said in ((GIVEN, given), (ALL, heard)):
            values |= _of_answer(way, said, spans, item)
        lead = _quoted(text, [s for s in spans if s][:LEAD_SENTENCES], item.relevant[0])
        values |= _likeness(LEAD, " ".join(q.text for q in lead), lead, spans, item)
        whole = _quoted(text, [(0, len(text))], item.relevant[0])
        values |= _likeness(WHOLE, text, whole, spans, item)
    return values, {GIVEN: given.shown.text, ALL: heard.shown.text}


def _of_answer(way: str, heard: Heard, spans: Sequence[Span | None], item: Item[Gold]) -> dict[str, float]:
    """Return the measures of the answer, an abstention being like nothing, and of what the bot says if it never declines."""
    silent = Reply(text="", abstained=True, confidence=0.0)
    said = silent if heard.reply.abstained else heard.reply
    return _likeness(way, said.text, said.quotes, spans, item) | _likeness(
        way + NEVER, heard.shown.text, heard.shown.quotes, spans, item
    )


def _likeness(
    way: str, text: str, quotes: Sequence[Quote], spans: Sequence[Span | None], item: Item[Gold]
) -> dict[str, float]:
    """Return ROUGE-L and the F1 of sentences, each against the reference that suits the answer best."""
    inside = covered(spans, [q for q in quotes if q.document_id == item.relevant[0]])
    elsewhere = sum(q.document_id != item.relevant[0] for q in quotes)
    scored = [sentence_scores(inside, elsewhere, r.selected) for r in item.gold.references if r.selected]
    best = max(scored, default=(0.0, 0.0, 0.0))
    values = {
        "ROUGE-L": max(rouge_l(text, r.answer) for r in item.gold.references),
        "sentence F1": best[0],
        "sentence precision": best[1],
        "sentence recall": best[2],
        CHARACTERS: float(len(text)),
    }
    return {f"{way} {name}": value for name, value in values.items()}


def sentence_scores(inside: Collection[int], elsewhere: int, selected: Collection[int]) -> tuple[float, float, float]:
    """Return (F1, precision, recall) of quoted sentences.

    Args:
        inside: the numbers of the gold passage's sentences that are quoted.
        elsewhere: how many quotes are from other passages; each is a wrong one.
        selected: the numbers of the sentences that the reference was made from.
    """
    right = len(set(inside) & set(selected))
    if not right:
        return 0.0, 0.0, 0.0
    precision, recall = right / (len(inside) + elsewhere), right / len(selected)
    return 2 * precision * recall / (precision + recall), precision, recall


def _quoted(text: str, spans: Sequence[Span], document_id: str) -> list[Quote]:
    return [Quote(document_id=document_id, source_start=s, source_end=e, text=text[s:e]) for s, e in spans]


def tables(outcomes: Sequence[Outcome]) -> list[Table]:
    """Return the figures over all questions."""
    answerable, unanswerable = split(outcomes)
    rows = [
        (
            way,
            len(answerable),
            (*(average(answerable, f"{way} {m}") for m in MEASURES), share(answerable, f"{way} abstained")),
        )
        for way in (GIVEN, GIVEN + NEVER, ALL, ALL + NEVER, LEAD, WHOLE)
    ]
    return [
        retrieval_table("The gold passage among all (answerable questions)", answerable, (BOT, BM25, MINILM)),
        Table(
            title="Answers (answerable questions; an abstention counts 0)",
            columns=(*MEASURES, "abstained"),
            rows=tuple(rows),
        ),
        Table(
            title="Abstention",
            columns=ABSTENTION,
            rows=tuple(abstention_row(way, answerable, unanswerable, f"{way} ") for way in (GIVEN, ALL)),
        ),
    ]


CLAPNQ = Benchmark(name="clapnq", read=read, measure=measure, tables=tables)
