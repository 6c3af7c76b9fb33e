"""The highlighter: runs joined are the text, marked runs are the slices asked for, whatever text and spans come in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serve.highlight import MAX_SPANS, Marked, Run, cut, merge, parse_span, read_spans


@st.composite
def texts_and_spans(draw: st.DrawFn) -> tuple[str, list[Marked]]:
    text = draw(st.text(alphabet="ab <&>\n\"'é中", max_size=60))
    edges = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(edges, edges), max_size=8))
    return text, [Marked(start=min(p), end=max(p)) for p in pairs if p[0] != p[1]]


def covered(spans: list[Marked]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}


@given(texts_and_spans(), st.lists(st.integers(0, 60), max_size=6))
def test_runs_are_the_text_and_marked_runs_are_the_slices(case: tuple[str, list[Marked]], edges: list[int]) -> None:
    text, wanted = case
    spans = merge(wanted)
    cuts = sorted({0, len(text), *(edge for edge in edges if edge <= len(text))})
    runs = [run for a, b in pairwise(cuts) for run in cut(text, a, b, spans)]
    assert "".join(run.text for run in runs) == text
    marked = "".join(run.text for run in runs if run.mark)
    assert marked == "".join(text[place] for place in sorted(covered(wanted)))
    for number, span in enumerate(spans, 1):
        assert "".join(run.text for run in runs if run.mark == number) == text[span.start : span.end]
        assert [run.first for run in runs if run.mark == number].count(True) == 1
    assert not any(run.text == "" for run in runs)


def test_a_text_is_cut_where_marks_begin_and_end() -> None:
    spans = (Marked(start=1, end=3), Marked(start=3, end=4))
    assert cut("abcdef", 0, 6, spans) == (
        Run(text="a"),
        Run(text="bc", mark=1, first=True),
        Run(text="d", mark=2, first=True),
        Run(text="ef"),
    )
    assert cut("abcdef", 2, 3, spans) == (Run(text="c", mark=1),)
    assert cut("abcdef", 4, 4, spans) == ()


def test_overlapping_spans_become_one_and_touching_ones_stay_two() -> None:
    spans = [Marked(start=4, end=6), Marked(start=0, end=3), Marked(start=2, end=4), Marked(start=1, end=2)]
    assert merge(spans) == (Marked(start=0, end=4), Marked(start=4, end=6))


@pytest.mark.parametrize("value", ["", "5", "5-", "-5", "9-3", "3-3", "a-b", "1-2-3", "1.5-2", "١-٢", "1-9999999999"])
def test_what_is_no_span_is_refused(value: str) -> None:
    assert parse_span(value) is None
    assert read_spans([value], 10_000_000_000) == ((), (value,))


def test_spans_outside_the_text_are_refused_and_the_others_stay() -> None:
    assert read_spans(["0-4", "2-5", " 1-2 "], 4) == ((Marked(start=0, end=4),), ("2-5",))
    assert len(read_spans([f"{n}-{n + 1}" for n in range(200)], 300)[0]) == MAX_SPANS
