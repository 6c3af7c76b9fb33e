"""`amur ask` and `amur search`: questions from the command line, one or a file of them."""

import json
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from bot.export import export
from bot.options import chosen_filters, filter_options
from bot.settings import Settings, load_settings
from corpus.errors import AmurError, FilterError


def _settings(context: click.Context) -> Settings:
    settings = context.obj
    return settings if isinstance(settings, Settings) else load_settings()


_BATCH = click.option(
    "--batch",
    type=click.Path(path_type=Path),
    help='Read questions from a JSONL file, {"id", "question"} a line.',
)
_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="With --batch: the file to write, a line for each question in order.",
)


@click.command()
@click.argument("question", required=False)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the answer as JSON with everything needed to check it.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("markdown", "json", "bibtex", "csl", "text", "html")),
    help="Print the answer to take away: with numbered sources, quotes and revision, or its sources for a reference manager.",
)
@filter_options
@_BATCH
@_OUT
@click.pass_context
def ask(
    context: click.Context,
    /,
    question: str | None,
    as_json: bool,
    form: str | None,
    batch: Path | None,
    out: Path | None,
    **options: Any,  # Any: what click read of the filters
) -> None:
    """Answer a QUESTION with quoted sentences, each with its source.

    A batch file holds one object a line: {"id": ..., "question": ..., "history": [{"role": ..., "content": ...}],
    "filters": {"topic": ..., "years": ..., "perspective": ..., "document": ...}}; history and filters are optional. The output
    has one line for each, in order: the same id and the answer, or an "error". QUESTION can be - to read it from standard input.

    \b
    Examples:
      amur ask "Is there a formal military alliance between China and Russia?"
      amur ask --topic economy --years 2014-2021 "How did trade grow?"
      amur ask --format bibtex "How much was trade in 2024?" > sources.bib
      amur ask --batch questions.jsonl --out answers.jsonl
    """
    settings = _settings(context)
    filters = chosen_filters(options)
    if batch is None:
        text = _question(context, question, out)
        answer = _bot(settings).answer(text, filters=filters).to_dict()
        form = "json" if as_json else form
        click.echo(export(answer, form) if form else _as_text(answer), nl=not form)
        return
    _refuse_both(question)
    if form not in (None, "json"):
        raise click.UsageError("--batch writes JSON lines; give it without --format")
    lines = _batch_lines(batch)
    _refuse_unwritable(out)
    bot = _bot(settings)  # before --out is opened: a missing index must not cost an earlier output
    bot.check_filters(filters)

    def answer_line(line: dict[str, Any]) -> dict[str, Any]:  # Any: JSON values
        own = line.get("filters") or {}
        if not isinstance(own, dict):
            return {"error": '"filters" must be an object such as {"topic": "economy", "years": "2000-2010"}'}
        try:
            answer = bot.answer(line["question"], history=line.get("history") or (), filters={**filters, **own})
        except FilterError as error:
            return {"error": str(error)}
        answered: dict[str, Any] = answer.to_dict()
        return answered

    _run_batch(batch, lines, out, answer_line)


@click.command()
@click.argument("query", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all passages.")
@click.option("-k", "--passages", type=click.IntRange(1, 100), help="How many passages to show.")
@_BATCH
@_OUT
@click.pass_context
def search(
    context: click.Context,
    query: str | None,
    as_json: bool,
    passages: int | None,
    batch: Path | None,
    out: Path | None,
) -> None:
    """Show the ranked passages for a QUERY, without answering.

    \b
    Examples:
      amur search "Power of Siberia 2 price"
      amur search --batch questions.jsonl --out passages.jsonl
    """
    settings = _settings(context)
    if passages:
        settings = settings.model_copy(update={"k": passages, "fetch_k": max(passages, settings.fetch_k)})
    if batch is None:
        text = _question(context, query, out)
        found = passages_as_dict(_bot(settings).search(text))
        click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else _passages_as_text(found))
        return
    _refuse_both(query)
    lines = _batch_lines(batch)
    _refuse_unwritable(out)
    bot = _bot(settings)

    def search_line(line: dict[str, Any]) -> dict[str, Any]:  # Any: JSON values
        return passages_as_dict(bot.search(line["question"]))

    _run_batch(batch, lines, out, search_line)


def _bot(settings: Settings) -> Any:  # Any: bot.pipeline.Bot, which is heavy to import
    from bot.pipeline import Bot

    return Bot(settings)


def _question(context: click.Context, question: str | None, out: Path | None) -> str:
    if out is not None:
        raise click.UsageError("--out goes with --batch", context)
    if question is None:
        raise click.UsageError("give a question in quotes, or --batch FILE", context)
    return sys.stdin.read() if question == "-" else question


def _refuse_both(question: str | None) -> None:
    if question is not None:
        raise click.UsageError("give a question or --batch, not both")


Lines = list[tuple[int, str]]


def _batch_lines(source: Path) -> Lines:
    """Return the lines of a batch file that hold something, with their numbers."""
    try:
        lines = [line for line in enumerate(source.read_text(encoding="utf-8-sig").split("\n"), 1) if line[1].strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise AmurError(f"Cannot read {str(source)!r} as UTF-8 text ({error}); check the file") from error
    if not lines:
        raise AmurError(f"There is no question in {str(source)!r}; write one JSON object a line")
    return lines


def _run_batch(source: Path, lines: Lines, out: Path | None, work: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Run the work over each line of a file; a bad line becomes an error object in its place and the rest goes on."""
    from tqdm import tqdm

    bad = 0
    with _opened(out) as file:
        for number, line in tqdm(lines, desc="Answering", unit="", dynamic_ncols=True, disable=None if out else True):
            result = _one(number, line, work)
            if "error" in result:
                bad += 1
                click.echo(f"amur: {source}:{number}: {result['error']}", err=True)
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
            file.flush()
    if bad:
        raise AmurError(
            f"{bad} of {len(lines)} lines of {str(source)!r} were not answered; they are marked with 'error' in the output"
        )


def _refuse_unwritable(out: Path | None) -> None:
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise AmurError(
            f"Cannot write {str(out)!r} (it is a folder, or its folder does not exist); choose another --out"
        )


def _opened(out: Path | None) -> Any:  # Any: a context manager that gives a text file
    from contextlib import nullcontext

    if out is None:
        return nullcontext(sys.stdout)
    try:
        # A lone surrogate from a broken \\ud800 escape becomes that escape again, which JSON reads.
        return out.open("w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise AmurError(f"Cannot write {str(out)!r} ({error.strerror}); choose another --out") from error


def _one(number: int, line: str, work: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"id": None, "line": number, "error": f"not valid JSON ({error})"}
    if not isinstance(data, dict) or not isinstance(data.get("question"), str):
        shown = data.get("id") if isinstance(data, dict) else None
        return {"id": shown, "line": number, "error": 'no "question" with a text in it'}
    history = data.get("history")
    if history is not None and not (isinstance(history, list) and all(isinstance(turn, dict) for turn in history)):
        return {
            "id": data.get("id"),
            "line": number,
            "error": '"history" must be a list of {"role", "content"}',
        }
    return {"id": data.get("id"), **work(data)}


def passages_as_dict(retrieved: Any) -> dict[str, Any]:  # Any: bot.records.Retrieved, heavy to import; JSON values
    """Return ranked passages as `amur search --json` prints them and the API returns them."""
    return {
        "question": retrieved.query.question,
        "query": retrieved.query.query,
        "passages": [
            {
                "rank": p.rank,
                "score": round(p.score, 4),
                "similarity": round(p.similarity, 4),
                "lexical": round(p.lexical, 4),
                "document_id": p.chunk.document_id,
                "header": p.chunk.header,
                "source_start": p.chunk.source_start,
                "source_end": p.chunk.source_end,
                "text": p.text,
            }
            for p in retrieved.passages
        ],
    }


def _passages_as_text(found: dict[str, Any]) -> str:
    if not found["passages"]:
        return "nothing found"
    return "\n\n".join(
        f"{p['rank']}. {p['header']}  ({p['document_id']}, score {p['score']:.2f}, similarity {p['similarity']:.2f})\n"
        + textwrap.indent(textwrap.fill(p["text"], 100), "   ")
        for p in found["passages"]
    )


def _as_text(answer: dict[str, Any]) -> str:
    """Return the answer as a person reads it in a terminal: text, numbered sources with the quoted words and references."""
    return "\n".join(_lines(answer))


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    from bot.messages import say
    from bot.perspective import describe

    language = answer["language"]
    if answer["lead"]:
        yield textwrap.fill(answer["lead"], 100) + "\n"
    for paragraph in answer["answer"].split("\n\n"):
        yield textwrap.fill(paragraph, 100)
    if answer["notice"]:
        yield "\n" + say("note", language, text=answer["notice"])
    if answer["citations"]:
        yield "\n" + say("sources", language)
    for c in answer["citations"]:
        where = (f", {c['section']}" if c["section"] else "") + (f", p. {c['page']}" if c["page"] else "")
        yield f"[{c['number']}] {c['title']}{where} ({c['issued'] or say('undated', language)}), {c['verdict']}"
        yield textwrap.indent(textwrap.fill(f"“{c['cited_text']}”", 94), "      ")
        for r in c["references"]:
            yield f"    – {r['title']}. {r['publisher']}, {r['issued'] or 'n.d.'} ({r['perspective']}). {r['url'] or ''}"
        if c["url"] and not c["references"]:
            yield f"    – {c['url']}"
    mix = describe(answer["source_mix"], language)
    if mix:
        as_of = say("corpus_as_of", language, as_of=answer["as_of"] or say("unknown", language))
        yield f"\n{mix}. {as_of}"
    if answer["suggestions"] and not answer["citations"]:
        yield "\n" + say("can_answer", language)
        yield from (f"  – {question}" for question in answer["suggestions"])
