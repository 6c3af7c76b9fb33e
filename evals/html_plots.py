"""The plots of the pages on runs, each with the table of its figures."""

from collections.abc import Mapping, Sequence

from corpus.charts import Curve, Scales, Stack, curves, stacked_bars
from corpus.drawing import Series
from corpus.estimates import Estimate, Scale, estimates
from corpus.pages import Plot, Table, make_plot
from evals.abstention import Step, reliability, risk_coverage
from evals.answers import Score
from evals.compare import Comparison, Flip
from evals.html_tables import Rated, show
from evals.html_words import ENOUGH, gap_words, share, signed, span
from evals.outcomes import OUTCOMES, count_outcomes
from evals.statistics import mean, rate
from evals.summary import points_of

PARTS = (
    Series(label="right", colour="4"),
    Series(label="partly right", colour="6"),
    Series(label="declined though answerable", colour="8"),
    Series(label="wrong", colour="1", hatch="///"),
)
"""How each of `evals.outcomes.OUTCOMES` is drawn."""

FLIPS = (
    Series(label="newly right", colour="4"),
    Series(label="better, not right", colour="5"),
    Series(label="worse, not right before", colour="6"),
    Series(label="no longer right", colour="1", hatch="///"),
)
"""How flips from one run to another are drawn."""

FROM_WRONG_TO_RIGHT = Scale(
    low=-1, high=1, ticks=((-1, "−1"), (-0.5, "−0.5"), (0, "0"), (0.5, "+0.5"), (1, "+1")), heavy=0
)
SHARES = Scale(low=0, high=1, ticks=((0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1, "100%")))


def plot_outcomes(name: str, title: str, text: str, groups: Mapping[str, Sequence[Score]]) -> Plot:
    """Show for each group of cases how many came to each outcome."""
    counts = {label: tuple(count_outcomes(scores).values()) for label, scores in groups.items()}
    stacks = [Stack(label=label, values=values, note=f"{sum(values):,}") for label, values in counts.items()]
    return make_plot(
        name,
        title,
        text,
        lambda frame: stacked_bars(frame, PARTS, stacks),
        Table(head=("", *OUTCOMES, "all"), rows=tuple((label, *v, sum(v)) for label, v in counts.items())),
    )


def plot_truthfulness(systems: Sequence[Rated]) -> Plot:
    """Show the truthfulness of every system with its interval."""
    known = {s.name: mean([float(one.truthfulness) for one in s.scores]) for s in systems}
    found = [(s, interval) for s in systems if (interval := known[s.name])]
    rows = [
        Estimate(
            label=s.name,
            value=i.value,
            low=i.low,
            high=i.high,
            note=signed(i.value),
            colour="accent" if s.look == "ours" else "muted",
            hollow=s.look != "ours",
        )
        for s, i in found
    ]
    return make_plot(
        "truthfulness",
        "Truthfulness of every system",
        "Mean over all cases, from −1 (all wrong) to +1 (all right), with 95% intervals. Intervals that overlap can still differ: "
        "all systems answered the same questions.",
        lambda frame: estimates(frame, rows, FROM_WRONG_TO_RIGHT),
        Table(
            head=("system", "truthfulness", "from", "to"),
            rows=tuple((s.name, *(show("truthfulness", v) for v in (i.value, i.low, i.high))) for s, i in found),
        ),
    )


def plot_declined(scores: Sequence[Score]) -> Plot:
    """Show how often the bot declined each kind of question that the corpus does not answer, and those that it does."""
    kinds = dict.fromkeys(s.kind for s in scores if not s.answerable)
    groups = {kind: [s for s in scores if s.kind == kind and not s.answerable] for kind in kinds}
    groups |= {"all unanswerable": [s for s in scores if not s.answerable]} if len(kinds) > 1 else {}
    groups |= {"answerable": [s for s in scores if s.answerable]}
    found = [(name, len(g), i) for name, g in groups.items() if (i := rate(sum(s.abstained for s in g), len(g)))]
    rows = [
        Estimate(
            label=name,
            value=i.value,
            low=i.low,
            high=i.high,
            note=f"{share(i.value)} of {n:,}",
            colour="muted" if name == "answerable" else "accent",
            hollow=name == "answerable",
        )
        for name, n, i in found
    ]
    return make_plot(
        "declined",
        "Which questions are declined",
        "Share of questions declined, with 95% intervals. Of the unanswerable ones it should be all, of the answerable ones none.",
        lambda frame: estimates(frame, rows, SHARES),
        Table(
            head=("kind", "cases", "declined", "95% interval"),
            rows=tuple((name, n, share(i.value), span(i)) for name, n, i in found),
        ),
    )


def plot_risk(scores: Sequence[Score], threshold: float) -> Plot | None:
    """Show the risk–coverage curve with where the bot stands on it by its threshold; None without a point."""
    known = [s for s in scores if s.right is not None]
    steps = risk_coverage(points_of(scores))
    if not steps:
        return None
    answered = [s for s in known if not s.abstained]
    now = (len(answered) / len(known), sum(not s.right for s in answered) / len(answered)) if answered else None
    overall = steps[-1].risk
    lines = (
        Curve(label="Amur", points=tuple((s.coverage, s.risk) for s in steps), marked=now, dots=False, colour="accent"),
        Curve(label="if confidence told nothing", points=((0.0, overall), (1.0, overall)), dots=False, colour="muted"),
    )
    highest = next(top for top in (0.2, 0.4, 0.6, 0.8, 1.0) if top >= min(1.0, max(s.risk for s in steps)))
    scales = Scales(x_label="share of questions answered", y_label="share of answers wrong", y=(0.0, highest))
    where = (
        f" The ring is where it stands now: it answers {share(now[0])}, {share(now[1])} of them wrong." if now else ""
    )
    least = f" Its threshold is a confidence of {threshold:.2f}." if threshold else ""
    return make_plot(
        "risk",
        "The more it answers, the more is wrong",
        "Risk–coverage curve: questions are answered from the most confident on; to the right more are answered, "
        f"upwards more of the answers are wrong.{where}{least}",
        lambda frame: curves(frame, lines, scales),
        Table(
            head=("answered from confidence", "share answered", "share wrong"),
            rows=tuple((f"{s.threshold:.2f}", share(s.coverage), share(s.risk)) for s in _some(steps)),
        ),
    )


def _some(steps: Sequence[Step]) -> list[Step]:
    """Return about twenty of the steps, evenly spread, the first and the last among them."""
    every = max(1, len(steps) // 20)
    return [step for i, step in enumerate(steps) if i % every == 0 or i == len(steps) - 1]


def plot_reliability(scores: Sequence[Score]) -> Plot | None:
    """Show how often answers of each confidence are right; None if no tenth of the scale holds enough of them."""
    bins = reliability(points_of(scores))
    points = tuple((b.confidence, b.right) for b in bins if b.count >= ENOUGH)
    if not points:
        return None
    line = Curve(label="Amur", points=points, colour="accent")
    return make_plot(
        "reliability",
        "Is confidence honest?",
        "Reliability diagram: each dot is a tenth of the scale of confidence. On the dotted diagonal, of 100 answers with a "
        "confidence of 0.7, 70 are right; below it the bot is too sure, above it too modest. Withheld answers count, too. "
        f"Tenths with fewer than {ENOUGH} answers are left out; the numbers have them.",
        lambda frame: curves(frame, (line,), Scales(x_label="confidence", y_label="share right"), diagonal=True),
        Table(
            head=("mean confidence", "answers", "share right"),
            rows=tuple((f"{b.confidence:.2f}", b.count, share(b.right)) for b in bins),
        ),
    )


def plot_changes(found: Comparison) -> Plot:
    """Show the difference of every measure between two runs with its interval."""
    widest = max((abs(v) for c in found.changes for v in (c.difference.low, c.difference.high)), default=0.0)
    reach = next((r for r in (0.05, 0.1, 0.2, 0.5, 1.0) if r >= widest), 2.0)
    ticks = tuple((v, signed(v)) for v in (-reach, -reach / 2, 0.0, reach / 2, reach))
    rows = [
        Estimate(
            label=c.metric,
            value=c.difference.value,
            low=c.difference.low,
            high=c.difference.high,
            note=signed(c.difference.value),
            colour="accent" if c.significant else "muted",
            hollow=not c.significant,
        )
        for c in found.changes
    ]
    return make_plot(
        "changes",
        "What changed from A to B",
        "Difference B − A over the cases of both, with 95% intervals. A filled dot is a change by more than luck, a ring may be luck.",
        lambda frame: estimates(frame, rows, Scale(low=-reach, high=reach, ticks=ticks, heavy=0)),
        Table(
            head=("measure", "difference", "from", "to", "in words"),
            rows=tuple(
                (
                    c.metric,
                    *(signed(v) for v in (c.difference.value, c.difference.low, c.difference.high)),
                    gap_words(c.difference.value, c.difference.low, c.difference.high, c.significant),
                )
                for c in found.changes
            ),
        ),
    )


def plot_flips(found: Comparison) -> Plot:
    """Show how many cases flipped for the better and for the worse; the table has them by kind of question."""
    kinds = dict.fromkeys(f.before.case.kind for f in found.flips)
    groups = {"all": list(found.flips)} | {k: [f for f in found.flips if f.before.case.kind == k] for k in kinds}
    rows = [(name, _flipped(flips)) for name, flips in groups.items()]
    stack = Stack(label="", values=_flipped(found.flips), note=f"{len(found.flips):,}")
    return make_plot(
        "flips",
        "How cases flipped",
        "Cases whose worth changed; at the right how many.",
        lambda frame: stacked_bars(frame, FLIPS, [stack]),
        Table(head=("kind", *(part.label for part in FLIPS), "all"), rows=tuple((n, *v, sum(v)) for n, v in rows)),
    )


def _flipped(flips: Sequence[Flip]) -> tuple[int, int, int, int]:
    won = sum(f.after.score.truthfulness == 1 for f in flips)
    lost = sum(f.before.score.truthfulness == 1 for f in flips)
    better = sum(f.better for f in flips)
    return won, better - won, len(flips) - better - lost, lost
