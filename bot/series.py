"""Which series a question asks for, if it asks for one: by rules over what the series say of themselves, rather none than a wrong one.

A question asks for a series if it looks over years ("since 2000", "by year", "how has … grown"). The series is the one whose
`subject` the question names in full (a word of every group), whose flow or holder is that of the question, and which knows every
other word of it: "trade with Japan since 2000" is none of ours.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.asked import Asked
from bot.filters import EARLIEST, Filters
from bot.messages import say
from bot.sources import CitedReference, cited_references
from corpus.references import Reference
from corpus.series import Point, Table
from index.lexical import tokenise

LookUp = Callable[[Iterable[str]], Mapping[str, Reference]]

FEWEST = 2
"""A series of fewer points is none."""
LONG = 2
"""Years between the first and the last of a span that make it one to look over."""

_OVER_TIME = re.compile(
    r"\b(?:by|per|each|every) year\b|\byear (?:by|after|on) year\b|\bover (?:the )?(?:years|time|decades)\b|\bthrough the years\b"
    r"|\bannual(?:ly)?\b|\byearly\b|\btrends?\b|\btime series\b|\b(?:chart|graph|plot)\b|\bstatistics\b"
    r"|\b(?:development|evolution|growth) of\b"
    r"|\bhow (?:has|have|did|much has|much have|much did) .*"
    r"\b(?:gr[eo]wn?|chang|develop|evolv|ris|rose|fall|fell|increas|decreas|declin|shr[aiu]nk)",
)
_WITHOUT_SUBJECT = frozenset(
    tokenise(
        "goods bilateral mutual total overall annual yearly year per change grow grew grown growth develop evolve evolution trend rise "
        "rose risen fall fell fallen increase decrease decline shrink time series chart graph plot show statistics data figure number "
        "level amount relation relationship country economic overview recent decade display draw table last past few several two three "
        "five ten since every many much got go went come came China Russia Beijing Moscow billion million dollar USD tonne"
    )
)
_COUNTRY = r"(?P<country>china|chinese|beijing|prc|russian?|moscow)\b"
_FROM = re.compile(rf"\bfrom (?:the )?{_COUNTRY}")
_TO = re.compile(rf"\b(?:to|into|for) (?:the )?{_COUNTRY}")
_OUT = re.compile(r"\b(?:export|sell|sold|sale|suppl|deliver|ship|sen[dt])\w*")
_IN = re.compile(r"\b(?:import|buy|bought|purchas)\w*")
_NAMED = re.compile(rf"\b{_COUNTRY}")
_SHARE_OF_WHOLE = re.compile(r"\bshare of (?:the )?(?P<country>china's|chinese|russia's|russian)\b")
_SHARE_OF = re.compile(r"\bshare of (?P<country>china|russia)\b(?!'s)")
_SHARE_HELD = re.compile(r"\b(?P<country>china|chinese|russian?)(?:'s)? share\b")
_OTHER = {"china": "russia", "russia": "china"}


@dataclass(frozen=True, kw_only=True)
class AnsweredSeries:
    """A series as an answer carries it: the points within the years asked for. Points of different bases are not comparable."""

    id: str
    title: str
    description: str
    unit: str
    years: tuple[int, int] | None
    points: tuple["AnsweredPoint", ...]
    sources: tuple[CitedReference, ...]


@dataclass(frozen=True, kw_only=True)
class AnsweredPoint:
    """A value for a period (ISO 8601) by somebody's count (`basis`); `reference` is the id of its source."""

    period: str
    value: float
    unit: str
    basis: str
    reference: str
    note: str


def find_series(
    text: str, asked: Asked, tables: Sequence[Table], filters: Filters, look_up: LookUp
) -> AnsweredSeries | None:
    """Return the series that a question asks for, or None.

    Args:
        text: the question, led by the one it follows up.
        asked: what it asks for.
        tables: the series there are.
        filters: years and perspectives hold for points; a series stands in no document and belongs to no topic.
        look_up: gives the sources of points by key.
    """
    if filters.topic or filters.document or not looks_over_years(text, asked):
        return None
    table = match_table(text, asked, tables)
    if table is None:
        return None
    bibliography = look_up(point.reference for point in table.points)
    spans = [span for span in (_years(asked), filters.years) if span is not None]
    points = tuple(
        point
        for point in table.points
        if all(first <= point.year <= last for first, last in spans) and _voiced(point, bibliography, filters)
    )
    if len({point.period for point in points}) < FEWEST:
        return None
    return AnsweredSeries(
        id=table.id,
        title=table.title,
        description=table.description,
        unit=" / ".join(dict.fromkeys(point.unit for point in points)),
        years=(max(s[0] for s in spans), min(s[1] for s in spans)) if spans else None,
        points=tuple(
            AnsweredPoint(
                period=p.period, value=p.value, unit=p.unit, basis=p.basis, reference=p.reference, note=p.note
            )
            for p in points
        ),
        sources=cited_references((p.reference for p in points), bibliography),
    )


def say_series(series: AnsweredSeries, language: str = "en") -> str:
    """Return what an abstention adds that no sentence but a series answers, in the reader's language."""
    first, last = series.points[0].period[:4], max(point.period[:4] for point in series.points)
    return say("series.only", language, title=series.title, count=len(series.points), first=first, last=last)


def looks_over_years(text: str, asked: Asked) -> bool:
    """Tell whether a question looks at a development rather than at one moment."""
    span = _years(asked)
    if "latest" in asked.wants:
        return False
    return bool(span and span[0] > EARLIEST and span[1] - span[0] >= LONG) or bool(_OVER_TIME.search(text.lower()))


def _years(asked: Asked) -> tuple[int, int] | None:
    return (int(asked.span[0][:4]), int(asked.span[1][:4])) if asked.span else None


def match_table(text: str, asked: Asked, tables: Sequence[Table]) -> Table | None:
    """Return the one series that a question is about, or None if none is, or two are equally."""
    dated = set(tokenise(asked.span_words))
    tokens = {t for t in asked.tokens if t not in dated and not t.isdigit() and t not in asked.numbers}
    tokens = {t for t in tokens if not re.fullmatch(r"\d{4}s", t)}
    flow, holder = read_flow(text), read_holder(text)
    ranked: list[tuple[int, int, Table]] = []
    for table in tables:
        groups = _groups(table)
        named = all(group & tokens for group in groups)
        known = tokens - _WITHOUT_SUBJECT <= _words(table)
        fits = (not table.flow or not flow or table.flow == flow) and table.holder == holder
        if groups and named and known and fits:
            ranked.append((-len(groups), len(set(tokenise(table.title)) - tokens), table))
    ranked.sort(key=lambda one: one[:2])
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0] and ranked[0][2].flow != ranked[1][2].flow:
        return None  # China's exports or Russia's? the question does not say
    return ranked[0][2] if ranked else None


def read_flow(text: str) -> str:
    """Return from where to where goods go in a text, "china-russia" or "russia-china", or nothing if it does not say."""
    lower = text.lower().replace("’", "'")
    origin = _FROM.search(lower)
    if origin:
        return _from(_country(origin))
    verb = _OUT.search(lower) or _IN.search(lower)
    if verb is None:
        return ""
    target = _TO.search(lower)
    if target:
        return _from(_OTHER[_country(target)])
    before = list(_NAMED.finditer(lower[: verb.start()]))
    if not before:
        return ""
    who = _country(before[-1])
    return _from(who if _OUT.match(verb.group()) else _OTHER[who])


def read_holder(text: str) -> str:
    """Return whose share a text speaks of, "china" or "russia", or nothing if it speaks of none's."""
    lower = text.lower().replace("’", "'")
    held = _SHARE_HELD.search(lower) or _SHARE_OF.search(lower)
    if held:
        return _country(held)
    whole = _SHARE_OF_WHOLE.search(lower)
    return _OTHER[_country(whole)] if whole else ""


def _country(match: re.Match[str]) -> str:
    return "russia" if match["country"].startswith(("russia", "moscow")) else "china"


def _from(origin: str) -> str:
    return f"{origin}-{_OTHER[origin]}"


def _groups(table: Table) -> list[set[str]]:
    """Return the groups of tokens of which a question names one each; without a subject every word of the title is one."""
    if table.subject:
        return [set(tokenise(" ".join(group))) for group in table.subject]
    return [{token} for token in set(tokenise(table.title)) - _WITHOUT_SUBJECT]


def _words(table: Table) -> set[str]:
    subject = " ".join(word for group in table.subject for word in group)
    return set(tokenise(f"{table.title} {table.description} {table.unit} {subject}"))


def _voiced(point: Point, bibliography: Mapping[str, Reference], filters: Filters) -> bool:
    reference = bibliography.get(point.reference)
    return not filters.perspective or (reference is not None and reference.perspective in filters.perspective)
