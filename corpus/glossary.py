"""The glossary: terms and names with other spellings and their Chinese and Russian originals.

`glossary.json` stands beside the bibliography of a corpus: a list of `{"term", "aliases", "zh", "ru", "kind", "note"}`.
docs/names.md is made from the shipped one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from corpus.errors import CorpusError
from corpus.text import normalise_quote

KINDS = {
    "person": "People",
    "place": "Places",
    "treaty": "Treaties",
    "organisation": "Organisations",
    "project": "Projects",
    "weapon": "Weapons",
    "term": "Terms",
}
"""Kinds of entry and the headings they stand under."""
FILE = "glossary.json"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One term or name: the spelling that the texts use, others, the originals, what it is."""

    term: str
    aliases: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    ru: tuple[str, ...] = ()
    kind: str = "term"
    note: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way to write it, in any script."""
        return (self.term, *self.aliases, *self.zh, *self.ru)


_ENTRIES = TypeAdapter(list[Entry])


def load_glossary(folders: Sequence[Path]) -> list[Entry]:
    """Return the entries of the folders' glossaries in order; a folder's own, or its parent's if it is called `texts`.

    Raises:
        CorpusError: a glossary is not a list of entries as described above.
    """
    found: list[Entry] = []
    for folder in folders:
        for path in (folder / FILE, folder.parent / FILE):
            if path.is_file() and (path.parent == folder or folder.name == "texts"):
                found += _read(path)
                break
    return found


def find_entries(entries: Sequence[Entry], words: str) -> list[Entry]:
    """Return the entries one of whose spellings is, begins with or holds the words; those that are it come first."""
    wanted = _folded(words)
    ranked = [(min(_rank(wanted, _folded(s)) for s in e.spellings), i, e) for i, e in enumerate(entries)]
    return [e for rank, _, e in sorted(ranked, key=lambda row: row[:2]) if rank < _ABSENT]


def as_markdown(entries: Sequence[Entry]) -> str:
    """Return the glossary as a page of tables, one for each kind."""
    lines = [
        "# Names and terms",
        "",
        "One spelling each, as the texts use it, with others that readers meet and the Chinese and Russian originals. Made from",
        "[corpus/glossary.json](../corpus/glossary.json) by `amur corpus glossary --markdown`.",
    ]
    for kind, heading in KINDS.items():
        rows = sorted((e for e in entries if e.kind == kind), key=lambda e: e.term.casefold())
        if rows:
            lines += ["", f"## {heading}", "", "| name | also | Chinese | Russian | |", "|---|---|---|---|---|"]
            lines += [f"| {' | '.join(_cells(e))} |" for e in rows]
    return "\n".join(lines) + "\n"


_ABSENT = 3


def _rank(wanted: str, spelling: str) -> int:
    if not wanted:
        return _ABSENT
    return 0 if spelling == wanted else 1 if spelling.startswith(wanted) else 2 if wanted in spelling else _ABSENT


def _folded(text: str) -> str:
    return normalise_quote(text).casefold().replace("ё", "е")


def _cells(entry: Entry) -> Iterator[str]:
    for cell in (entry.term, ", ".join(entry.aliases), "、".join(entry.zh), ", ".join(entry.ru), entry.note):
        yield cell.replace("|", "\\|")


def _read(path: Path) -> list[Entry]:
    try:
        entries = _ENTRIES.validate_json(path.read_bytes())
        for entry in entries:
            if entry.kind not in KINDS:
                raise ValueError(f"the entry {entry.term!r} has the kind {entry.kind!r}")
        return entries
    except (OSError, ValueError) as error:
        raise CorpusError(
            f"The glossary {str(path)!r} is not a list of terms ({' '.join(str(error).split())[:160]}); see docs/corpus.md"
        ) from error
