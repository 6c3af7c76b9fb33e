"""A judge held against people, and the files that this is kept in."""

import sqlite3
from pathlib import Path

import pytest

from corpus.errors import EvalError
from evals.judge_cache import Verdict, VerdictCache
from evals.judge_prompts import INSTRUCTIONS
from evals.judged import (
    JUDGED,
    Rating,
    agreement,
    judged_figures,
    read_judged,
    read_ratings,
)
from tests.evals.judging import Scripted, judge_all, reply, result, said


def test_agreement_is_cohens_kappa_with_quadratic_weights() -> None:
    # one pair is a level apart: weight 1; by chance, from the margins 1 1 2 and 1 2 1, it would be 5: 1 - 1 / 5
    assert agreement([0.0, 0.5, 1.0, 1.0], [0.0, 0.5, 1.0, 0.5]) == pytest.approx(0.8)
    assert agreement([0.2, 0.25, 0.74, 0.75], [0.0, 0.5, 0.5, 1.0]) == pytest.approx(1.0)
    assert agreement([0.0, 1.0], [1.0, 0.0]) == pytest.approx(-1.0)
    assert agreement([1.0, 1.0], [1.0, 1.0]) is None
    assert agreement([], []) is None


def rated(count: int, wrong: int = 0, answer: str = "") -> list[Rating]:
    """People find every other answer faithful, as the script does; they differ on the first few."""
    return [
        Rating(case_id=str(i), answer=answer or f"S{i}", faithfulness=float((i % 2 == 0) != (i < wrong)))
        for i in range(count)
    ]


@pytest.mark.parametrize(
    ("ratings", "kappa", "calibrated", "stale"),
    [
        (rated(30), 1.0, True, 0),
        (rated(29), 1.0, False, 0),
        (rated(40, wrong=10), 0.5, False, 0),
        (rated(40, answer="what it said before"), None, False, 40),
    ],
    ids=["agrees", "too few", "disagrees", "other answers"],
)
def test_a_judge_is_calibrated_by_people_who_rated_the_same_answers(
    ratings: list[Rating], kappa: float | None, calibrated: bool, stale: int, tmp_path: Path
) -> None:
    def script(system: str, content: str, time: int) -> str:
        if system != INSTRUCTIONS["support"]:
            return "full"
        return "full" if int(content.split("<statement>\nS")[1].split("\n")[0]) % 2 == 0 else "none"

    results = [result(reply(said(f"S{i}", "q")), str(i)) for i in range(40)]
    figures = judged_figures(judge_all(Scripted(script=script), tmp_path, *results, ratings=ratings, repeats=1))
    found = figures["agreement"].get("faithfulness")
    assert (found and found["kappa"]) == (kappa if kappa is None else pytest.approx(kappa))
    assert figures["stale_ratings"] == stale
    rows = figures["figures"]
    # recall and precision rest on the same verdicts; nobody rated relevance and nuggets
    assert {name: row["calibrated"] for name, row in rows.items()} == {
        "faithfulness": calibrated,
        "judged citation recall": calibrated,
        "judged citation precision": calibrated,
        "relevance": False,
        "nugget support": False,
    }
    assert figures["calibrated"] is False


def test_ratings_are_read_and_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ratings.jsonl"
    path.write_text('{"case_id": "a", "answer": "A", "faithfulness": 1, "nugget support": 0.5}\n\n', encoding="utf-8")
    ratings = read_ratings(path)
    assert [(r.of("faithfulness"), r.of("relevance"), r.of("nugget support")) for r in ratings] == [(1.0, None, 0.5)]
    path.write_text(
        '{"case_id": "a", "answer": "A"}\n{"case_id": "b", "answer": "B", "relevance": 0.7}', encoding="utf-8"
    )
    with pytest.raises(EvalError, match=r"ratings.jsonl:2 is no rating: relevance: .*multiple of 0.5"):
        read_ratings(path)
    with pytest.raises(EvalError, match=r"Cannot read the ratings '.*none.jsonl'"):
        read_ratings(tmp_path / "none.jsonl")


def test_a_cache_is_shared_and_a_broken_one_is_named_not_deleted(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "judge.sqlite"
    with VerdictCache(path) as one, VerdictCache(path) as two:
        one.put(b"key", Verdict(verdict="partial", reason="中文", input_tokens=5, output_tokens=6))
        assert two.get(b"key") == Verdict(verdict="partial", reason="中文")
        assert two.get(b"other") is None
    with sqlite3.connect(path) as connection:
        connection.execute("update verdicts set verdict = 'splendid'")
    connection.close()
    with VerdictCache(path) as cache:
        assert cache.get(b"key") is None
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all, but longer than a header of one is " * 9)
    with pytest.raises(EvalError, match=r"broken.sqlite' cannot be used .*delete it"):
        VerdictCache(broken)
    assert broken.exists()


def test_an_unreadable_judged_file_is_named(tmp_path: Path) -> None:
    assert read_judged(tmp_path) is None
    (tmp_path / JUDGED).write_text("{}", encoding="utf-8")
    with pytest.raises(EvalError, match=r"judged.json' is not what a judge writes"):
        read_judged(tmp_path)
