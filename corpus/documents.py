"""Documents: what Amur answers from. Reads Markdown or plain text once into clean text, sections and sentences.

Offsets (`start`, `end`) are character positions in `Document.text`, the clean text: mark-up, citations and headings' hash
signs are gone, paragraphs are separated by one empty line. The same text is what a citation quotes.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import CorpusError
from corpus.parse import Parser, Section, Sentence
from corpus.plain import FORMAT as PLAIN
from corpus.plain import feed_plain
from corpus.references import Reference, load_references
from corpus.text import normalise

TEXT_SUFFIXES = (".md", ".txt")
NOT_DOCUMENTS = frozenset({"README", "LICENSE", "OMITTED"})
"""File names, without their ending and in capitals, that are no documents wherever they lie."""

BRIEF = "brief"
ARTICLE = "article"
ADDED = "added"
"""The kind of a document that a user added (see `corpus.add`)."""

MAX_FRONT_MATTER = 65_536
"""Characters of a file that are read when only its front matter is wanted."""

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)(?:\n)?^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_SLUG = re.compile(r"[^\w]+", re.UNICODE)


@dataclass(frozen=True, kw_only=True)
class Document:
    """One source text with its metadata. `revision` is a hash of everything in it that an answer can show."""

    id: str
    title: str
    text: str
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    path: Path
    creator: str = ""
    publisher: str = ""
    issued: str | None = None
    language: str = "en"
    kind: str = "text"
    topic: str = "documents"
    as_of: str | None = None
    rights: str = ""
    url: str | None = None
    perspective: str = "other"
    questions: tuple[str, ...] = ()
    format: str = ""
    retrieved: str = ""
    source_url: str = ""
    source_path: str = ""
    source_sha256: str = ""
    fields: tuple[str, ...] = field(default=(), compare=False)
    revision: str = ""

    def quote(self, start: int, end: int) -> str:
        """Return the clean text between two offsets."""
        return self.text[start:end]


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """All documents, by id in reading order, and the bibliography they cite."""

    documents: tuple[Document, ...]
    references: dict[str, Reference]
    revision: str

    @property
    def as_of(self) -> str | None:
        """The newest date up to which any document claims to hold."""
        return max((d.as_of for d in self.documents if d.as_of), default=None)


def slug(text: str) -> str:
    """Return a file-name-like id: lower case words of any script, joined by hyphens."""
    return _SLUG.sub("-", normalise(text).lower().replace("_", "-")).strip("-")[:80] or "document"


def load_corpus(folders: Sequence[Path], *, removed: frozenset[str] = frozenset()) -> Corpus:
    """Read every .md and .txt file under the folders, and the `references.json` beside or in them.

    Args:
        folders: corpus folders; a folder's own `references.json`, or its parent's if it is called `texts`, is read too.
        removed: ids of documents to leave out.

    Raises:
        CorpusError: a folder or file cannot be read, two documents have one id, or no document is left.
    """
    documents, references, errors = read_folders(folders)
    if errors:
        raise errors[0][2]
    kept = tuple(d for d in documents if d.id not in removed)
    if not any(d.sentences for d in kept):
        where = ", ".join(repr(str(folder)) for folder in folders)
        raise CorpusError(f"No .md or .txt document with any text was found in {where}; add some texts.")
    return Corpus(documents=kept, references=references, revision=_corpus_revision(kept, references))


FileError = tuple[Path, int, CorpusError]
"""A file that cannot be used: path, line, why."""


def read_folders(
    folders: Sequence[Path],
) -> tuple[list[Document], dict[str, Reference], list[FileError]]:
    """Read all that can be read: documents in order, the bibliography, and an error for each file that cannot be used.

    Raises:
        CorpusError: a folder does not exist, or its bibliography cannot be read.
    """
    documents: dict[str, Document] = {}
    references: dict[str, Reference] = {}
    errors: list[FileError] = []
    for folder in folders:
        if not folder.is_dir():
            raise CorpusError(
                f"The corpus folder {str(folder)!r} does not exist; create it or set AMUR_CORPUS to another."
            )
        references |= load_references(folder)
        for path in text_files(folder):
            try:
                document = read_document(path, root=folder)
            except CorpusError as error:
                errors.append((path, 1, error))
                continue
            other = documents.setdefault(document.id, document)
            if other is not document:
                paths = f"{str(other.path)!r} and {str(path)!r}"
                errors.append(
                    (
                        path,
                        1,
                        CorpusError(f"Two documents have the id {document.id!r}: {paths}; give one another `id`."),
                    )
                )
    return list(documents.values()), references, errors


def text_files(folder: Path) -> list[Path]:
    """Return the document files under a folder, sorted; hidden files and folders, READMEs and licences are no documents."""
    found = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        plain = path.stem.upper() in NOT_DOCUMENTS
        if path.suffix.lower() in TEXT_SUFFIXES and path.is_file() and not hidden and not plain:
            found.append(path)
    return found


def read_document(path: Path, *, root: Path | None = None) -> Document:
    """Read one Markdown or text file; front matter is optional, and missing metadata is taken from the file.

    Raises:
        CorpusError: the file is not UTF-8 text, or its front matter is not a YAML mapping.
    """
    try:
        raw = normalise(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"Cannot read {str(path)!r} as UTF-8 text ({error}); convert it or remove it.") from error
    return parse_document(raw, path, root=root)


def parse_document(raw: str, path: Path, *, root: Path | None = None) -> Document:
    """Read the normalised text of a document file; `path` gives what the text does not say.

    Raises:
        CorpusError: its front matter is not a YAML mapping.
    """
    meta, body, first_line = split_front_matter(raw, path)
    topic = path.parent.name if root is not None and path.parent != root else "documents"
    form = _text(meta, "format")
    parsed = Parser(language=_text(meta, "language") or "en", markdown=path.suffix.lower() == ".md")
    if form == PLAIN:
        feed_plain(parsed, body, first_line)
    else:
        parsed.feed(body, first_line)
    title = _text(meta, "title") or parsed.first_heading or path.stem.replace("_", " ").replace("-", " ").strip()
    document = Document(
        id=slug(_text(meta, "id") or path.stem),
        title=title,
        text="".join(parsed.text),
        sections=parsed.close_sections(title),
        sentences=tuple(parsed.sentences),
        path=path,
        creator=_text(meta, "creator"),
        publisher=_text(meta, "publisher"),
        issued=_text(meta, "issued") or None,
        language=_text(meta, "language") or "en",
        kind=_text(meta, "kind") or "text",
        topic=_text(meta, "topic") or topic,
        as_of=_text(meta, "as_of") or None,
        rights=_text(meta, "rights"),
        url=_text(meta, "url") or None,
        perspective=_text(meta, "perspective") or "other",
        questions=_list(meta, "questions"),
        format=form,
        retrieved=_text(meta, "retrieved"),
        source_url=_text(meta, "source_url"),
        source_path=_text(meta, "source_path"),
        source_sha256=_text(meta, "source_sha256"),
        fields=tuple(meta),
    )
    return _with_revision(document)


def read_front_matter(path: Path) -> dict[str, Any]:
    """Return the front matter of a file as it stands there, without reading the text below it.

    Raises:
        CorpusError: the file is not UTF-8 text, or its front matter is not a YAML mapping.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="strict") as file:
            raw = normalise(file.read(MAX_FRONT_MATTER))
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"Cannot read {str(path)!r} as UTF-8 text ({error}); convert it or remove it.") from error
    return split_front_matter(raw, path)[0]


def split_front_matter(raw: str, path: Path | str) -> tuple[dict[str, Any], str, int]:
    """Return the front matter of a text, the text below it, and the number of its first line.

    Raises:
        CorpusError: the front matter is not a YAML mapping; `path` is how the text is called then.
    """
    match = _FRONT_MATTER.match(raw)
    if not match:
        return {}, raw, 1
    try:
        # Everything is read as text: a bare 2001-07-16 must not become a date object, nor `no` a boolean.
        meta = yaml.load(match.group(1), Loader=yaml.BaseLoader) or {}
    except (yaml.YAMLError, RecursionError) as error:
        what = " ".join(str(getattr(error, "problem", None) or error).split())
        mark = getattr(error, "problem_mark", None)
        what += f", line {mark.line + 2}" if mark else ""
        raise CorpusError(f"The front matter of {str(path)!r} is not valid YAML ({what}); mend it.") from error
    if not isinstance(meta, dict):
        raise CorpusError(f"The front matter of {str(path)!r} is not a list of `name: value` lines; mend it.")
    return meta, raw[match.end() :], raw[: match.end()].count("\n") + 1


def _list(meta: dict[str, Any], name: str) -> tuple[str, ...]:
    value = meta.get(name) or []
    values = value if isinstance(value, list) else [value]
    return tuple(" ".join(str(v).split()) for v in values if str(v).strip())


def _text(meta: dict[str, Any], name: str) -> str:
    value = meta.get(name)
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""


def _with_revision(document: Document) -> Document:
    shown = {
        name: getattr(document, name)
        for name in (
            "id", "title", "text", "creator", "publisher", "issued", "language", "kind", "topic", "as_of", "rights", "url",
            "perspective",
            "questions",
        )
    }  # fmt: skip
    # A page is hashed only where there is one, so that the revisions of all other documents stay as they were.
    marks = [
        (s.start, s.end, s.references, s.date, s.dispute, s.who, *([s.page] if s.page else []))
        for s in document.sentences
    ]
    digest = hashlib.sha256(json.dumps([shown, marks], sort_keys=True, ensure_ascii=False).encode())
    return Document(**{**document.__dict__, "revision": digest.hexdigest()[:16]})


def _corpus_revision(documents: Iterable[Document], references: dict[str, Reference]) -> str:
    cited = sorted({key for d in documents for s in d.sentences for key in s.references})
    parts = [f"{d.id}:{d.revision}" for d in sorted(documents, key=lambda d: d.id)]
    parts += [repr(references[key]) for key in cited if key in references]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
