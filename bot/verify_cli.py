"""`amur verify`: is what an exported answer quotes still there?"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.settings import Settings, load_settings
from corpus.errors import AmurError


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each answer.")
@click.pass_context
def verify(context: click.Context, file: Path, as_json: bool) -> None:
    """Check every citation of an exported answer against the current index.

    FILE is what `amur ask --json`, or `--batch`, wrote. Of each citation it is said whether its words still stand at its offsets
    (ok), others do (changed), or the document is no longer there (gone). Ends with status 1 unless all are ok.

    \b
    Example:
      amur ask --json "When was the treaty signed?" > answer.json
      amur verify answer.json
    """
    from bot.verify import read_answers
    from bot.verify import verify as verify_answer
    from corpus.tombstones import removed
    from index.store import open_store

    settings = context.obj if isinstance(context.obj, Settings) else load_settings()
    answers = read_answers(file)
    store, gone = open_store(settings), removed(settings)
    verified = [verify_answer(answer, store, gone) for answer in answers]
    for one in verified:
        click.echo(json.dumps({**asdict(one), "ok": one.ok}, ensure_ascii=False) if as_json else _said(one))
    failed = sum(c.status != "ok" for one in verified for c in one.checked)
    if failed:
        total = sum(len(one.checked) for one in verified)
        raise AmurError(
            f"{failed} of {total} checks of {str(file)!r} failed; ask again for an answer from the current corpus."
        )


def _said(one: Any) -> str:  # Any: bot.verify.Verified, which is imported late
    same = "the same" if one.revision == one.here else f"now {one.here}"
    lines = [" ".join(one.question.split()), f"  corpus revision {one.revision} ({same})"]
    for c in one.checked:
        name = f"[{c.number}] {c.document_id}".rstrip() if c.number else "the text"
        lines.append(f"  {c.status:<8}{name}" + (f": {c.detail}" if c.detail else ""))
    if not one.checked:
        lines.append("  there is no citation to check")
    return "\n".join(lines)
