"""What the pages on runs say in words: the headline, what is weakest, what was run, what the curves mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.pages import count, say_date
from evals.answers import Score
from evals.failures import FAILURES
from evals.html_tables import TOTALS, Lead, anchor
from evals.metrics import METRICS
from evals.runs import About, Run
from evals.statistics import Interval, mean, rate

ENOUGH = 5
"""Cases that a kind needs to be called the weakest."""
ALMOST_CERTAIN = 0.05


@dataclass(frozen=True, kw_only=True)
class Card:
    """A figure of the headline: its name, its value, the interval around it, what it means, and over how many cases."""

    name: str
    value: str
    interval: str
    meaning: str
    cases: int


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A figure and the rest of its sentence; `href` leads to the cases it is about, `warns` if it is bad news."""

    figure: str
    text: str
    href: str = ""
    warns: bool = False


def share(value: float) -> str:
    """Return a share in per cent."""
    return f"{value:.0%}"


def span(interval: Interval) -> str:
    """Return an interval of shares in words; nothing for one without width, which only says that all cases are alike."""
    return f"{share(interval.low)} to {share(interval.high)}" if interval.low < interval.high else ""


def cards(scores: Sequence[Score]) -> list[Card]:
    """Return the figures beside the headline, those that make sense for these cases."""
    found = [_mean_card(scores, name) for name in ("nuggets", "right document", "verbatim")]
    for kind in ("near-miss", "off-topic"):
        asked = [s for s in scores if s.kind == kind and not s.answerable]
        found.append(
            _rate_card(asked, f"{kind} declined", f"share of {kind} questions, which the texts do not answer, declined")
        )
    declined = [s for s in scores if s.answerable]
    found.append(_rate_card(declined, "answerable declined", "share of answerable questions declined; lower is better"))
    return [card for card in found if card]


def _mean_card(scores: Sequence[Score], name: str) -> Card | None:
    values = [s.values[name] for s in scores if name in s.values]
    found = mean(values)
    if found is None:
        return None
    return Card(
        name=name, value=share(found.value), interval=span(found), meaning=METRICS[name].meaning, cases=len(values)
    )


def _rate_card(scores: Sequence[Score], name: str, meaning: str) -> Card | None:
    found = rate(sum(s.abstained for s in scores), len(scores))
    if found is None:
        return None
    return Card(name=name, value=share(found.value), interval=span(found), meaning=meaning, cases=len(scores))


def findings(figures: Mapping[str, Any], scores: Sequence[Score], ahead: Sequence[Lead]) -> list[Finding]:
    """Return what a reader should know first, each computed: the rivals, the weakest kind, the commonest failure."""
    found = [_rivals(ahead)] if ahead else []
    kinds = {k: v for k, v in figures["sets"].items() if k not in TOTALS}
    kinds = {k: v for k, v in kinds.items() if v["cases"] >= ENOUGH} or kinds
    if len(kinds) > 1:
        weakest = min(kinds, key=lambda k: kinds[k]["truthfulness"])
        found.append(
            Finding(
                figure=signed(kinds[weakest]["truthfulness"]),
                text=f"is the lowest truthfulness of any kind of question: {weakest} ({count(kinds[weakest]['cases'], 'case')}).",
                href="#" + anchor(kind=weakest),
            )
        )
    failures: Mapping[str, int] = figures["failures"]
    if failures:
        commonest, total = max(failures, key=lambda f: failures[f]), sum(failures.values())
        found.append(
            Finding(
                figure=f"{failures[commonest]:,} of {total:,}",
                text=f"failures are of one sort, “{commonest}”: {FAILURES[commonest]}.",
                href="#" + anchor(failure=commonest),
            )
        )
    errors = sum(s.error is not None for s in scores)
    if errors:
        text = f"{'cases' if errors != 1 else 'case'} ended in an error; each counts as wrong."
        found.append(Finding(figure=f"{errors:,}", text=text, href="#" + anchor(failure="error"), warns=True))
    return found


def _rivals(ahead: Sequence[Lead]) -> Finding:
    """Say by how much the bot leads the best simple system, or that it does not."""
    nearest = min(ahead, key=lambda lead: lead.difference.value)
    gap = nearest.difference
    sure = f"95% interval {signed(gap.low)} to {signed(gap.high)}"
    if gap.value > 0:
        doubt = "" if gap.p < ALMOST_CERTAIN else ", which may be luck"
        text = f"truthfulness ahead of the best simple system, “{nearest.system}” ({sure}){doubt}."
        return Finding(figure=signed(gap.value), text=text, href="#systems", warns=bool(doubt))
    return Finding(
        figure=signed(gap.value),
        text=f"truthfulness: Amur does not beat the simple system “{nearest.system}” ({sure}).",
        href="#systems",
        warns=True,
    )


def unbeaten(ahead: Sequence[Lead]) -> list[str]:
    """Return a sentence for each simple system that the bot does not beat on truthfulness by more than luck."""
    said = []
    for lead in ahead:
        gap = lead.difference
        if gap.value > 0 and gap.p < ALMOST_CERTAIN:
            continue
        what = (
            f"Amur is no better than “{lead.system}”"
            if gap.value <= 0
            else f"that Amur is ahead of “{lead.system}” may be luck"
        )
        sure = f"95% interval {signed(gap.low)} to {signed(gap.high)}, p {gap.p:.3f}"
        said.append(f"on truthfulness, {what} (difference {signed(gap.value)}, {sure}).")
    return said


def signed(value: float) -> str:
    """Return a figure with its sign and a true minus; nought has none."""
    text = f"{value:+.2f}".replace("-", "−")
    return text[1:] if text[1:] == "0.00" else text


def curve_words(figures: Mapping[str, float | None], scores: Sequence[Score]) -> list[str]:
    """Return a sentence for each figure on confidence, so that a reader without statistics understands it."""
    said = []
    auroc, aurc, ece = figures["AUROC"], figures["AURC"], figures["ECE"]
    reach = figures["coverage at 10 % risk"]
    if auroc is not None:
        said.append(
            f"AUROC {auroc:.2f}: of a right and a wrong answer picked at random, the right one has the higher confidence "
            f"in {share(auroc)} of the pairs. A coin would reach 50%."
        )
    if aurc is not None:
        wrong = [not s.right for s in scores if s.right is not None]
        said.append(
            f"AURC {aurc:.2f}: averaged over all thresholds, {share(aurc)} of the answers given would be wrong. "
            f"Without any order among the answers it would be {share(sum(wrong) / len(wrong))}; 0% is best."
        )
    if ece is not None:
        said.append(
            f"ECE {ece:.2f}: confidence is {ece * 100:.0f} percentage points off the share that is right, on average."
        )
    if reach is not None:
        said.append(
            f"Coverage at 10% risk {reach:.2f}: at most {share(reach)} of the questions could be answered with no more than "
            "one answer in ten wrong."
        )
    return said


def about_rows(about: About, results: int) -> list[tuple[str, str]]:
    """Return what was run as names and values."""
    day, _, time = about.started.partition("T")
    index = ", ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in about.index.items())
    asked = f"{about.cases:,}" if results == about.cases else f"{results:,} of {about.cases:,}"
    rows = [
        ("run", about.id),
        ("started", f"{say_date(day)}, {time[:5]} UTC" if time else say_date(day)),
        ("took", duration(about.seconds) if about.complete else "interrupted"),
        ("cases", f"{asked}: {chosen(about.asked_for)}; hash {about.cases_hash}"),
        ("texts", f"revision {about.corpus_revision}" + (f", as of {say_date(about.as_of)}" if about.as_of else "")),
        ("index", index),
        ("settings", ", ".join(f"{name} {_plain(value)}" for name, value in about.settings.items())),
        ("confidence", f"{about.calibration or 'by rule'}, threshold {about.threshold:.3f}"),
        ("fingerprint", about.fingerprint),
    ]
    return [*rows, ("judge", about.judge)] if about.judge else rows


def judge_words(judged: Mapping[str, Any]) -> list[str]:
    """Return who judged, how often it was asked, what it cost, and how far people agree with it."""
    tokens = judged["tokens"]
    said = [
        f"{judged['model']} ({judged['prompts']}), asked {count(judged['repeats'], 'time')} about everything: "
        f"{count(judged['asked'], 'verdict')} asked for, {judged['cached']:,} more from the cache, "
        f"{tokens['input']:,} tokens read and {tokens['output']:,} written."
    ]
    for name, found in judged["agreement"].items():
        kappa = "undefined" if found["kappa"] is None else f"{found['kappa']:.2f}"
        said.append(f"Agreement with people on {name}: weighted kappa {kappa} over {count(found['rated'], 'answer')}.")
    if judged["stale_ratings"]:
        said.append(
            f"{count(judged['stale_ratings'], 'rating')} of people left out: the bot no longer gives that answer."
        )
    if judged["errors"]:
        said.append(f"{count(judged['errors'], 'error')}; the first: {judged['first_error']}")
    return said


def _plain(value: object) -> str:
    return "by default" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def chosen(asked: Mapping[str, Any]) -> str:
    """Return in words which cases a run asked for."""
    files = [str(name) for name in asked.get("cases") or ()]
    parts = [", ".join(files) if files else "the shipped cases"]
    if asked.get("split"):
        parts.append(f"split {asked['split']}")
    if asked.get("kind"):
        parts.append(f"{'kinds' if len(asked['kind']) > 1 else 'kind'} {', '.join(map(str, asked['kind']))}")
    if asked.get("limit"):
        parts.append(f"the first {asked['limit']:,}")
    return "; ".join(parts)


def duration(seconds: float) -> str:
    """Return a time span as a person says it."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{seconds:.1f} s" if seconds < 10 else f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def notes(run: Run) -> list[str]:
    """Return what a reader must know before trusting the figures."""
    said = []
    if not run.about.complete:
        said.append(
            f"The run was interrupted: {len(run.results):,} of {run.about.cases:,} cases are answered. "
            "“amur eval run --resume” with the same options goes on with it."
        )
    if not run.baselines:
        said.append("The simple systems were left out of this run, so there is nothing to hold the figures against.")
    if len(run.results) < 30:
        said.append(
            f"{count(len(run.results), 'case is', 'cases are')} too few for firm conclusions; mind the intervals."
        )
    return said


def gap_words(value: float, low: float, high: float, significant: bool) -> str:
    """Return in words what a difference between two runs is worth."""
    if not value and not low and not high:
        return "no change"
    way = "up" if value > 0 else "down" if value < 0 else "level"
    return f"{way}, by more than luck" if significant else f"{way}, may be luck"
