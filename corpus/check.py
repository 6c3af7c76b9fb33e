"""Check a corpus against every rule a machine can check, all problems at once, each with its file and line."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from corpus.documents import BRIEF, Corpus, Document, read_folders
from corpus.parse import Sentence
from corpus.plain import FORMAT as PLAIN
from corpus.references import PERSPECTIVES, Reference
from corpus.text import ends_like_a_sentence, normalise_quote

MAX_WORDS = 45
REQUIRED = (
    "id",
    "title",
    "creator",
    "publisher",
    "issued",
    "language",
    "kind",
    "topic",
    "as_of",
    "rights",
)
OPTIONAL = ("url", "perspective", "questions")

_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?\Z")
_DANGLING = re.compile(
    r"(?:it|its|this|these|those|that|they|their|he|his|she|her|such|there|both|also|however|moreover|furthermore|"
    r"meanwhile|then|later|the (?:two|same|former|latter|agreement|treaty|exercise|deal|statement|document))\b",
    re.IGNORECASE,
)
_LEFTOVER = re.compile(r"\[@|\]\{|\{date=|@[a-z0-9-]+[;\]]|\*\*")


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """Something to mend, and where."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def check_corpus(folders: Sequence[Path]) -> list[Problem]:
    """Return every problem of the corpus under the folders, in file order.

    The writing rules (length, dangling starts, a citation in every sentence) apply to documents of kind `brief` only.

    Raises:
        CorpusError: a folder is missing, or its bibliography cannot be read at all.
    """
    documents, references, errors = read_folders(folders)
    corpus = Corpus(documents=tuple(documents), references=references, revision="")
    problems = [Problem(path=_shown(path), line=line, text=str(error)) for path, line, error in errors]
    for document in documents:
        problems += _check_document(document, corpus)
    problems += _check_references(corpus)
    problems += _check_duplicates(corpus.documents)
    return sorted(set(problems))


def _check_document(document: Document, corpus: Corpus) -> Iterator[Problem]:
    path = _shown(document.path)
    brief = document.kind == BRIEF
    for text in _front_matter_problems(document, complete=brief):
        yield Problem(path=path, line=1, text=text)
    if not document.sentences:
        yield Problem(path=path, line=1, text="the document has no sentence")
    for sentence in document.sentences:
        words = document.quote(sentence.start, sentence.end)
        for text in _mark_problems(sentence, words, corpus.references, plain=document.format == PLAIN):
            yield Problem(path=path, line=sentence.line, text=text)
        if brief:
            for text in _writing_problems(sentence, words):
                yield Problem(path=path, line=sentence.line, text=text)
    if brief:
        yield from _dispute_problems(document, path)


def _front_matter_problems(document: Document, *, complete: bool) -> Iterator[str]:
    if complete:
        for name in REQUIRED:
            if name not in document.fields:
                yield f"front matter lacks {name!r}"
    for name in document.fields:
        if name not in REQUIRED + OPTIONAL and document.kind == BRIEF:
            yield f"front matter has an unknown field {name!r}"
    for name in ("issued", "as_of"):
        value = getattr(document, name)
        if value and not _DATE.match(value):
            yield f"{name} {value!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD"
    if document.perspective not in PERSPECTIVES:
        yield f"unknown perspective {document.perspective!r}; use one of {', '.join(PERSPECTIVES)}"
    if document.url and not _is_url(document.url):
        yield f"url {document.url!r} is not a http(s) address"
    newest = max((s.date for s in document.sentences if s.date), default="")
    if document.kind == BRIEF and document.as_of and newest[: len(document.as_of)] > document.as_of[: len(newest)]:
        yield f"as_of {document.as_of!r} is older than the newest dated sentence ({newest})"


def _mark_problems(sentence: Sentence, words: str, references: dict[str, Reference], *, plain: bool) -> Iterator[str]:
    for key in sentence.references:
        if key not in references:
            yield f"unknown reference {key!r}"
    if sentence.date and not _DATE.match(sentence.date):
        yield f"date {sentence.date!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD"
    if not plain and _LEFTOVER.search(words):
        yield f"broken citation or mark-up in {_short(words)!r}"


def _writing_problems(sentence: Sentence, words: str) -> Iterator[str]:
    count = len(words.split())
    if count > MAX_WORDS:
        yield f"{count} words in a sentence (at most {MAX_WORDS}): {_short(words)!r}"
    if _DANGLING.match(words):
        yield f"a sentence that starts as if another stood before it: {_short(words)!r}"
    if not sentence.references:
        yield f"a sentence without a citation: {_short(words)!r}"
    if not ends_like_a_sentence(words):
        yield f"a sentence without a full stop: {_short(words)!r}"


def _dispute_problems(document: Document, path: str) -> Iterator[Problem]:
    disputes: dict[int, list[Sentence]] = defaultdict(list)
    for sentence in document.sentences:
        if sentence.dispute is not None:
            disputes[sentence.dispute].append(sentence)
    for sentences in disputes.values():
        line = sentences[0].line
        if sentences[0].who is not None:
            yield Problem(
                path=path,
                line=line,
                text="a disputed block that does not begin with the claim in dispute",
            )
        if len({s.who for s in sentences if s.who}) < 2:
            yield Problem(
                path=path,
                line=line,
                text="a disputed block with fewer than two versions (`- **Who:** sentence`)",
            )


def _check_references(corpus: Corpus) -> Iterator[Problem]:
    used = {key for d in corpus.documents for s in d.sentences for key in s.references}
    for reference in corpus.references.values():
        if reference.id not in used:
            yield _reference_problem(reference, "is cited nowhere")
        if reference.perspective not in PERSPECTIVES:
            yield _reference_problem(reference, f"has an unknown perspective {reference.perspective!r}")
        if not reference.url or not _is_url(reference.url):
            yield _reference_problem(reference, f"has no http(s) address: {reference.url!r}")
        if reference.issued and not _DATE.match(reference.issued):
            yield _reference_problem(reference, f"has an impossible date {reference.issued!r}")
        if not reference.title.strip() or not reference.publisher.strip():
            yield _reference_problem(reference, "lacks a title or a publisher")
    by_url: dict[str, str] = {}
    for reference in corpus.references.values():
        first = by_url.setdefault(reference.url or reference.id, reference.id)
        if first != reference.id:
            yield _reference_problem(reference, f"has the same address as {first!r}")


def _reference_problem(reference: Reference, text: str) -> Problem:
    return Problem(path=_shown(reference.path), line=reference.line, text=f"{reference.id!r} {text}")


def _check_duplicates(documents: Iterable[Document]) -> Iterator[Problem]:
    seen: dict[str, tuple[str, int]] = {}
    for document in documents:
        if document.kind != BRIEF:
            continue
        path = _shown(document.path)
        for sentence in document.sentences:
            words = document.quote(sentence.start, sentence.end)
            key = normalise_quote(words).casefold()
            first = seen.get(key)
            seen.setdefault(key, (path, sentence.line))
            if first is not None:
                yield Problem(
                    path=path,
                    line=sentence.line,
                    text=f"says the same as {first[0]}:{first[1]}: {_short(words)!r}",
                )


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and "." in host and not any(c.isspace() or c in '<>"' for c in url)


def _short(words: str) -> str:
    return words if len(words) <= 70 else words[:67] + "..."


def _shown(path: Path) -> str:
    """Return the path as a person would name it: from the working folder if it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
