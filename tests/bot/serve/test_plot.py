"""The drawing of a series: places computed by hand."""

from itertools import pairwise

import pytest

from bot.serve.plot import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, Line, draw, value_ticks, when
from corpus.series import Point


def point(period: str, value: float, basis: str = "customs", unit: str = "USD bn") -> Point:
    return Point(period=period, value=value, text=str(value), unit=unit, basis=basis, reference="r", note="")


@pytest.mark.parametrize(
    ("period", "middle"),
    [
        ("2010", 2010.5),
        ("2010-01", 2010 + 1 / 24),
        ("2010-01/2010-03", 2010.125),
        ("2010-01/2010-12", 2010.5),
        ("2010-07-01", 2010.5),
    ],
)
def test_a_period_stands_at_its_middle(period: str, middle: float) -> None:
    assert when(period) == pytest.approx(middle)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (228.1, [0, 100, 200, 300]),
        (100, [0, 25, 50, 75, 100]),
        (9.7, [0, 2.5, 5, 7.5, 10]),
        (0.9, [0, 0.25, 0.5, 0.75, 1]),
        (1_000_000, [0, 250_000, 500_000, 750_000, 1_000_000]),
        (0, [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_values_begin_at_nought_and_end_at_a_round_number(most: float, ticks: list[float]) -> None:
    assert value_ticks(most) == ticks


def test_points_stand_where_their_values_say() -> None:
    drawing = draw([(1, point("2000", 0)), (2, point("2001", 100)), (3, point("2003", 50))], 460)
    inner, tall = 460 - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    assert inner == 400
    assert [(m.x, m.y) for m in drawing.marks] == [
        (LEFT + 50, TOP + tall),
        (LEFT + 150, TOP),
        (LEFT + 350, TOP + tall / 2),
    ]
    assert [tick.label for tick in drawing.years] == ["2000", "2001", "2002", "2003"]
    assert [tick.label for tick in drawing.values] == ["0", "25", "50", "75", "100"]
    assert drawing.lines == (
        Line(x1=LEFT + 50, y1=TOP + tall, x2=LEFT + 150, y2=TOP, colour=1, gap=False),
        Line(x1=LEFT + 150, y1=TOP, x2=LEFT + 350, y2=TOP + tall / 2, colour=1, gap=True),
    )


def test_only_whole_years_of_one_count_are_joined() -> None:
    points = [
        point("2000", 1), point("2001", 2), point("2002", 3),
        point("2001", 2.5, "others"), point("2002-01/2002-06", 1, "others"), point("2004", 2, "others"),
    ]  # fmt: skip
    drawing = draw(list(enumerate(points, 1)), 720)
    assert [(line.colour, line.gap) for line in drawing.lines] == [(1, False), (1, False)]
    assert [(m.colour, m.shape) for m in drawing.marks] == [(1, 0)] * 3 + [(2, 1)] * 3
    assert drawing.bases == (("customs", 1, 0), ("others", 2, 1))


def test_a_dozen_counts_look_different() -> None:
    drawing = draw([(n, point("2000", n, f"basis {n}")) for n in range(1, 13)], 340)
    assert len({(colour, shape) for _, colour, shape in drawing.bases}) == 12


def test_one_point_can_be_drawn_and_labels_of_years_have_room() -> None:
    assert len(draw([(1, point("2000-06", 3))], 340).marks) == 1
    many = draw([(n, point(str(1990 + n), n)) for n in range(40)], 340)
    places = [tick.at for tick in many.years]
    assert [tick.label for tick in many.years] == ["1990", "2000", "2010", "2020"]
    assert min(b - a for a, b in pairwise(places)) >= 46
