"""The checked sentences of one generative answer: those kept, those left out and why, and what belongs with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.check import Checked, Cited, check_sentence
from bot.neighbours import leans
from bot.prompts import CANNOT_ANSWER
from bot.records import DraftStatement, Problem, Query, Span
from bot.written import Written

ENOUGH = 0.5
"""The share of the written sentences that must be kept; of fewer, quotes are added."""
_LEANS = re.compile(
    r"(?:он|она|оно|они|его|ее|её|их|это|этот|эта|эти|этого|такой|такая|такие|там|тогда|затем|однако|также|кроме того|при этом|обе|оба)\b|"
    r"它|他|她|这|该|此|其|但|同时|此外|随后",
    re.IGNORECASE,
)


@dataclass
class Sentences:
    """What has come of one answer so far; local to one run. `spans` are the pieces of documents by their keys."""

    query: Query
    spans: Mapping[str, DraftStatement]
    kept: list[DraftStatement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    written: int = 0
    declined: bool = False
    translated: bool = False
    _kept_last: bool = False

    def take(self, sentence: Written) -> bool:
        """Check a sentence and keep it, or note why not; return whether it was kept."""
        if CANNOT_ANSWER in sentence.text:
            self.declined = True
            return False
        self.written += 1
        known = tuple(dict.fromkeys(key for key in sentence.keys if key in self.spans))
        unknown = [key for key in sentence.keys if key not in self.spans]
        if unknown:
            self._note("unknown-key", sentence.text, f"it names {', '.join(unknown)[:80]!r}, which is no span")
        if unknown and not known:
            self._kept_last = False
            return False
        named = [self.spans[key] for key in known]
        checked = self._check(sentence.text, named)
        self._kept_last = checked.verdict is not None
        if checked.verdict is None:
            self._note(checked.kind, sentence.text, checked.detail)
            return False
        if any(sentence.text == other.text for other in self.kept):
            self.written -= 1  # the model repeats itself: neither right nor wrong
            return False
        self.translated = self.translated or checked.verdict == "translated"
        self.kept.append(_statement(sentence.text, [named[i] for i in checked.rests_on]))
        return True

    @property
    def enough(self) -> bool:
        """Whether what was kept can stand as the answer."""
        return bool(self.kept) and len(self.kept) >= ENOUGH * self.written

    def missing_sides(self) -> list[DraftStatement]:
        """Return what else belongs to the disputed blocks that the kept sentences speak of: every version comes, or none."""
        told = self._told()
        touched = {_block(p) for p in self.spans.values() if p.dispute is not None and told & set(p.spans)}
        return [p for p in self.spans.values() if _block(p) in touched and not told & set(p.spans)]

    def beyond(self, quoted: Sequence[DraftStatement]) -> list[DraftStatement]:
        """Return the quotes whose words no kept sentence rests on."""
        told = self._told()
        return [statement for statement in quoted if not told & set(statement.spans)]

    def _told(self) -> set[Span]:
        return {span for statement in self.kept for span in statement.spans}

    def _check(self, text: str, named: Sequence[DraftStatement]) -> Checked:
        checked = check_sentence(text, cited_of(self.query, [s.spans[0] for s in named]), self.query.glossary)
        if checked.verdict is None or not (leans(text) or _LEANS.match(text)):
            return checked
        # "It was signed in 2001" speaks of what the sentence before it speaks of; if that one is gone, of something else.
        before = self.kept[-1] if self._kept_last and self.kept else None
        documents = {named[i].spans[0].document_id for i in checked.rests_on}
        if before is not None and documents & {span.document_id for span in before.spans}:
            return checked
        return Checked(kind="leaning", detail="it points to a sentence that is not there")

    def _note(self, kind: str, text: str, detail: str) -> None:
        self.problems.append(Problem(kind=kind, text=text, detail=detail))


def cited_of(query: Query, spans: Sequence[Span]) -> list[Cited]:
    """Return the words of spans as the index holds them, with their language; nothing for a span that it does not hold."""
    found = []
    for span in spans:
        document = query.store.document(span.document_id)
        if document is not None and 0 <= span.source_start < span.source_end <= len(document.text):
            text = document.text[span.source_start : span.source_end]
            found.append(Cited(text=text, language=document.language))
    return found


def _statement(text: str, pieces: Sequence[DraftStatement]) -> DraftStatement:
    """Return a written sentence as a statement on its spans; one on a single side of a dispute is that side's version."""
    blocks = {_block(p) for p in pieces}
    of_block = len(blocks) == 1 and pieces[0].dispute is not None
    return DraftStatement(
        text=text,
        spans=tuple(dict.fromkeys(span for p in pieces for span in p.spans)),
        dispute=pieces[0].dispute if of_block else None,
        who=pieces[0].who if of_block and len(pieces) == 1 else None,
        written=True,
    )


def _block(piece: DraftStatement) -> tuple[str, int | None]:
    return piece.spans[0].document_id, piece.dispute
