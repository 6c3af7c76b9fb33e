"""How much a sentence asserts: each step beyond its text is told by its kind, and the honest sentence beside it is not."""

import pytest

from bot.asserted import too_much
from bot.pairing import exchanged
from bot.rounding import in_form_of, with_changes


@pytest.mark.parametrize(
    ("claim", "text", "kind"),
    [
        ("Gazprom sends gas from 2027.", "Gazprom plans to send gas from 2027.", "overstated"),
        ("Gazprom sends gas from May 2027.", "Gazprom may send gas from May 2027.", "overstated"),
        ("Gazprom may send gas from 2027.", "Gazprom plans to send gas from 2027.", ""),
        ("The fee curbed imports, and Russia plans more.", "Russia doubled the fee to curb imports and plans more.", "overstated"),
        ("The fund would grow and held yuan.", "The fund was allowed to hold yuan.", "overstated"),
        ("Russia raised the fee, which is to curb imports.", "Russia raised the fee to curb imports.", ""),
        ("The first pipeline carried gas.", "It was the first pipeline to carry gas.", ""),
        ("It is the only pipeline to China.", "It is the first pipeline to China.", "widened"),
        ("All exports were logged illegally.", "At least 80% of exports were logged illegally.", "widened"),
        ("China trained thousands of soldiers.", "China trained hundreds of soldiers.", "widened"),
        ("Russians feared dependence.", "Many senior Russians feared dependence.", "widened"),
        ("Many Russians feared dependence.", "Many senior Russians feared dependence.", ""),
        ("China's new silos had been loaded.", "Around 30 of China's new silos had been loaded.", "widened"),
        ("China supplies no aid.", "China supplies no lethal aid.", "widened"),
        ("China supplies no lethal help.", "China supplies no lethal aid.", ""),
        ("Xi and Putin travelled to Rio.", "Neither Xi nor Putin travelled to Rio.", "unsupported-negation"),
        ("Xi and Putin did not travel to Rio.", "Neither Xi nor Putin travelled to Rio.", ""),
        ("China was the largest buyer.", "China was the second-largest buyer.", "widened"),
        ("It was the first military exercise.", "It was the first joint military exercise.", "widened"),
        ("It was their first exercise that was joint.", "It was the first joint exercise.", ""),
        ("Trade fell because of sanctions.", "Trade fell under sanctions.", "unsupported-cause"),
        ("Trade fell because of sanctions.", "Sanctions caused the fall in trade.", ""),
        ("Trade fell because demand was weak.", "Trade fell because cars cost too much.", "unsupported-cause"),
        ("Trade fell because cars were too dear.", "Trade fell because cars became too dear.", ""),
        ("The call for talks led to talks.", "Russia called for talks.", "unsupported-cause"),
        ("Trade grew because sanctions spread.", "Trade grew even as sanctions spread.", "unsupported-cause"),
        ("The yuan makes up 12% of reserves.", "The yuan made up 12% of reserves in June 2020.", "widened"),
        ("The yuan made up 12% of reserves in 2020.", "The yuan made up 12% of reserves in June 2020.", ""),
        ("There are 58 tigers today.", "A report of 2024 gave 58 tigers.", "widened"),
        ("Russia and China have 86 projects.", "Russia and China have 86 projects under review.", "overstated"),
        ("It is an alliance.", "It is less than an alliance.", "overstated"),
        ("It is less than an alliance.", "It is less than an alliance.", ""),
        ("It fell 9% from a year earlier.", "It was 9% less than a year earlier.", ""),
        ("It sold 99 cars in January to March.", "It sold 99 cars in the first quarter of 2025.", ""),
        ("The terms were settled in 2025.", "The terms were left for later talks in 2025.", "unsupported-opposite"),
        ("The UN declared the annexation valid.", "The UN declared the annexation invalid.", "unsupported-opposite"),
        ("China attended the summit.", "China stayed away from the summit.", "unsupported-opposite"),
        ("The oil went mostly to state refiners.", "The oil went mostly to independent refiners.", "unsupported-opposite"),
    ],
)  # fmt: skip
def test_a_step_beyond_the_text_is_told(claim: str, text: str, kind: str) -> None:
    assert too_much(claim, text)[0] == kind


@pytest.mark.parametrize(
    ("claim", "text", "kind"),
    [
        ("60% may be in gold and 40% in yuan.", "60% may be in yuan and 40% in gold.", "combined"),
        ("40% may be in gold, 60% in yuan.", "60% may be in yuan and 40% in gold.", ""),
        ("Two Russian and seven Chinese aircraft came.", "Seven Russian and two Chinese aircraft came.", "combined"),
        ("64% of Russians saw China as friendly in 2022.", "The share was 55% in 2022 and 64% in 2023.", "combined"),
        ("64% of Russians saw China as friendly in 2023.", "The share was 55% in 2022 and 64% in 2023.", ""),
        ("Deliveries fell to 63% in 2007.", "There was a 63% fall in deliveries in 2007.", "unsupported-figure"),
        ("Trading rose by 11% in June.", "Trading rose to 11% in June, from 1% in May.", "unsupported-figure"),
        ("Trading rose to 11% in June.", "Trading rose to 11% in June, from 1% in May.", ""),
        ("Deliveries fell by 63% in 2007.", "There was a 63% fall in deliveries in 2007.", ""),
        ("Power of Siberia is to carry gas.", "Power of Siberia 2 is to carry gas.", "unsupported-name"),
        ("Power of Siberia 2 is to carry gas.", "Power of Siberia 2 is to carry gas.", ""),
        ("On 7 and 6 June Russia flew 2 patrols.", "On 6 and 7 June Russia flew 2 patrols.", ""),
        (
            "In March 2014 it had made swaps.",
            "In March 2016 it had made swaps under the deal of 2014.",
            "unsupported-figure",
        ),
        ("In March 2016 it had made swaps.", "In March 2016 it had made swaps under the deal of 2014.", ""),
        ("It lapsed on 11 April 1979.", "It lapsed on 11 April 1980, as said on 3 April 1979.", "unsupported-figure"),
        ("It lapsed in April 1980.", "It lapsed on 11 April 1980, as said on 3 April 1979.", ""),
        ("It came in June 2024.", "It came in May and June of 2024.", ""),
        ("The EU's share was 70% and Asia's 16%.", "Asia's share was 70% and the EU's 16%.", "combined"),
        ("Asia's share was 70%, while the EU's was 16%.", "Asia's share was 70% and the EU's 16%.", ""),
        ("The drill was led by South Africa.", "The drill was led by China off South Africa.", "unsupported-roles"),
        ("The drill was led by the Chinese navy.", "The drill was led by Chinese ships.", ""),
        ("", "", ""),
    ],
)
def test_what_belongs_together_is_not_exchanged(claim: str, text: str, kind: str) -> None:
    assert exchanged(claim, text)[0] == kind


@pytest.mark.parametrize(
    ("claim", "written"),
    [
        ("about 74 million tonnes", "about 74.04 million tonnes"),
        ("nearly 75 million tonnes", "nearly 75 million tonnes"),
        ("over 74 million tonnes", "about 74.04 million tonnes"),
        ("74 million tonnes", "74 million tonnes"),
        ("about 74 billion tonnes", "about 74 billion tonnes"),
        ("about 75 million tonnes", "about 75 million tonnes"),
        ("roughly 8%", "roughly 8.1%"),
        ("about a third of it", "about 34.2% of it"),
        ("a third gas pipeline", "a third gas pipeline"),
        ("about a fifth of it", "about a fifth of it"),
        ("on 2019-12-02", "on 2 December 2019"),
        ("174 km² of land", "174 square kilometres of land"),
        ("rose from 8.1 to 34.2", "from 8.1 to 34.2"),
        ("rose from 34.2 to 8.1", "rose from 34.2 to 8.1"),
    ],
)
def test_a_figure_is_written_as_the_text_has_it_only_if_it_means_the_same(claim: str, written: str) -> None:
    assert in_form_of(claim, "74.04 million tonnes, 8.1% less, 34.2% of all") == written


def test_what_is_less_fell_and_what_doubled_rose() -> None:
    assert with_changes("Trade was 9.1% less than before.") == "Trade was 9.1% less than before (fell fall)."
    assert with_changes("Applications doubled.") == "Applications doubled (rose rise)."
    assert with_changes("Trade was stable.") == "Trade was stable."


def test_periods_are_told_in_months_and_in_parts_of_a_year() -> None:
    assert (
        with_changes("It rose in January–September 2025.") == "It rose in January-September 2025 (first nine months)."
    )
    assert (
        with_changes("It rose from January to June.") == "It rose from January to June (first six months first half)."
    )
    assert with_changes("It rose in the first quarter.") == "It rose in the first quarter (first three months)."


def test_the_two_are_those_that_the_text_names() -> None:
    assert in_form_of("the two countries' navies", "China's and Russia's ships") == "the countries' navies"
    assert in_form_of("the two countries' navies", "ships of Japan and India") == "the two countries' navies"
