"""SQuAD 2.0: is the gold paragraph found among all paragraphs, do the quoted sentences hold the answer, is what has none declined?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from corpus.errors import EvalError
from evals.benchmarks.asking import BM25, BOT, MINILM, Asker, retrieval_values
from evals.benchmarks.common import (
    Benchmark,
    DataSet,
    Item,
    Outcome,
    Pool,
    not_of_the_form,
    read_json,
    text_of,
)
from evals.benchmarks.matching import holds_any
from evals.benchmarks.tables import (
    ABSTENTION,
    CHARACTERS,
    Figure,
    Table,
    abstention_row,
    average,
    retrieval_table,
    risk_table,
    share,
    split,
)
from evals.cases import Case

HAS_ANSWER, NO_ANSWER = "answerable", "unanswerable"
FIRST = (1, 3, 5)


@dataclass(frozen=True, kw_only=True)
class Gold:
    """The spans that answer a question, as the annotators marked them; none if it cannot be answered."""

    answers: tuple[str, ...]


def read(paths: Sequence[Path], articles: int | None) -> DataSet[Gold]:
    """Read SQuAD 2.0 JSON, a document for each paragraph; `articles` keeps only the first so many.

    Raises:
        EvalError: a file is not of that form, or holds no question.
    """
    pool = Pool()
    items: list[Item[Gold]] = []
    for path in paths:
        data = read_json(path)
        try:
            for article in data["data"][:articles]:
                title = unquote(text_of(article["title"]).replace("_", " "))
                for paragraph in article["paragraphs"]:
                    passage = pool.add(title, text_of(paragraph["context"]))
                    items.extend(_items(paragraph["qas"], passage))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise not_of_the_form(path.name, "SQuAD 2.0", error) from error
    if not items:
        raise EvalError(f"There is no question in {', '.join(repr(str(p)) for p in paths)}; give a SQuAD 2.0 file")
    return DataSet(sources=pool.sources, items=tuple(items))


def _items(questions: Sequence[Mapping[str, Any]], passage: str) -> Iterator[Item[Gold]]:  # Any: JSON values
    for asked in questions:
        answerable = not asked.get("is_impossible", False)
        answers = tuple(dict.fromkeys(text_of(a["text"]) for a in asked["answers"])) if answerable else ()
        if answerable and not answers:
            raise ValueError(f"the question {asked['id']!r} has no answer and is not marked as impossible")
        yield Item(
            case=Case(
                id=text_of(asked["id"]),
                question=text_of(asked["question"]),
                kind=HAS_ANSWER if answerable else NO_ANSWER,
                answerable=answerable,
            ),
            gold=Gold(answers=answers),
            relevant=(passage,) if answerable else (),
        )


def measure(item: Item[Gold], asker: Asker) -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Put one question and return (values, said)."""
    heard = asker.ask(item.case)
    values = heard.values()
    if item.case.answerable:
        values |= retrieval_values(asker, item.case, heard.reply, item.relevant)
        sentences = [holds_any(s.text, item.gold.answers) for s in heard.reply.sentences]
        for k in FIRST:
            values[f"sentences {k}"] = float(any(sentences[:k]))
            values[f"sentences {k} {CHARACTERS}"] = sum(len(s.text) for s in heard.reply.sentences[:k])
        values["right"] = float(holds_any(heard.shown.text, item.gold.answers))
        values[f"right {CHARACTERS}"] = len(heard.shown.text)
        values["answered"] = float(values["right"] and not heard.reply.abstained)
        values[f"answered {CHARACTERS}"] = len(heard.reply.text)
    return values, {"all": heard.shown.text}


def tables(outcomes: Sequence[Outcome]) -> list[Table]:
    """Return the figures over all questions."""
    answerable, unanswerable = split(outcomes)
    where = [(f"in the first {k} sentences" if k > 1 else "in the first sentence", f"sentences {k}") for k in FIRST]
    where += [("in the answer", "answered"), ("in the answer given or withheld", "right")]
    rows = [
        (name, len(answerable), (share(answerable, value), average(answerable, f"{value} {CHARACTERS}")))
        for name, value in where
    ]
    always = Figure(value=len(unanswerable) / len(outcomes)) if outcomes else Figure()
    trivial = (always, Figure(value=1.0), Figure(value=1.0), Figure(), Figure())
    return [
        retrieval_table("The gold paragraph among all (answerable questions)", answerable, (BOT, BM25, MINILM)),
        Table(
            title="A gold answer is held (answerable questions)",
            columns=("share", CHARACTERS),
            rows=tuple(rows),
        ),
        Table(
            title="Abstention",
            columns=ABSTENTION,
            rows=(
                abstention_row("the bot", answerable, unanswerable),
                ("always abstains", len(outcomes), trivial),
            ),
        ),
        risk_table(outcomes),
    ]


SQUAD = Benchmark(name="squad", read=read, measure=measure, tables=tables)
