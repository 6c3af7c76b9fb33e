"""What the evaluation report says: outcomes, values, tables and words, by hand."""

import pytest

from evals.answers import Score, crashed
from evals.cases import Case
from evals.html_tables import Rated, exact, kinds_table, leads, show, systems_table, truthfulness_by_kind
from evals.html_words import cards, chosen, curve_words, duration, findings, gap_words, signed, unbeaten
from evals.outcomes import OUTCOMES, count_outcomes, outcome_of, per_hundred
from evals.summary import summarise, summary
from tests.evals.showing import declined, scored


def test_each_case_comes_to_one_outcome() -> None:
    scores = [
        scored("a", 1),
        scored("b", 0),
        declined("c", True),
        declined("d", False),
        scored("e", -1),
        crashed(Case(id="f", question="?", kind="fact", answerable=True), RuntimeError("no")),
    ]
    assert [outcome_of(s) for s in scores] == ["right", "partly", "declined", "right", "wrong", "wrong"]
    assert count_outcomes(scores) == {"right": 2, "partly": 1, "declined": 1, "wrong": 2}


@pytest.mark.parametrize(
    ("counts", "hundred"),
    [
        ((1, 1, 1, 0), (34, 33, 33, 0)),
        ((2, 0, 0, 1), (67, 0, 0, 33)),
        ((5, 0, 0, 0), (100, 0, 0, 0)),
        ((0, 0, 0, 0), (0, 0, 0, 0)),
        ((97, 16, 17, 22), (64, 11, 11, 14)),  # 63.82, 10.53, 11.18, 14.47
    ],
)
def test_of_a_hundred_always_adds_up(counts: tuple[int, ...], hundred: tuple[int, ...]) -> None:
    found = per_hundred(dict(zip(OUTCOMES, counts, strict=True)))
    assert sum(found.values()) == (100 if sum(counts) else 0)
    assert tuple(found.values()) == hundred


# How values are printed


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("truthfulness", 0.5, "+0.500"),
        ("truthfulness", -0.5, "−0.500"),
        ("truthfulness", 0.0, "0.000"),
        ("truthfulness", -0.0001, "0.000"),
        ("nuggets", None, "–"),
        ("words", 64.6, "65"),
    ],
)
def test_values_have_a_true_minus_and_nought_has_no_sign(name: str, value: float | None, text: str) -> None:
    assert show(name, value) == text


def test_signs_and_times_are_said_as_people_say_them() -> None:
    assert [signed(v) for v in (0.163, -0.109, 0.0, -0.001)] == ["+0.16", "−0.11", "0.00", "0.00"]
    assert exact(-0.5) == "−0.500"
    assert [duration(s) for s in (0.44, 59.4, 61, 7384)] == ["0.4 s", "59 s", "1 min 1 s", "2 h 3 min"]
    assert gap_words(0.1, 0.05, 0.2, True) == "up, by more than luck"
    assert gap_words(-0.1, -0.2, 0.01, False) == "down, may be luck"
    assert gap_words(0, 0, 0, False) == "no change"


def test_it_says_which_cases_were_asked_for() -> None:
    assert chosen({"split": None, "kind": [], "limit": None, "cases": []}) == "the shipped cases"
    asked = {"split": "dev", "kind": ["fact", "date"], "limit": 1500, "cases": ["mine.jsonl", "yours.jsonl"]}
    assert chosen(asked) == "mine.jsonl, yours.jsonl; split dev; kinds fact, date; the first 1,500"


# Tables


def rated(name: str, *scores: Score) -> Rated:
    return Rated(name=name, scores=scores, figures=summarise(scores))


OURS = rated(
    "Amur", scored("a", 1, values={"nuggets": 1.0}), declined("b", False), scored("c", 0, values={"nuggets": 0.5})
)
SHY = rated("always abstains", declined("a", True), declined("b", False), declined("c", True))
BOLD = rated("bold", scored("a", 1, values={"nuggets": 1.0}), scored("b", -1, answerable=False), scored("c", -1))
ORACLE = rated("oracle", *(scored(n, 1, values={"nuggets": 1.0}) for n in "abc"))


def test_the_best_of_a_column_is_marked_and_the_oracle_is_left_aside() -> None:
    grid = systems_table("all", [OURS, SHY, BOLD, ORACLE], ("truthfulness", "nuggets", "abstained"))
    assert grid is not None
    rows = {line.label: [(c.text, c.best) for c in line.cells] for line in grid.lines}
    assert rows == {
        "Amur": [("+0.667", True), ("0.750", False), ("0.333", False)],
        "always abstains": [("+0.333", False), ("–", False), ("1.000", False)],
        "bold": [("−0.333", False), ("1.000", True), ("0.000", False)],
        "oracle": [("+1.000", False), ("1.000", False), ("0.000", False)],
    }
    assert [line.look for line in grid.lines] == ["ours", "", "", "ceiling"]
    assert [h.better for h in grid.heads] == [1, 1, 0]


def test_nothing_is_best_where_all_print_the_same() -> None:
    grid = systems_table("all", [OURS, rated("twin", *OURS.scores)], ("truthfulness",))
    assert grid is not None
    assert not any(c.best for line in grid.lines for c in line.cells)


def test_a_system_that_cuts_passages_of_its_own_has_no_row_among_those_that_rank_passages() -> None:
    def found(evidence: float, passages: float) -> Score:
        return scored("a", 1, values={"evidence recall@10": evidence, "passage recall@10": passages})

    systems = [
        rated("Amur", found(1.0, 0.5)),
        rated("own passages", found(1.0, 0.0)),
        rated("finds nothing", found(0, 0)),
    ]
    grid = systems_table("passages", systems, ("passage recall@10",), drop="passage")
    assert grid is not None
    assert [line.label for line in grid.lines] == ["Amur", "finds nothing"]
    assert [h.text for h in grid.heads] == ["recall@10"]
    assert systems_table("none", [SHY], ("evidence recall@5",)) is None


def test_kinds_lead_to_their_cases_and_sums_lead_nowhere() -> None:
    scores = [*OURS.scores, scored("d", -1, kind="near miss", answerable=False)]
    cases = [Case(id=s.case_id, question="?", kind=s.kind, answerable=s.answerable) for s in scores]
    grid = kinds_table(summary(cases, scores))
    assert [(line.label, line.cells[0].text, line.cells[1].text, line.href) for line in grid.lines] == [
        ("fact", "3", "+0.667", "#kind=fact"),
        ("near miss", "1", "−1.000", "#kind=near+miss"),
        ("answerable", "2", "+0.500", ""),
        ("unanswerable", "2", "0.000", ""),
        ("all", "4", "+0.250", ""),
    ]


def test_truthfulness_by_kind_has_a_row_for_every_system() -> None:
    grid = truthfulness_by_kind([OURS, SHY, ORACLE], ["fact"])
    assert [(line.label, line.cells[0].text, line.cells[0].best) for line in grid.lines] == [
        ("Amur", "+0.667", True),
        ("always abstains", "+0.333", False),
        ("oracle", "+1.000", False),
    ]


# Words


def test_a_simple_system_that_is_not_beaten_is_named() -> None:
    ahead = leads(SHY, [SHY, OURS, rated("twin", *SHY.scores), ORACLE])
    assert [(lead.system, round(lead.difference.value, 3)) for lead in ahead] == [("Amur", -0.333), ("twin", 0.0)]
    said = unbeaten(ahead)
    assert said[0].startswith("on truthfulness, Amur is no better than “Amur” (difference −0.33, 95% interval ")
    assert said[1].startswith("on truthfulness, Amur is no better than “twin” (difference 0.00, ")


def test_a_lead_that_may_be_luck_is_no_victory() -> None:
    few = leads(OURS, [OURS, SHY])
    assert "that Amur is ahead of “always abstains” may be luck" in unbeaten(few)[0]
    many_ours = rated("Amur", *(scored(str(n), 1) for n in range(40)))
    many_bad = rated("bad", *(scored(str(n), -1) for n in range(40)))
    assert unbeaten(leads(many_ours, [many_ours, many_bad])) == []


def test_findings_name_the_weakest_kind_the_commonest_failure_and_the_errors() -> None:
    scores = [
        *(scored(f"f{n}", 1) for n in range(5)),
        *(scored(f"n{n}", -1, kind="near-miss", answerable=False, failure="bluff") for n in range(5)),
        *(scored(f"o{n}", -1, kind="rare", failure="stale") for n in range(2)),
        scored("e", -1, failure="error", error="RuntimeError: no"),
    ]
    cases = [Case(id=s.case_id, question="?", kind=s.kind, answerable=s.answerable) for s in scores]
    found = findings(summary(cases, scores), scores, ())
    assert [(f.figure, f.text, f.href) for f in found] == [
        ("−1.00", "is the lowest truthfulness of any kind of question: near-miss (5 cases).", "#kind=near-miss"),
        ("5 of 8", "failures are of one sort, “bluff”: answered what the corpus does not hold.", "#failure=bluff"),
        ("1", "case ended in an error; each counts as wrong.", "#failure=error"),
    ]
    assert [f.warns for f in found] == [False, False, True]


def test_cards_have_intervals_and_say_over_how_many_cases() -> None:
    scores = [
        scored("a", 1, values={"nuggets": 1.0, "verbatim": 1.0}),
        scored("b", -1, values={"nuggets": 0.0, "verbatim": 1.0}),
        declined("c", False, kind="near-miss"),
        declined("d", True),
    ]
    found = {c.name: (c.value, c.interval, c.cases) for c in cards(scores)}
    assert found == {
        "nuggets": ("50%", "0% to 100%", 2),
        "verbatim": ("100%", "", 2),
        "near-miss declined": ("100%", "21% to 100%", 1),
        "answerable declined": ("33%", "6% to 79%", 3),
    }


def test_confidence_is_explained_in_plain_words() -> None:
    scores = [scored("a", 1, confidence=0.9), scored("b", -1, confidence=0.8), scored("c", 1, confidence=0.7)]
    said = curve_words(summarise(scores), scores)
    assert [line.split(":")[0] for line in said] == ["AUROC 0.50", "AURC 0.28", "ECE 0.40", "Coverage at 10% risk 0.33"]
    assert "in 50% of the pairs" in said[0]
    assert "Without any order among the answers it would be 33%" in said[1]
    assert curve_words(summarise([]), []) == []
