"""Measures of ranked lists: worked out by hand, and held against ir-measures (trec_eval) on random rankings and files."""

from math import log2
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from corpus.errors import EvalError
from evals.retrieval import (
    measure_rankings,
    measures_of,
    ndcg_at_k,
    read_qrels,
    read_run,
    recall_at_k,
    reciprocal_rank,
    success_at_k,
    write_qrels,
    write_run,
)

THEIRS = {
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "RR": RR,
    "nDCG@10": nDCG @ 10,
}
NAMES = [f"d{i}" for i in range(15)]
GRADES = {"a": 3, "b": 2, "c": 0, "d": 1}


def test_recall_is_the_share_of_the_relevant_among_the_first() -> None:
    # a, b, d are relevant (c has grade 0). First 2 of the ranking: c, a. One of three.
    assert recall_at_k(["c", "a", "x", "d"], GRADES, 2) == 1 / 3
    assert recall_at_k(["c", "a", "x", "d"], GRADES, 4) == 2 / 3
    assert recall_at_k(["c", "a", "x", "d"], GRADES, 100) == 2 / 3
    assert recall_at_k(["b", "d", "a"], GRADES, 3) == 1.0


def test_success_is_whether_any_of_the_first_is_relevant() -> None:
    assert success_at_k(["c", "x", "d"], GRADES, 2) == 0.0
    assert success_at_k(["c", "x", "d"], GRADES, 3) == 1.0


def test_the_reciprocal_rank_is_that_of_the_first_relevant_one() -> None:
    assert reciprocal_rank(["c", "x", "d", "a"], GRADES) == 1 / 3
    assert reciprocal_rank(["a"], GRADES) == 1.0
    assert reciprocal_rank(["c", "x"], GRADES) == 0.0


def test_ndcg_is_graded() -> None:
    # Gain: 0/log2(2) + 3/log2(3) + 0/log2(4) + 1/log2(5). Best order: 3/log2(2) + 2/log2(3) + 1/log2(4).
    gain = 3 / log2(3) + 1 / log2(5)
    best = 3 + 2 / log2(3) + 1 / 2
    assert ndcg_at_k(["c", "a", "x", "d"], GRADES, 10) == pytest.approx(gain / best)
    # Of the first 2 only: 3/log2(3), over the best 2: 3 + 2/log2(3).
    assert ndcg_at_k(["c", "a", "x", "d"], GRADES, 2) == pytest.approx((3 / log2(3)) / (3 + 2 / log2(3)))
    assert ndcg_at_k(["a", "b", "d"], GRADES, 10) == 1.0


@pytest.mark.parametrize("relevant", [{}, {"a": 0}, {"a": -1}])
def test_where_nothing_is_relevant_there_is_no_value(relevant: dict[str, int]) -> None:
    assert measures_of(["a", "b"], relevant) == dict.fromkeys(THEIRS)


def test_an_empty_ranking_finds_nothing() -> None:
    assert measures_of([], GRADES) == dict.fromkeys(THEIRS, 0.0)


def test_an_id_that_comes_again_counts_once_and_takes_no_rank() -> None:
    # As [x, a, b]: a at rank 2.
    assert reciprocal_rank(["x", "x", "x", "a"], GRADES) == 1 / 2
    assert recall_at_k(["a", "a", "a", "b"], GRADES, 2) == 2 / 3
    assert ndcg_at_k(["a", "a"], {"a": 1, "b": 1}, 10) == pytest.approx(1 / (1 + 1 / log2(3)))


def test_means_are_over_the_queries_that_have_something_relevant() -> None:
    qrels = {"found": {"a": 1}, "missed": {"b": 1}, "not ranked": {"c": 1}, "empty": {"d": 0}}
    ranked = {"found": [("a", 2.0), ("x", 1.0)], "missed": [("x", 2.0), ("b", 1.0)], "unjudged": [("a", 1.0)]}
    found = measure_rankings(ranked, qrels)
    assert found["RR"] == (1 + 1 / 2 + 0) / 3
    assert found["success@1"] == 1 / 3
    assert found["recall@5"] == 2 / 3
    assert measure_rankings(ranked, {"empty": {"d": 0}}) == dict.fromkeys(THEIRS)
    assert measure_rankings({}, {}) == dict.fromkeys(THEIRS)


def theirs(ranked: list[str], grades: dict[str, int]) -> dict[str, float]:
    run = [ir_measures.ScoredDoc("q", name, -float(rank)) for rank, name in enumerate(ranked)]
    qrels = [ir_measures.Qrel("q", name, grade) for name, grade in grades.items()]
    found = ir_measures.calc_aggregate(THEIRS.values(), qrels, run)
    return {name: found[measure] for name, measure in THEIRS.items()}


@given(
    ranked=st.lists(st.sampled_from(NAMES), unique=True, min_size=1),
    grades=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3), min_size=1).filter(lambda g: any(g.values())),
)
def test_every_measure_is_that_of_ir_measures(ranked: list[str], grades: dict[str, int]) -> None:
    assert measures_of(ranked, grades) == pytest.approx(theirs(ranked, grades))


@given(
    ranked=st.lists(st.sampled_from(NAMES), min_size=1, max_size=30),
    grades=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3), min_size=1).filter(lambda g: any(g.values())),
)
def test_duplicates_change_nothing(ranked: list[str], grades: dict[str, int]) -> None:
    assert measures_of(ranked, grades) == pytest.approx(theirs(list(dict.fromkeys(ranked)), grades))


@given(
    runs=st.dictionaries(
        st.sampled_from(["q1", "q2", "q3"]),
        st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([9.0, 9.0000001, 8.5, 0.5])), min_size=1),
        min_size=1,
    ),
    grades=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3), min_size=1).filter(lambda g: any(g.values())),
)
def test_files_written_here_are_measured_alike_by_both(
    tmp_path_factory: pytest.TempPathFactory,
    runs: dict[str, list[tuple[str, float]]],
    grades: dict[str, int],
) -> None:
    """Ties, scores that differ by less than 32 bits hold, duplicates, and lists whose scores do not fall: the order is kept."""
    folder = tmp_path_factory.mktemp("trec")
    qrels = dict.fromkeys(runs, grades)
    write_run(folder / "a.run", runs)
    write_qrels(folder / "a.qrels", qrels)
    here = measure_rankings(runs, qrels)
    assert measure_rankings(read_run(folder / "a.run"), read_qrels(folder / "a.qrels")) == pytest.approx(here)
    found = ir_measures.calc_aggregate(
        THEIRS.values(),
        ir_measures.read_trec_qrels(str(folder / "a.qrels")),
        ir_measures.read_trec_run(str(folder / "a.run")),
    )
    assert {name: found[measure] for name, measure in THEIRS.items()} == pytest.approx(here)


def test_a_run_is_written_as_trec_wants_it(tmp_path: Path) -> None:
    write_run(tmp_path / "a.run", {"q1": [("a", 0.5), ("b", 0.25), ("a", 0.125)], "q 2": [("c d", 1.0)]}, tag="mine")
    assert (tmp_path / "a.run").read_text(encoding="utf-8") == (
        "q1 Q0 a 1 0.5 mine\nq1 Q0 b 2 0.25 mine\nq%202 Q0 c%20d 1 1 mine\n"
    )
    write_qrels(tmp_path / "a.qrels", {"q1": {"a": 2, "b": 0}, "q 2": {"c d": 1}})
    assert (tmp_path / "a.qrels").read_text(encoding="utf-8") == "q1 0 a 2\nq1 0 b 0\nq%202 0 c%20d 1\n"
    assert read_qrels(tmp_path / "a.qrels") == {"q1": {"a": 2, "b": 0}, "q%202": {"c%20d": 1}}


def test_a_tie_is_written_so_that_it_falls(tmp_path: Path) -> None:
    write_run(tmp_path / "a.run", {"q": [("a", 1.0), ("z", 1.0), ("m", 1.0)]})
    assert [name for name, _ in read_run(tmp_path / "a.run")["q"]] == ["a", "z", "m"]


def test_a_file_is_read_as_trec_eval_reads_it(tmp_path: Path) -> None:
    """By score, whatever the ranks and the order of lines; equal ones by id from the end; blank lines and a mark are nothing."""
    (tmp_path / "a.run").write_text(
        "\ufeffq Q0 low 1 0.1 t\n\nq Q0 b 2 0.5 t\nq Q0 c 3 0.5 t\nq Q0 high 4 2e1 t\np\tQ0\tx\t1\t-1\tt\n",
        encoding="utf-8",
    )
    found = read_run(tmp_path / "a.run")
    assert [name for name, _ in found["q"]] == ["high", "c", "b", "low"]
    assert found["p"] == [("x", -1.0)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q Q0 a 1 0.5\n", "bad.txt:1: 5 columns where a TREC file has 6"),
        ("q Q0 a 1 0.5 t\nq Q0 a 1 high t\n", "bad.txt:2: 'high' is no number"),
    ],
)
def test_a_bad_run_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bad.txt").write_text(text, encoding="utf-8")
    with pytest.raises(EvalError) as caught:
        read_run(tmp_path / "bad.txt")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q 0 a\n", "bad.txt:1: 3 columns where a TREC file has 4"),
        ("q 0 a 1.5\n", "bad.txt:1: '1.5' is no number"),
    ],
)
def test_bad_qrels_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bad.txt").write_text(text, encoding="utf-8")
    with pytest.raises(EvalError) as caught:
        read_qrels(tmp_path / "bad.txt")
    assert message in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"\xff\xfe")
    for name in ("gone.txt", "latin.txt"):
        with pytest.raises(EvalError, match=name):
            read_run(tmp_path / name)
