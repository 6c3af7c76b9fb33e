"""Countries in questions and sentences."""

import pytest

from bot.countries import countries_in
from index.lexical import tokenise


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("india and Iran", {"india", "iran"}),
        ("Indian, Iranian, Japanese and Ukrainian envoys", {"india", "iran", "japan", "ukrain"}),
        ("Canadian and Syrian troops, the Koreans", {"canada", "syria", "korea"}),
        ("Myanmar and Turkey", {"myanmar", "turkey"}),
        ("French, British, Polish and Kazakh envoys", {"franc", "uk", "poland", "kazakhstan"}),
        ("the United States, Britain", {"usa", "uk"}),
        ("Russian and Chinese ships", set()),  # of which every text speaks
        ("microelectronics and a domino", set()),
        ("", set()),
    ],
)
def test_countries_are_told_by_name_and_adjective(text: str, named: set[str]) -> None:
    assert countries_in(tokenise(text)) == named
