"""The report on the corpus: one HTML page that shows what it holds, on whose word, and what it lacks."""

from collections.abc import Sequence
from pathlib import Path

from corpus.balance import VOICES, Evidence, by, cited, count_uses, find_disputes, state_mix, weigh, year_of
from corpus.documents import Corpus, load_corpus
from corpus.errors import CorpusError
from corpus.files import write_whole
from corpus.gaps import KnownGaps, Series, as_spans, count_years, empty_years, last_year, load_known_gaps, load_series
from corpus.pages import render_page
from corpus.references import NAMES
from corpus.report_findings import SINCE, find_most_telling
from corpus.report_plots import (
    plot_depth,
    plot_published,
    plot_series,
    plot_spans,
    plot_topics,
    plot_voices,
    plot_voices_by_topic,
    plot_years,
)
from corpus.report_tables import (
    TOP,
    documents_table,
    kinds_table,
    languages_table,
    list_sentences,
    periods_table,
    perspectives_table,
    publishers_table,
    sides_table,
    source_languages_table,
)
from corpus.settings import CorpusSettings
from corpus.tombstones import removed

COLUMNS = 200
"""How many years are plotted year by year at most."""


def write_report(settings: CorpusSettings, path: Path) -> None:
    """Write the report on the corpus of these settings to a file, whole or not at all.

    Raises:
        CorpusError: there is no text, something cannot be read, or the file cannot be written.
    """
    corpus = load_corpus(settings.folders, removed=removed(settings))
    page = report_page(corpus, load_series(settings.folders), load_known_gaps(settings.folders))
    try:
        if path == default_path(settings):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page)
    except OSError as error:
        raise CorpusError(f"Cannot write the report {str(path)!r} ({error}); name another file with --out.") from error


def default_path(settings: CorpusSettings) -> Path:
    """Return where the report is written unless another file is named."""
    return settings.home / "corpus-report.html"


def report_page(corpus: Corpus, series: Sequence[Series] = (), known_gaps: Sequence[KnownGaps] = ()) -> str:
    """Return the report as an HTML page; the same corpus gives the same bytes."""
    evidence = weigh(corpus)
    until = last_year(corpus, evidence)
    return render_page(
        "corpus-report.html",
        corpus=corpus,
        evidence=evidence,
        cited=cited(evidence),
        findings=find_most_telling(evidence, until),
        series=series,
        known_gaps=known_gaps,
        top=TOP,
        names=NAMES,
        voice_table=VOICES,
        **_held(corpus, evidence),
        **_voices(evidence),
        **_times(corpus, evidence, until),
        **_strength(evidence),
        **_gaps(corpus, evidence, series, until),
    )


def _held(corpus: Corpus, evidence: Sequence[Evidence]) -> dict[str, object]:
    return {
        "topics": plot_topics(evidence, corpus.documents),
        "kinds": kinds_table(evidence, corpus.documents),
        "languages": languages_table(evidence, corpus.documents),
        "source_languages": source_languages_table(corpus.references.values()) if corpus.references else None,
    }


def _voices(evidence: Sequence[Evidence]) -> dict[str, object]:
    return {
        "voices": plot_voices(evidence),
        "voices_by_topic": plot_voices_by_topic(evidence),
        "sides": sides_table(evidence),
        "perspectives": perspectives_table(evidence),
        "own": sorted({one.document.title for one in evidence if one.perspectives and not one.sources}),
        "bare": list_sentences([one for one in evidence if not one.perspectives], evidence),
    }


def _times(corpus: Corpus, evidence: Sequence[Evidence], until: int | None) -> dict[str, object]:
    years = count_years(evidence)
    dated = any(year_of(reference.issued) for reference in corpus.references.values())
    recent = until is not None and bool(years) and until >= SINCE[0]
    return {
        "decades": plot_spans(evidence) if years else None,
        "years": plot_years(evidence, max(SINCE[0], until - COLUMNS + 1), until)
        if until is not None and recent
        else None,
        "published": plot_published(list(corpus.references.values()), until or 0) if dated else None,
        "dated": sum(years.values()),
        "undated": list_sentences([one for one in evidence if one.year is None], evidence),
    }


def _strength(evidence: Sequence[Evidence]) -> dict[str, object]:
    sourced = cited(evidence)
    return {
        "depth": plot_depth(evidence) if sourced else None,
        "documents": documents_table(evidence),
        "single": list_sentences([one for one in sourced if len(one.sources) == 1], evidence),
        "one_publisher": list_sentences([one for one in sourced if one.one_publisher], evidence),
        "states": list_sentences([one for one in evidence if one.states_only], evidence),
        "states_mix": state_mix(evidence),
        "disputes": by(lambda dispute: dispute.document.id, find_disputes(evidence)),
    }


def _gaps(
    corpus: Corpus, evidence: Sequence[Evidence], series: Sequence[Series], until: int | None
) -> dict[str, object]:
    years, uses = count_years(evidence), count_uses(evidence)
    known = {reference.id for reference, _ in uses}
    return {
        "empty": [
            (since, until, empty_years(years, since, until))
            for since in SINCE
            if until is not None and years and until >= since
        ],
        "as_spans": as_spans,
        "periods": periods_table(evidence),
        "series_plot": plot_series(series) if any(one.span for one in series) else None,
        "uses": uses,
        "citations": sum(n for _, n in uses),
        "once": [reference for reference, n in uses if n == 1],
        "publishers": publishers_table(evidence),
        "unused": [reference for reference in corpus.references.values() if reference.id not in known],
        "unknown": sorted(known - set(corpus.references)),
    }
