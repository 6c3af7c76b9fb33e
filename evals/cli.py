"""`amur eval run`: measure how good the answers are."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from bot.settings import Settings, load_settings


@click.group()
def evals() -> None:
    """Measure how good the answers are, on the shipped cases or on your own.

    \b
    Example:
      amur eval run --split dev
    """


@evals.command()
@click.option(
    "--cases", type=click.Path(path_type=Path), multiple=True, help="A case file or a folder of them; may be repeated."
)
@click.option("--split", type=click.Choice(["dev", "test"]), help="Run only this split.")
@click.option("--kind", multiple=True, help="Run only cases of this kind; may be repeated.")
@click.option("--limit", type=click.IntRange(1), help="Run only the first so many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a case instead of the report.")
@click.pass_context
def run(
    context: click.Context,
    cases: tuple[Path, ...],
    split: str | None,
    kind: tuple[str, ...],
    limit: int | None,
    as_json: bool,
) -> None:
    """Run cases through the bot and print a report: nugget recall, abstention, verbatim rate, truthfulness.

    \b
    Examples:
      amur eval run
      amur eval run --cases my-cases.jsonl --kind near-miss
    """
    from tqdm import tqdm

    from bot.pipeline import Bot
    from corpus.errors import EvalError
    from evals.cases import SHIPPED_CASES, load_cases
    from evals.report import as_text
    from evals.run import run_cases

    settings = context.obj if isinstance(context.obj, Settings) else load_settings()
    chosen = [
        case
        for case in load_cases(cases or (SHIPPED_CASES,))
        if (split is None or case.split == split) and (not kind or case.kind in kind)
    ][:limit]
    if not chosen:
        raise EvalError("No case is left after --split and --kind; leave one of them out")
    bot = Bot(settings)
    with tqdm(total=len(chosen), desc="Answering", unit="", dynamic_ncols=True) as bar:
        results = list(run_cases(bot, chosen, done=bar.update))
    if as_json:
        for result in results:
            answer = result.answer.to_dict() if result.answer else None
            click.echo(json.dumps({"score": asdict(result.score), "answer": answer}, ensure_ascii=False))
    else:
        click.echo(as_text(results, fingerprint=settings.fingerprint(bot.store.manifest.corpus_revision)))
