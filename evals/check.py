"""Hold cases against the corpus they are about: what no reader of the file can see, a script can.

Each problem says which case and why. `check_cases` looks at every case, anybody's; `check_suite` at what makes a set of cases
fair as a whole: no text on both sides of a split, no sentence pattern that dominates, near-misses that are near.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.documents import Corpus, Document
from evals.cases import SHIPPED_CASES, Case
from index.lexical import tokenise

SPLITS_FILE = SHIPPED_CASES / "splits.json"
NEAR_MISS = "near-miss"
RUN = 5
"""A question that shares this many words in a row with its evidence gives the answer's place away."""
TEMPLATE_SHARE = 0.05
NEAR = 0.6
"""A near-miss is near if this share of its words stands in one text it names; half of them must be."""

_WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*")


@dataclass(frozen=True, kw_only=True)
class CaseProblem:
    """Something to mend in a case, or in the set (`case_id` is empty then)."""

    case_id: str
    text: str

    def __str__(self) -> str:
        return f"{self.case_id}: {self.text}" if self.case_id else self.text


def check_cases(cases: Sequence[Case], corpus: Corpus) -> list[CaseProblem]:
    """Return what is wrong with single cases: evidence that is not there, answers that are, words taken from the evidence."""
    documents = {d.id: d for d in corpus.documents}
    problems = [CaseProblem(case_id=c.id, text=text) for c in cases for text in _case_problems(c, documents)]
    asked: dict[tuple[str, str], str] = {}
    for case in cases:
        key = (" ".join(case.question.casefold().split()), json.dumps(case.history, sort_keys=True))
        first = asked.setdefault(key, case.id)
        if first != case.id:
            problems.append(CaseProblem(case_id=case.id, text=f"asks the same as {first!r}"))
    return problems


def check_suite(cases: Sequence[Case], splits: dict[str, list[str]] | None = None) -> list[CaseProblem]:
    """Return what is wrong with the set as a whole.

    Args:
        cases: the whole set.
        splits: `{"dev": [document ids], "test": […], "both": […]}`; those in `both` (overviews that repeat others) may stand
            on either side. Without it, no document may.
    """
    texts = [*_split_problems(cases, splits or {}), *_template_problems(cases), *_group_problems(cases)]
    return [CaseProblem(case_id="", text=text) for text in texts]


def overlap(case: Case, documents: dict[str, Document]) -> float:
    """Return the share of the question's words, 0 to 1, that stand in that text, of those the case names, that holds most."""
    words = set(tokenise(case.question))
    texts = [set(tokenise(documents[name].text)) for name in case.documents if name in documents]
    return max((len(words & text) / len(words) for text in texts), default=0.0) if words else 0.0


def template(question: str) -> str:
    """Return how a question begins, figures and names masked: what questions made from one template share."""
    words = _WORD.findall(question)
    masked = ["#" if w[0].isdigit() else "X" if i and w[0].isupper() else w.casefold() for i, w in enumerate(words)]
    return " ".join(masked[:5])


def load_splits() -> dict[str, list[str]]:
    """Return which documents' cases are tuned on and which are kept for the test."""
    found: dict[str, list[str]] = json.loads(SPLITS_FILE.read_text(encoding="utf-8"))
    return found


def _case_problems(case: Case, documents: dict[str, Document]) -> Iterator[str]:
    for name in case.documents:
        if name not in documents:
            yield f"names the document {name!r}, which is not in the corpus"
    named = [documents[name] for name in case.documents if name in documents]
    if case.answerable:
        yield from _answerable_problems(case, named)
    else:
        yield from _unanswerable_problems(case, documents.values())
    shared = _shared_run(case.question, named)
    if shared:
        yield f"shares {RUN} words in a row with a text it names: {shared!r}"


def _answerable_problems(case: Case, named: Sequence[Document]) -> Iterator[str]:
    if not case.documents:
        yield "is answerable but names no document"
    if not named:
        return
    sentences = [s for d in named for s in _sentences(d)]
    for nugget in case.nuggets:
        holding = [s for s in sentences if nugget.found_in(s)]
        if not holding:
            yield f"the nugget {nugget.id!r} stands in no sentence of {', '.join(case.documents)}"
        elif all(any(re.search(p, s, re.IGNORECASE) for p in case.must_not) for s in holding):
            yield f"every sentence that holds the nugget {nugget.id!r} matches must_not as well"
    if case.reference and not all(n.found_in(case.reference) for n in case.nuggets if n.vital):
        yield "the reference answer lacks a vital nugget"


def _unanswerable_problems(case: Case, documents: Iterable[Document]) -> Iterator[str]:
    if case.kind == NEAR_MISS and not case.nuggets:
        yield "a near-miss needs a nugget: the pattern of what would answer it, which no sentence matches"
    for document in documents:
        for sentence in _sentences(document):
            for nugget in case.nuggets:
                if nugget.found_in(sentence):
                    yield f"is called unanswerable, but {document.id} says: {sentence!r}"
                    return


def _sentences(document: Document) -> list[str]:
    return [document.quote(s.start, s.end) for s in document.sentences]


def _shared_run(question: str, named: Sequence[Document]) -> str:
    words = [w.casefold() for w in _WORD.findall(question)]
    runs = {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}
    for document in named:
        text = [w.casefold() for w in _WORD.findall(document.text)]
        for i in range(len(text) - RUN + 1):
            if tuple(text[i : i + RUN]) in runs:
                return " ".join(text[i : i + RUN])
    return ""


def _split_problems(cases: Sequence[Case], splits: dict[str, list[str]]) -> Iterator[str]:
    side = {name: split for split, names in splits.items() for name in names}
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    for case in cases:
        for name in case.documents:
            if side.get(name, case.split) not in (case.split, "both"):
                yield f"{case.id} is in {case.split}, but its document {name!r} is in {side[name]}"
            elif side.get(name) != "both":
                seen[name].setdefault(case.split, case.id)
    for name, sides in seen.items():
        if len(sides) > 1:
            yield f"the document {name!r} stands on both sides: {', '.join(sides.values())}"


def _template_problems(cases: Sequence[Case]) -> Iterator[str]:
    most = max(TEMPLATE_SHARE * len(cases), 2)
    for shape, count in Counter(template(c.question) for c in cases).items():
        if count > most:
            yield f"{count} of {len(cases)} questions begin {shape!r}; at most {TEMPLATE_SHARE:.0%} may"


def _group_problems(cases: Sequence[Case]) -> Iterator[str]:
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.group:
            groups[case.group].append(case)
    for name, members in groups.items():
        if len(members) < 2:
            yield f"the group {name!r} has one case only ({members[0].id})"
        if len({c.split for c in members}) > 1:
            yield f"the group {name!r} stands in both splits"
