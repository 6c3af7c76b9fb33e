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
        ("what did India do?", True),
        ("how many people died?", True),
        ("How many soldiers were killed", True),
        ("and what does it say about Crimea?", True),
        ("and what does China say about Crimea?", False),
        ("What did Xi say?", True),
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
        ("How long is the border between China and Russia?", False),
        ("How many Chinese students are there in Russia?", False),
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
        ("How much was trade in 2022?", "and in 2023?", "How much was trade in 2023"),
        ("How much was trade for 2022 in yuan?", "and in 2023?", "How much was trade in 2023 in yuan"),
        ("How much oil did China buy in 2023?", "and the year after?", "How much oil did China buy in 2024"),
        ("How much oil did China buy in 2023?", "And the following year?", "How much oil did China buy in 2024"),
        ("How much oil did China buy in 2023?", "what about a year earlier?", "How much oil did China buy in 2022"),
        ("How much oil did China buy in 2023?", "the previous year?", "How much oil did China buy in 2022"),
        ("Trade in 2019 and 2021?", "and the year after?", "Trade in 2019 and 2021 and the year after?"),  # after which?
        ("How much crude oil did Russia sell in 2022?", "and natural gas?", "How much natural gas did Russia sell in 2022"),
        ("How large were Chinese exports in 2022?", "and imports?", "How large were Chinese imports in 2022"),
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
        (
            "What does the 2001 treaty hold?",
            "is it still in force?",
            "What does the 2001 treaty hold is it still in force?",
        ),
        (
            "Where was the summit in 2025?",
            "where was the one before?",
            "Where was the summit where was the one before?",
        ),
        ("Where was the summit in 2025?", "and the next one?", "Where was the summit and the next one?"),
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
            "How much gas who paid why?",
        ),  # that was the topic since
        (["What was agreed at Aigun in 1858?", "why?"], "What was agreed at Aigun in 1858 why?"),
        (["why?", "when?", "where?", "who?"], "why where who?"),  # nothing stands alone
    ],
)
def test_a_chain_keeps_its_topic_and_the_last_question(asked: list[str], query: str) -> None:
    *before, text = asked
    assert with_history(text, [Exchange(asked=a) for a in before]) == query


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        (["Who left?", "and the phone makers?", "what about chips?"], "Who left what about chips?"),
        (["Who left?", "what about the army?", "who took part?", "and trade?"], "Who left and trade?"),
        (["Who left?", "who took part?", "and trade?"], "Who left who took part and trade?"),
        (["Who left?", "and the phone makers?", "and in 2023?"], "Who left and the phone makers in 2023"),
    ],
)
def test_of_two_things_in_a_row_the_last_is_asked_about(asked: list[str], query: str) -> None:
    *before, text = asked
    assert with_history(text, [Exchange(asked=a) for a in before]) == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("back to the bridge", "When was the bridge opened?"),
        ("Let's go back to the bridge: who paid for it?", "When was the bridge opened who paid for it?"),
        ("going back to my first question", "When was the bridge opened?"),
        ("can we return to the oil, why?", "When was the bridge opened And oil in 1999 why?"),
        ("Did China go back to the gold standard?", "Did China go back to the gold standard?"),
        ("back to the moon", "back to the moon"),  # never talked of
        ("Back to the bridge: how much gas did Russia sell?", "Back to the bridge: how much gas did Russia sell?"),
    ],
)
def test_the_reader_may_go_back_to_what_was_asked_before(text: str, query: str) -> None:
    asked = ["When was the bridge opened?", "And oil in 1999?", "Who flies to Mars?"]
    assert with_history(text, [Exchange(asked=a) for a in asked]) == query


@pytest.mark.parametrize(
    ("asked", "text", "query"),
    [
        ("How many ships in 2012?", "no, I meant 2014", "How many ships in 2014"),
        ("How many ships in 2012?", "sorry, 2014 not 2012", "How many ships in 2014"),
        ("How many ships in 2012?", "I meant planes", "How many ships in 2012 planes"),
        ("Who fought at Zenbao?", "*Zhenbao", "Who fought at Zhenbao?"),
        ("Who bought oil?", "oops, I meant gas", "Who bought gas"),
        ("Who bought oil?", "I meant who sold it", "Who bought oil who sold it"),
        ("Who bought oil?", "sorry, how much uranium did Russia sell to China?", "sorry, how much uranium did Russia sell to China?"),
    ],
)  # fmt: skip
def test_a_reader_may_correct_the_last_question(asked: str, text: str, query: str) -> None:
    assert after(text, asked) == query


@pytest.mark.parametrize(
    ("asked", "text", "query"),
    [
        ("What does the pact say on Taiwan?", "who signed it?", "the pact who signed it?"),
        ("What does the pact say about Taiwan?", "and about Tibet?", "What does the pact say about Taiwan and about Tibet?"),
    ],
)  # fmt: skip
def test_what_is_asked_of_it_is_not_asked_of_what_it_says(asked: str, text: str, query: str) -> None:
    assert after(text, asked) == query


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


@pytest.mark.parametrize(
    ("asked", "text", "said", "query"),
    [
        ("When did Xi come?", "has he said why?", "President Putin met Wang Yi.", "When did Xi come has he said why?"),
        ("Did China come?", "why did he?", "Wang Yi came.", "Did China come Wang Yi why did he?"),
        ("What is agreed?", "do they say so?", "Wang Yi agreed.", "What is agreed do they say so?"),
        ("What is agreed?", "do they say so?", "Xi Jinping and Wang Yi agreed.", "What is agreed Xi Jinping Wang Yi do they say so?"),
    ],
)  # fmt: skip
def test_he_is_who_was_asked_about_and_they_are_several(asked: str, text: str, said: str, query: str) -> None:
    assert after(text, asked, said) == query
