"""Follow-ups by rules: which questions lean on an earlier one, and what they carry from it."""

import pytest

from bot.follow_ups import follows_up, with_history
from bot.history import Exchange

TREATY = Exchange(asked="When was the friendship treaty with Moscow signed?", said=("In 2001. [1]",))


def after(text: str, asked: str, *said: str) -> str:
    return with_history(text, [Exchange(asked=asked, said=said)])


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("and in 2023?", True),
        ("why?", True),
        ("what about oil?", True),
        ("who signed it?", True),
        ("and China's share?", True),
        ("When was the treaty signed?", True),
        ("so why?", True),
        ("How long did they talk?", True),
        ("а в 2023 году?", True),
        ("почему?", True),
        ("那2023年呢？", True),
        ("为什么？", True),
        ("Did the Americans react?", True),
        ("did all six accept", True),
        ("what planes took part", True),
        ("since when?", True),
        ("Who was there?", True),
        ("What happened there in 1969?", True),
        ("Is there a formal alliance?", False),
        ("Did the Americans react to the sale?", False),
        ("Which summit did Putin attend?", False),
        ("How much gas did Russia sell in 2019?", False),
        ("Who negotiated for the Qing at Nerchinsk?", False),
        ("trade in 2019", False),
        ("When was the Treaty of Good-Neighbourliness signed?", False),
        ("When was the treaty of friendship signed?", False),
        ("So why did Mao and Khrushchev fall out?", False),
        ("Compare trade turnover in 2022 with that of 2023.", False),
        ("What is the size of China's nuclear arsenal these days?", False),
        ("What is AUKUS?", False),
        ("Forget trade. How many Chinese servicemen went to Peace Mission 2021?", False),
        ("Сколько газа Россия продала Китаю по трубопроводу?", False),
    ],
)
def test_what_says_too_little_or_points_back_leans_on_the_question_before(text: str, leans: bool) -> None:
    assert follows_up(text) is leans
    assert (with_history(text, [TREATY]) != text) is leans
    assert with_history(text, []) == text


@pytest.mark.parametrize(
    ("asked", "text", "query"),
    [
        ("How much was trade in 2022?", "and in 2023?", "How much was trade and in 2023?"),
        ("How much was trade for 2022 in yuan?", "and in 2023?", "How much was trade in yuan and in 2023?"),
        ("How much oil did China buy in 2023?", "and the year after?", "How much oil did China buy and in 2024?"),
        ("How much oil did China buy in 2023?", "And the following year?", "How much oil did China buy And in 2024?"),
        ("How much oil did China buy in 2023?", "what about a year earlier?", "How much oil did China buy what about in 2022?"),
        ("How much oil did China buy in 2023?", "the previous year?", "How much oil did China buy in 2022?"),
        ("Trade in 2019 and 2021?", "and the year after?", "Trade in 2019 and 2021 and the year after?"),  # after which?
        ("How much crude oil did Russia sell in 2022?", "and natural gas?", "How much did Russia sell in 2022 and natural gas?"),
        ("How large were Chinese exports in 2022?", "and imports?", "How large were Chinese in 2022 and imports?"),
        ("Do oil and gas matter?", "and coal?", "Do oil and gas matter and coal?"),  # in the place of which?
        ("Does oil matter?", "how much oil?", "Does oil matter how much oil?"),
        ("How much was trade in 2022?", "What about oil?", "How much was trade in 2022 What about oil?"),
        ("How much gas did Russia sell in 2022?", "and China's share?", "How much gas did Russia sell in 2022 and China's share?"),
    ],
)  # fmt: skip
def test_subject_and_date_are_carried_and_a_new_year_takes_the_place_of_the_old(
    asked: str, text: str, query: str
) -> None:
    assert after(text, asked) == query


@pytest.mark.parametrize(
    ("asked", "text", "query"),
    [
        ("Did they agree in May 2024?", "is that still so?", "Did they agree is that still so?"),
        ("Did they agree on 5 May 2024?", "and the most recent one?", "Did they agree and the most recent one?"),
        ("Did they agree in May 2024?", "is that so?", "Did they agree in May 2024 is that so?"),
    ],
)
def test_what_is_the_latest_is_not_of_that_date(asked: str, text: str, query: str) -> None:
    assert after(text, asked) == query


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        (["How much oil?", "when was it begun?", "who paid?", "why?"], "How much oil who paid why?"),
        (
            ["How much oil?", "and gas?", "who paid?", "why?"],
            "How much and gas who paid why?",
        ),  # that was the topic since
        (["What was agreed at Aigun in 1858?", "why?"], "What was agreed at Aigun in 1858 why?"),
        (["why?", "when?", "where?", "who?"], "why where who?"),  # nothing stands alone
    ],
)
def test_a_chain_keeps_its_topic_and_the_last_question(asked: list[str], query: str) -> None:
    *before, text = asked
    assert with_history(text, [Exchange(asked=a) for a in before]) == query


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("President Xi Jinping met Foreign Minister Sergei Lavrov.", "Xi Jinping Sergei Lavrov"),
        ("On Monday President Xi Jinping spoke.", "Xi Jinping"),
        ("Chinese President Jiang Zemin and Russian President Vladimir Putin signed.", "Jiang Zemin Vladimir Putin"),
        ("US Secretary of State Antony Blinken said so.", "Antony Blinken"),
        ("President Putin agreed.", "Putin"),
        ("Yan Xuetong of Tsinghua University wrote it.", "Yan Xuetong"),
        ("China's Defence Ministry and the Chinese Eastern Railway.", ""),
        ("In March Power of Siberia opened on Zhenbao Island.", ""),
        ("Xi Jinping's speech. Wang Yi's reply.", "Xi Jinping Wang Yi"),
    ],
)
def test_people_keep_their_names_and_lose_their_offices(said: str, names: str) -> None:
    assert after("what did he say?", "Who came?", said) == " ".join(f"Who came {names} what did he say?".split())
    assert after("what did it say?", "Who came?", said) == "Who came what did it say?"
