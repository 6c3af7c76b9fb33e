"""`amur corpus glossary`: names and terms with their originals."""

import click

from corpus.add_cli import settings_of


@click.command()
@click.argument("words", required=False, default="")
@click.option("--markdown", is_flag=True, help="Print the whole glossary as a Markdown page.")
@click.pass_context
def glossary(context: click.Context, words: str, markdown: bool) -> None:
    """Show names and terms with other spellings and their Chinese and Russian originals; WORDS, in any script, narrows it down.

    \b
    Examples:
      amur corpus glossary Damansky
      amur corpus glossary 珍宝岛
    """
    from corpus.errors import CorpusError
    from corpus.glossary import as_markdown, find_entries, load_glossary

    entries = load_glossary(settings_of(context).folders)
    if markdown:
        click.echo(as_markdown(entries), nl=False)
        return
    found = find_entries(entries, words) if words else entries
    if not found:
        raise CorpusError(f"The glossary has no {words!r}; `amur corpus glossary` shows all {len(entries)} entries")
    for entry in found:
        also = f" ({', '.join(entry.aliases)})" if entry.aliases else ""
        originals = "; ".join(" / ".join(names) for names in (entry.zh, entry.ru) if names)
        click.echo(f"{entry.term}{also}: {originals or '-'}{f' · {entry.note}' if entry.note else ''}")
