"""`amur eval try | perturb | retrieval`: look at one question, at the check of support, at TREC files."""

import json
from pathlib import Path

import click


@click.command("try")
@click.argument("question")
@click.option("--config", type=click.Path(path_type=Path), help="A TOML file of settings to use instead.")
@click.option("-n", "count", type=click.IntRange(1, 50), default=8, show_default=True, help="How many of each to show.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@click.pass_context
def try_question(context: click.Context, question: str, config: Path | None, count: int, as_json: bool) -> None:
    """Show every stage of one QUESTION: query, ranked passages and sentences with their scores, features, decision.

    \b
    Example:
      amur eval try "How many S-500 systems has China bought?"
    """
    from evals.bots import open_bot, settings_from
    from evals.look import as_text, look_at
    from evals.options import settings_of
    from index.progress import ProgressBar

    settings = settings_from(config, settings_of(context))
    with ProgressBar() as bar:
        bot = open_bot(settings, bar)
    found = look_at(bot, question, count)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else as_text(found))


@click.command()
@click.option("--each", type=click.IntRange(1), default=50, show_default=True, help="Perturbations of each sort.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--show", is_flag=True, help="Show every perturbed sentence that the check let pass.")
@click.pass_context
def perturb(context: click.Context, each: int, seed: int, show: bool) -> None:
    """Measure what the check of support catches: true sentences made false by one change, held against the true ones.

    \b
    Example:
      amur eval perturb --show
    """
    from corpus.documents import load_corpus
    from corpus.tombstones import removed
    from evals.mutants import measure_check
    from evals.options import settings_of

    settings = settings_of(context)
    corpus = load_corpus(settings.folders, removed=removed(settings))
    rows = measure_check(corpus, seed=seed, each=each)
    click.echo(f"{'sort':<15}{'made':>6}{'caught':>8}{'share':>8}   95 % interval")
    for row in rows:
        i = row.interval
        click.echo(f"{row.sort:<15}{row.made:>6}{row.caught:>8}{i.value:>8.3f}   [{i.low:.3f}, {i.high:.3f}]")
        for passed in row.passed if show else ():
            click.echo(f"    {passed.before} → {passed.after}: {passed.text}")


@click.command()
@click.option("--run", "ranking", type=click.Path(path_type=Path), required=True, help="A TREC run file.")
@click.option("--qrels", type=click.Path(path_type=Path), required=True, help="A TREC qrels file.")
def retrieval(ranking: Path, qrels: Path) -> None:
    """Measure anybody's rankings, in TREC's file forms. Every run writes its own as passages.run, documents.run and *.qrels.

    \b
    Example:
      amur eval retrieval --run passages.run --qrels passages.qrels
    """
    from evals.retrieval import measure_rankings, read_qrels, read_run

    judged = read_qrels(qrels)
    for name, value in measure_rankings(read_run(ranking), judged).items():
        click.echo(f"{name:<12}{'-' if value is None else f'{value:.4f}':>8}")
    click.echo(f"{len(judged)} queries", err=True)
