"""Hold a fact base against the briefs: is each fact stated, with its figures and under one of its sources?

A fact is cut at its punctuation into parts, because a brief makes one claim a sentence. A part is stated if one sentence of a
brief, or two neighbouring ones, hold every figure of the part and most of its words, and cite a source of the fact. A fact is
stated if all its parts are. So the check says nothing of meaning, but a sentence that is lost or loses a figure is noticed.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.documents import BRIEF, Corpus
from corpus.errors import CorpusError
from corpus.figures import YEAR, content_words, figures

OMITTED = Path(__file__).parent / "OMITTED.md"
USABLE = frozenset({"verified-2", "verified-1", "disputed"})
"""Statuses of facts that a brief may state."""

_WORDS_SHARED = 0.6
"""How much of a part's words must be there: lower, and a deleted sentence goes unnoticed; higher, and rewording is an alarm."""
_FEW_WORDS = 3
"""A part with fewer words, such as "(+4.1%)", is tied to the fact by a year and by words of the rest of the fact instead."""

_CUT = re.compile(r"[;:()]|\.\s|\s[—–-]\s|,\s|\s(?=(?:and|or|but|while|whereas|with|against)\s)|\s(?=to \$)")
_REFERS_BACK = re.compile(r"\b[Tt]he (?:two|three|four|five|six)\b")  # "the two countries" counts nothing
_YEAR = re.compile(rf"{YEAR}\Z")
_LISTED = re.compile(r"^\s*[-*]\s+`([^`\s]+)`\s*:?\s*(.*)$")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One entry of a fact base: what is so, since when, and who says so."""

    id: str
    text: str
    date: str
    urls: frozenset[str]
    status: str


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of a fact base the briefs state. `missing` gives, for each fact not stated, its parts that were not found."""

    usable: int
    stated: int
    missing: dict[str, tuple[str, ...]]

    @property
    def share(self) -> float:
        """The share of usable facts that are stated, 0 to 1; 1 if there are none."""
        return self.stated / self.usable if self.usable else 1.0


@dataclass(frozen=True, kw_only=True)
class _Window:
    """One sentence, or two neighbouring ones, under a source of the fact in question."""

    figures: frozenset[str]
    words: frozenset[str]


def load_facts(folder: Path) -> tuple[Fact, ...]:
    """Read every fact of the *.jsonl files in a folder.

    Raises:
        CorpusError: there is no such file, a line is no fact, or two facts have one id; the message names file and line.
    """
    paths = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    if not paths:
        raise CorpusError(f"No fact file (*.jsonl) was found in {str(folder)!r}; name the folder that holds them.")
    facts: dict[str, Fact] = {}
    for path in paths:
        for number, line in enumerate(_lines(path), 1):
            if line.strip():
                fact = _read_fact(line, f"{path}:{number}")
                if fact.id in facts:
                    raise CorpusError(f"{path}:{number}: the fact id {fact.id!r} is there twice; give one another id.")
                facts[fact.id] = fact
    return tuple(facts.values())


def load_omitted(path: Path) -> dict[str, str]:
    """Return the reason for each id listed in a file as "- `id`: reason"; other lines are for people.

    Raises:
        CorpusError: the file cannot be read, or an id has no reason.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(_lines(path), 1):
        match = _LISTED.match(line)
        if match and not match.group(2).strip():
            raise CorpusError(f"{path}:{number}: {match.group(1)!r} is left out without a reason; write one after it.")
        if match:
            found[match.group(1)] = match.group(2).strip()
    return found


def measure_coverage(corpus: Corpus, facts: Iterable[Fact]) -> Coverage:
    """Return how many usable facts the briefs of the corpus state, and what is missing of the others."""
    usable = [fact for fact in facts if fact.status in USABLE]
    briefs = _Briefs(corpus)
    missing = {fact.id: parts for fact in usable if (parts := _missing_parts(fact, briefs.windows(fact)))}
    return Coverage(usable=len(usable), stated=len(usable) - len(missing), missing=missing)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"Cannot read {str(path)!r} as UTF-8 text ({error}); mend or name another file.") from error


def _read_fact(line: str, where: str) -> Fact:
    try:
        raw = json.loads(line)
        return Fact(
            id=str(raw["id"]),
            text=str(raw["fact"]),
            date=str(raw["date"] or ""),
            urls=frozenset(str(source["url"]) for source in raw["sources"]),
            status=str(raw["status"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{where}: no fact with id, fact, date, sources (each with a url) and status ({error!r}); mend the line."
        ) from error


class _Briefs:
    """The sentences of all briefs, found by the source that they cite."""

    def __init__(self, corpus: Corpus) -> None:
        self._keys: dict[str, set[str]] = defaultdict(set)
        for reference in corpus.references.values():
            if reference.url:
                self._keys[reference.url].add(reference.id)
        self._sentences: list[tuple[str, frozenset[str], str]] = []  # document, keys, words
        self._places: dict[str, set[int]] = defaultdict(set)
        for document in corpus.documents:
            for sentence in document.sentences if document.kind == BRIEF else ():
                for key in sentence.references:
                    self._places[key].add(len(self._sentences))
                words = document.quote(sentence.start, sentence.end)
                self._sentences.append((document.id, frozenset(sentence.references), words))

    def windows(self, fact: Fact) -> list[_Window]:
        """Return each sentence that cites a source of the fact, and each two neighbours of one brief that both do."""
        keys = {key for url in fact.urls for key in self._keys.get(url, ())}
        places = sorted({place for key in keys for place in self._places.get(key, ())})
        return [window for place in places for window in self._at(place, keys)]

    def _at(self, place: int, keys: set[str]) -> Iterator[_Window]:
        document, _, words = self._sentences[place]
        yield _window([words])
        if place + 1 < len(self._sentences):
            other, cited, more = self._sentences[place + 1]
            if other == document and cited & keys:
                yield _window([words, more])


def _window(sentences: Sequence[str]) -> _Window:
    return _Window(
        figures=frozenset().union(*(figures(s) for s in sentences)),
        words=frozenset().union(*(content_words(s) for s in sentences)),
    )


def _missing_parts(fact: Fact, windows: Sequence[_Window]) -> tuple[str, ...]:
    """Return the parts of the fact that stand in no window; the whole fact if there is no window at all."""
    if not windows:
        return (fact.text,)
    words = content_words(fact.text)
    told = words | figures(fact.text)
    years = {figure for figure in figures(f"{fact.text} {fact.date[:4]}") if _YEAR.match(figure)}
    about = [
        window
        for window in windows
        if len(told & (window.words | window.figures)) >= min(_FEW_WORDS, len(told) / 2)
        and (words & window.words or not words)
    ]
    return tuple(part for part in _parts(fact.text) if not any(_states(window, part, years) for window in about))


def _parts(text: str) -> Iterator[str]:
    for piece in _CUT.split(text):
        part = piece.strip(" .,")
        if part and (figures(part) or len(content_words(part)) >= _FEW_WORDS):
            yield part


def _states(window: _Window, part: str, years: set[str]) -> bool:
    if not figures(_REFERS_BACK.sub(" ", part)) <= window.figures:
        return False
    words = content_words(part)
    if len(words) < _FEW_WORDS:
        return not years or bool(years & window.figures)
    return len(words & window.words) >= round(_WORDS_SHARED * len(words))
