"""`report.html` of a run and the page of a comparison: one file each that loads nothing, for a person without the code.

The pages work without a script; with it the list of cases can be filtered. The one script is inline and named by its hash in the
page's content security policy, so no text of a case, an answer or a document can run.
"""

import base64
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from corpus.files import write_whole
from corpus.pages import render_page
from evals.compare import Comparison, pair
from evals.failures import FAILURES
from evals.html_cases import Shelf, facets_of, shelve, shelve_flips
from evals.html_plots import (
    plot_changes,
    plot_declined,
    plot_flips,
    plot_outcomes,
    plot_reliability,
    plot_risk,
    plot_truthfulness,
)
from evals.html_tables import (
    ABSTENTION,
    LEVELS,
    Rated,
    anchor,
    exact,
    failures_table,
    judged_by_kind,
    judged_table,
    kinds_table,
    leads,
    show,
    systems_table,
    truthfulness_by_kind,
    visible,
)
from evals.html_words import (
    about_rows,
    cards,
    curve_words,
    findings,
    gap_words,
    judge_words,
    notes,
    share,
    signed,
    unbeaten,
)
from evals.metrics import GROUPS, METRICS
from evals.outcomes import OUTCOMES, count_outcomes, outcome_of, per_hundred
from evals.report import COLUMNS, SYSTEM
from evals.runs import REPORT, Run
from evals.summary import sets_of, summary_of

FACETS = {"outcome": "Outcome", "failure": "Failure", "kind": "Kind", "split": "Split", "language": "Language"}
FLIP_FACETS = {"change": "Change", "to": "From → to", "kind": "Kind", "language": "Language"}


def write_report(run: Run, out: Path | None = None) -> Path:
    """Write the report of a run, by default into its folder, and return where it is."""
    path = out or run.folder / REPORT
    write_whole(path, report_page(run))
    return path


def write_comparison(found: Comparison, out: Path) -> Path:
    """Write the page of a comparison and return where it is."""
    write_whole(out, comparison_page(found))
    return out


def report_page(run: Run) -> str:
    """Return the report of a run as an HTML page; the same run gives the same bytes."""
    figures = summary_of(run)
    ours = Rated(name=SYSTEM, scores=run.scores, figures=figures["sets"]["all"])
    systems = [ours, *(Rated(name=n, scores=run.baselines[n], figures=v) for n, v in figures["systems"].items())]
    ahead = leads(ours, systems)
    shelves = shelve(run.results, run.judged())
    counts = count_outcomes(run.scores)
    return _page(
        "eval-report.html",
        shelves,
        FACETS,
        run=run,
        about=about_rows(run.about, len(run.results)),
        notes=notes(run),
        truthfulness=figures["intervals"]["truthfulness"],
        counts=counts,
        hundred=per_hundred(counts),
        rightly_declined=sum(s.abstained and not s.answerable for s in run.scores),
        cards=cards(run.scores),
        findings=findings(figures, run.scores, ahead),
        unbeaten=unbeaten(ahead),
        curve_words=curve_words(ours.figures, run.scores),
        failures=figures["failures"],
        **_plots(run, systems),
        **_tables(run, figures, systems),
    )


def _plots(run: Run, systems: list[Rated]) -> dict[str, object]:
    kinds = {name: scores for name, scores in sets_of(run.scores) if name not in ("answerable", "unanswerable")}
    unanswerable = any(not s.answerable for s in run.scores)
    return {
        "plot_all": plot_outcomes("outcomes", "What became of the questions", "", {"": run.scores}),
        "plot_truthfulness": plot_truthfulness(systems),
        "plot_systems": plot_outcomes(
            "systems", "What became of the questions, by system", "At the right the number of cases.",
            {s.name: s.scores for s in systems},
        ),
        "plot_kinds": plot_outcomes(
            "kinds", "What became of the questions, by kind",
            "Amur only. A declined question counts as right if the texts do not answer it. At the right the number of cases.",
            kinds,
        ),
        "plot_declined": plot_declined(run.scores) if unanswerable else None,
        "plot_risk": plot_risk(run.scores, run.about.threshold),
        "plot_reliability": plot_reliability(run.scores),
    }  # fmt: skip


def _tables(run: Run, figures: dict[str, Any], systems: list[Rated]) -> dict[str, object]:  # Any: JSON values
    kinds = list(dict.fromkeys(s.kind for s in run.scores))
    return {
        "systems": systems_table("All systems over all cases", systems, (*COLUMNS, "seconds")),
        "kinds": kinds_table(figures),
        "by_kind": truthfulness_by_kind(systems, kinds) if len(kinds) > 1 else None,
        "abstention": systems_table("Confidence of every system", systems, ABSTENTION),
        "failing": failures_table(systems) if len(systems) > 1 else None,
        "retrieval": {
            level: systems_table(f"Retrieval: {level}", systems, names, drop=level) for level, names in LEVELS.items()
        },
        "judged": judged_table(figures["judged"]) if "judged" in figures else None,
        "judged_kinds": judged_by_kind(figures) if "judged" in figures else None,
        "judge": judge_words(figures["judged"]) if "judged" in figures else [],
        "calibrated": "judged" in figures and figures["judged"]["calibrated"],
    }


def comparison_page(found: Comparison) -> str:
    """Return the page of a comparison; the same runs give the same bytes."""
    shelves = shelve_flips(found)
    pairs = pair(found.before, found.after)
    moves = Counter((outcome_of(a.score), outcome_of(b.score)) for a, b in pairs)
    changed = {"worse": sum(not f.better for f in found.flips), "better": sum(f.better for f in found.flips)}
    return _page(
        "eval-compare.html",
        shelves,
        FLIP_FACETS,
        found=found,
        abouts=[about_rows(r.about, len(r.results)) for r in (found.before, found.after)],
        truthfulness=next((c for c in found.changes if c.metric == "truthfulness"), None),
        moves=moves,
        changed=changed,
        plot_changes=plot_changes(found) if found.changes else None,
        plot_flips=plot_flips(found),
        plot_both=plot_outcomes(
            "both", "What became of the questions in A and B", "The cases of both runs.",
            {"A": [a.score for a, _ in pairs], "B": [b.score for _, b in pairs]},
        ),
    )  # fmt: skip


def _page(template: str, shelves: list[Shelf], facets: dict[str, str], **values: object) -> str:
    """Return a page with a list of cases; no text on it can hide or turn what stands around it."""
    page = render_page(
        template,
        "evals",
        shelves=shelves,
        facets=facets_of(shelves, facets),
        script=(script := _script()),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        metrics=METRICS,
        groups=GROUPS,
        meanings=FAILURES,
        outcomes=OUTCOMES,
        anchor=anchor,
        exact=exact,
        show=show,
        share=share,
        signed=signed,
        gap_words=gap_words,
        **values,
    )
    return visible(page)


def _script() -> str:
    """Return the script that filters the list of cases."""
    return (Path(__file__).parent / "templates" / "filter.js").read_text(encoding="utf-8").strip()
