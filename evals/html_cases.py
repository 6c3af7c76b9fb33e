"""What the pages on runs show of a single case: the answer with its quotes, what was missed, what stood in the way."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.records import Citation, Statement
from evals.cases import Case, Nugget
from evals.compare import Comparison, Flip
from evals.failures import FAILURES
from evals.html_tables import anchor, show
from evals.judged import Judged, JudgedCase, Opinion
from evals.outcomes import OUTCOMES, outcome_of
from evals.replies import Quote, Ranked, Reply
from evals.run import Result

PASSAGES = 5
SENTENCES = 3
VALUES = (
    "nuggets", "all nuggets", "ROUGE-L", "token F1", "words", "verbatim", "citation recall", "citation precision",
    "gold recall", "gold precision", "right document", "evidence recall@5", "document RR", "passage nDCG@10", "two voices",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a text; `nugget` is the id of the one it states, or nothing."""

    text: str
    nugget: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One statement: its pieces and the numbers of its citations, or its bare quotes if the system made none."""

    pieces: tuple[Piece, ...]
    numbers: tuple[int, ...] = ()
    quotes: tuple[Quote, ...] = ()
    who: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a system said to a case, made ready to be shown."""

    result: Result
    outcome: str
    statements: tuple[Shown, ...]
    citations: tuple[Citation, ...]
    missed: tuple[Nugget, ...]
    hits: tuple[str, ...]
    passages: tuple[tuple[Ranked, bool], ...]
    sentences: tuple[Quote, ...]
    values: tuple[tuple[str, str], ...]
    judged: JudgedCase | None = None

    @property
    def judged_values(self) -> tuple[tuple[str, str], ...]:
        """What a judge made of it, as names and means over its repeats."""
        judged = self.judged
        return tuple((name, show(name, judged.value(name))) for name in judged.values) if judged else ()

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        """What a judge said and why, the first time it was asked."""
        return tuple(o for o in self.judged.opinions if o.repeat == 0) if self.judged else ()

    @property
    def query(self) -> str:
        """What was searched for, if it is not the question."""
        reply = self.result.reply
        query = reply.answer.query if reply and reply.answer else ""
        return query if query != self.result.case.question else ""

    @property
    def why(self) -> str:
        """What went wrong, in words; the error if there was one."""
        score = self.result.score
        return score.error or FAILURES.get(score.failure, "")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """One case of a list with what it may be filtered by; `anchors` are places of the page that lead to it."""

    case: Case
    told: Told
    facets: Mapping[str, str]
    anchors: tuple[str, ...] = ()
    before: Told | None = None


@dataclass(frozen=True, kw_only=True)
class Facet:
    """Something that cases can be filtered by, with its values and how many cases have each."""

    name: str
    label: str
    values: tuple[tuple[str, int], ...]


def tell(result: Result, judged: JudgedCase | None = None) -> Told:
    """Return what was said to a case, ready to be shown, with what a judge made of it."""
    case, reply, score = result.case, result.reply, result.score
    answer = reply.answer if reply else None
    nuggets = case.nuggets if case.answerable else ()
    expected = set(case.documents)
    return Told(
        result=result,
        outcome=outcome_of(score),
        statements=tuple(_statements(reply, nuggets)) if reply else (),
        citations=answer.citations if answer else (),
        missed=tuple(n for n in nuggets if n.id not in score.stated) if score.error is None else tuple(nuggets),
        hits=tuple(
            p for p in case.must_not if reply and not reply.abstained and re.search(p, reply.text, re.IGNORECASE)
        ),
        passages=tuple((p, p.document_id in expected) for p in reply.passages[:PASSAGES]) if reply else (),
        sentences=_nearest(reply) if reply and (score.failure or reply.abstained) else (),
        values=tuple((n, show(n, v)) for n, v in score.values.items() if n in VALUES),
        judged=judged,
    )


def _statements(reply: Reply, nuggets: Sequence[Nugget]) -> Iterable[Shown]:
    """Return the statements as the answer has them, with its numbers; else as the system said them, with bare quotes."""
    if reply.answer is None:
        yield from (Shown(pieces=mark(s.text, nuggets), quotes=s.quotes) for s in reply.said)
        return
    sides = {(v.text, v.numbers): v.who for dispute in reply.answer.disputed for v in dispute.versions}
    statements: tuple[Statement, ...] = reply.answer.statements
    for s in statements:
        yield Shown(pieces=mark(s.text, nuggets), numbers=s.numbers, who=sides.get((s.text, s.numbers), ""))


def _nearest(reply: Reply) -> tuple[Quote, ...]:
    """Return the best sentences found that are not quoted."""
    quoted = {(q.document_id, q.source_start) for q in reply.quotes}
    return tuple(s for s in reply.sentences if (s.document_id, s.source_start) not in quoted)[:SENTENCES]


def mark(text: str, nuggets: Sequence[Nugget]) -> tuple[Piece, ...]:
    """Return the text in pieces, so that the words which state a nugget are told apart; the first match of each counts."""
    spans = []
    for nugget in nuggets:
        found = (re.search(pattern, text, re.IGNORECASE) for pattern in nugget.any)
        match = next((m for m in found if m and m.end() > m.start()), None)
        if match:
            spans.append((match.start(), match.end(), nugget.id))
    pieces, at = [], 0
    for start, end, name in sorted(spans):
        if start < at:
            continue
        pieces += [Piece(text=text[at:start])] * (start > at) + [Piece(text=text[start:end], nugget=name)]
        at = end
    return tuple([*pieces, Piece(text=text[at:])] if at < len(text) or not pieces else pieces)


def shelve(results: Sequence[Result], judged: Judged | None = None) -> list[Shelf]:
    """Return the cases of a run, what went wrong first, the worst on top."""
    opinions = {one.case_id: one for one in judged.cases} if judged else {}
    told = [tell(r, opinions.get(r.case.id)) for r in results]
    severity = {name: -rank for rank, name in enumerate(OUTCOMES)}
    places = {name: place for place, name in enumerate(FAILURES)}
    told.sort(key=lambda t: (not t.result.score.failure, severity[t.outcome], places.get(t.result.score.failure, 99)))
    return _anchored([Shelf(case=t.result.case, told=t, facets=_facets(t)) for t in told], ("kind", "failure"))


def shelve_flips(found: Comparison) -> list[Shelf]:
    """Return the cases that flipped, those that got worse first."""
    flips = sorted(found.flips, key=lambda f: f.better)
    shelves = []
    for flip in flips:
        a, b = tell(flip.before), tell(flip.after)
        facets = {
            "change": "better" if flip.better else "worse",
            "to": _to(flip),
            "kind": a.result.case.kind,
            "language": a.result.case.language,
        }
        shelves.append(Shelf(case=a.result.case, told=b, before=a, facets=facets))
    return _anchored(shelves, ("change", "kind"))


def _to(flip: Flip) -> str:
    """Return the outcomes before and after, such as "wrong → right"."""
    return f"{outcome_of(flip.before.score)} → {outcome_of(flip.after.score)}"


def _facets(told: Told) -> dict[str, str]:
    case, score = told.result.case, told.result.score
    return {
        "kind": case.kind,
        "outcome": told.outcome,
        "failure": score.failure,
        "split": case.split,
        "language": case.language,
    }


def _anchored(shelves: Sequence[Shelf], names: Sequence[str]) -> list[Shelf]:
    """Return the shelves, the first of each value of these facets being where the page's links to that value lead."""
    seen: set[str] = set()
    found = []
    for shelf in shelves:
        own = [anchor(**{name: shelf.facets[name]}) for name in names if shelf.facets[name]]
        new = tuple(a for a in own if a not in seen)
        seen.update(new)
        found.append(Shelf(case=shelf.case, told=shelf.told, before=shelf.before, facets=shelf.facets, anchors=new))
    return found


def facets_of(shelves: Sequence[Shelf], labels: Mapping[str, str]) -> list[Facet]:
    """Return the filters that tell cases apart: those with more than one value."""
    found = []
    for name, label in labels.items():
        counts: dict[str, int] = {}
        for shelf in shelves:
            value = shelf.facets[name]
            counts[value] = counts.get(value, 0) + 1
        if len(counts) > 1:
            kept = {value: n for value, n in counts.items() if value}
            found.append(Facet(name=name, label=label, values=tuple(sorted(kept.items()))))
    return found
