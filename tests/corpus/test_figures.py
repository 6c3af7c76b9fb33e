"""Figures and words of a sentence: one form for each, so that two wordings can be compared."""

import pytest

from corpus.figures import content_words, figures


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set()),
        ("no figure at all", set()),
        ("$1,023.5 billion in 2024", {"1023.5", "2024"}),
        ("up by 12% to 4.6 TWh", {"12%", "4.6"}),
        ("12 per cent and 13 percent", {"12%", "13%"}),
        ("a rise of 70–85%", {"70%", "85%"}),
        ("signed on 16 July 2001", {"July", "16 July", "2001"}),
        ("from 7 to 10 May 2025", {"May", "7 May", "10 May", "2025"}),
        ("on 7-10 May 2025", {"May", "7 May", "10 May", "2025"}),
        ("31 August–1 September 2025", {"August", "31 August", "September", "1 September", "2025"}),
        ("in June 2022", {"June", "2022"}),
        ("he may go, one of them", set()),
        ("two Tu-95s and none of the Il-76s", {"2", "95", "0", "76"}),
        ("in the 2023–24 academic year", {"2023", "24"}),
    ],
)
def test_figures_have_one_form(text: str, found: set[str]) -> None:
    assert figures(text) == found


def test_a_number_and_a_percentage_are_not_the_same() -> None:
    assert figures("12%") != figures("12")


def test_content_words_are_stems_without_grammar_attribution_and_the_two_countries() -> None:
    assert content_words("China and Russia signed two treaties in May 2001, it was reported.") == content_words(
        "signing a treaty"
    )
    assert content_words("the US's exports") == content_words("United States export")
    assert content_words("В мае Россия подписала договор") == content_words("в мае россия подписала договор")
    assert content_words("") == frozenset()
