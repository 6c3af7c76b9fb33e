"""The records that pass between the stages of the bot, and the Answer that every surface returns.

    str ─ rewrite ─▶ Query ─ retrieve ─▶ Retrieved ─ answer ─▶ Draft … ─ cite ─▶ Event …, the last of which holds the Answer

All are frozen; a stage returns new ones. Offsets are positions in the document's clean text (see corpus.documents).
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bot.asked import Asked
from bot.calibration import Calibration
from bot.filters import NONE, Filters, Within
from bot.series import AnsweredSeries
from bot.sources import CitedReference as CitedReference
from bot.turns import NO_TALK, Talk, Turn
from bot.usage import Usage
from bot.vocabulary import Vocabulary
from bot.waiting import Waiting
from corpus.glossary import Entry
from corpus.series import Table
from index.store import Store
from index.texts import StoredChunk, StoredSentence

Verdict = Literal["verbatim", "supported", "translated"]
"""What was checked of a statement, see docs/citations.md."""
Mode = Literal["extractive", "generative", "help"]
ABSTENTION = "The corpus does not answer this question."
"""How every abstention in English begins, on every surface."""
MARKER_LIKE = re.compile(r"\[(\d+)\]")
"""What has the form of our markers. A foreign text may hold it; in an answer's text it is shown in round brackets."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the reader asked, with the conversation before it."""

    text: str
    history: tuple[Turn, ...] = ()
    filters: Mapping[str, Any] | Filters | None = None  # Any: JSON values, checked by `bot.filters.read_filters`
    waiting: Waiting = field(default_factory=Waiting, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The index that a question is answered from, its vocabulary, what was removed since it was built, the calibration made for it."""

    store: Store
    vocabulary: Vocabulary
    removed: frozenset[str] = frozenset()
    calibration: Calibration | None = None
    tables: tuple[Table, ...] = ()
    """The series of the corpus."""
    glossary: tuple[Entry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is sent to search for a question, and the index that this question is answered from from start to end.

    `question` is what is asked, without greetings and thanks; if the reader asks for more, the question that more is asked of; if a
    chat model translated it or made a follow-up whole, the model's words. `typed` and `language` are the reader's.
    """

    question: str
    query: str
    language: str
    asked: Asked
    read: str = ""
    """The reader's own words as they were read: loaded ones left out, relative dates written out, no earlier question before them."""
    store: Store = field(compare=False, repr=False)
    removed: frozenset[str] = frozenset()
    calibration: Calibration | None = field(default=None, compare=False, repr=False)
    offered_by: frozenset[str] = frozenset()
    """Documents that list this very question as one that they answer: what the bot proposes it does not decline."""
    filters: Filters = NONE
    within: Within | None = field(default=None, compare=False, repr=False)
    """What the filters let through, or None if that is everything."""
    tables: tuple[Table, ...] = field(default=(), compare=False, repr=False)
    notice: str | None = None
    reply: str | None = None
    """Set when no search is needed: the question is empty, too long, small talk, or in a language that cannot be searched."""
    help: bool = False
    """Whether `reply` answers a question about Amur itself, which is no abstention."""
    typed: str = ""
    said: tuple[str, ...] | None = None
    """What was said to this question already, if the reader asks for more; else None."""
    glossary: tuple[Entry, ...] = field(default=(), compare=False, repr=False)
    waiting: Waiting = field(default_factory=Waiting, compare=False, repr=False)
    usage: Usage = field(default_factory=Usage)
    problems: tuple["Problem", ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    talk: Talk = field(default=NO_TALK, repr=False)

    def rows(self, chunk: StoredChunk) -> list[int]:
        """Return the rows of the chunk's sentences that may be quoted."""
        rows = range(chunk.first, chunk.last)
        return [row for row in rows if self.within is None or row in self.within.rows]


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A chunk as retrieved for a question. `similarity` is the cosine of the passage, `sentence_similarity` of its closest
    sentence, `lexical` the BM25 score; `score` is the fused value that ranks (higher is better, comparable within a question)."""

    chunk: StoredChunk
    text: str
    similarity: float
    sentence_similarity: float
    lexical: float
    score: float
    rank: int


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A sentence of a passage with what speaks for it: `similarity` (cosine), `coverage` (share of the query's IDF weight
    that its words cover, 0 to 1), `missing` (years and designations asked for that it lacks) and the combined `score`."""

    sentence: StoredSentence
    passage: Passage
    similarity: float
    coverage: float
    missing: tuple[str, ...]
    missing_names: tuple[str, ...]
    score: float


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """Passages and candidate sentences for a query, best first."""

    query: Query
    passages: tuple[Passage, ...]
    candidates: tuple[Candidate, ...]
    seconds: Mapping[str, float]
    reranker: str = ""
    """Which reranker scored the best sentences again (see `index.rerank.identify`), empty if none did."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of a document that a statement rests on."""

    document_id: str
    source_start: int
    source_end: int
    references: tuple[str, ...]
    section: int
    date: str | None = None


@dataclass(frozen=True, kw_only=True)
class DraftStatement:
    """A statement before its citation is checked: its span's words or, if `written`, a sentence of a chat model."""

    text: str
    spans: tuple[Span, ...]
    dispute: int | None = None
    who: str | None = None
    written: bool = False


@dataclass(frozen=True, kw_only=True)
class Draft:
    """All statements so far. A later draft holds those of the earlier ones, so that adding two keeps the later."""

    retrieved: Retrieved
    statements: tuple[DraftStatement, ...]
    abstained: bool
    confidence: float
    text: str = ""
    suggestions: tuple[str, ...] = ()
    mode: Mode = "extractive"
    notice: str | None = None
    problems: tuple["Problem", ...] = ()
    usage: Usage = field(default_factory=Usage)
    seconds: Mapping[str, float] = field(default_factory=dict)

    def __add__(self, other: "Draft") -> "Draft":
        return other


@dataclass(frozen=True, kw_only=True)
class Citation:
    """The resolved link from a marker to the words it rests on. `page` is that of a PDF, else None."""

    number: int
    document_id: str
    title: str
    publisher: str
    issued: str | None
    kind: str
    perspective: str
    section: str
    page: int | None
    url: str | None
    revision: str
    cited_text: str
    source_start: int
    source_end: int
    verdict: Verdict
    references: tuple[CitedReference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of the answer with the numbers of its citations."""

    text: str
    numbers: tuple[int, ...]
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Version:
    """One side of a disputed claim."""

    text: str
    who: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """A disputed claim with every version the corpus holds."""

    claim: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that was left out of the answer, and why."""

    kind: str
    text: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the bot says, with everything needed to check it. Its fields are the contract of every surface."""

    question: str
    query: str
    language: str
    answer: str
    abstained: bool
    confidence: float
    mode: Mode
    notice: str | None
    lead: str | None
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    source_mix: Mapping[str, int]
    disputed: tuple[Dispute, ...]
    filters: Mapping[str, Any]  # Any: JSON values
    series: AnsweredSeries | None
    as_of: str | None
    corpus_revision: str
    suggestions: tuple[str, ...]
    problems: tuple[Problem, ...]
    fingerprint: str
    seconds: Mapping[str, float]
    usage: Usage = field(default_factory=Usage)

    def to_dict(self) -> dict[str, Any]:  # Any: JSON values
        """Return the contract's object, ready for JSON."""
        return asdict(self)


EventKind = Literal["meta", "delta", "citation", "answer", "error"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One step of a streamed answer.

    kind      data
    meta      {"query", "as_of"}: what is searched for
    delta     {"text"}: the next piece of the answer's text
    citation  a Citation as a dict, before the marker that names it appears in a delta
    answer    the Answer as a dict; always the last event
    error     {"message"}: only from a surface, when the stream broke
    """

    kind: EventKind
    data: Mapping[str, Any]  # Any: JSON values
    answer: Answer | None = None

    def __add__(self, other: "Event") -> "Event":
        return other
