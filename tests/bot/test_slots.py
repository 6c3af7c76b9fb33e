"""Slots of questions, and sentences that fill them wholly, in part or not at all."""

import pytest

from bot.question import read_question
from bot.slots import fill, read_slot

SHIP = "A destroyer came to Baltiysk."


def filled(question: str, text: str) -> float | None:
    slot = read_slot(question, read_question(question))
    return None if slot is None else fill(slot, text, question)


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("What is the diameter of the pipeline?", "The pipeline is 3,000 km long.", 0),
        ("What is the diameter of the pipeline?", "The pipeline has a diameter of 1,420 mm.", 1),
        ("How long is the bridge?", "The bridge is 2,215 m long.", 1),
        ("lenght of the bridge", "The bridge took six years.", 0),
        ("How long is the bridge?", "The bridge took six years.", 0),
        ("How long is the treaty valid?", "The treaty was concluded for 20 years.", 1),
        ("How long did they talk?", "They talked.", 0),
        ("How long was the drill?", "It was a nine-day drill.", 1),
        ("How many hours did they talk?", "They talked for an hour and a half.", 1),
        ("How many hours did they talk?", "They talked on 20 May.", 0),
        ("How many days did it last?", "It ran from 21 to 27 December.", 1),
        ("How many bcm flowed in 2024?", "It carried 31 billion cubic metres in 2024.", 1),
        ("How wide is it?", "It is 2,215 m long.", 0),
        ("What share of oil comes from Russia?", "Russia sold a fifth, or 20%, of it.", 1),
        ("What share of oil comes from Russia?", "Russia sold 7.7% less of it.", 0),  # a change
        ("By what percentage did oil fall?", "Russia sold 7.7% less of it.", 1),
        ("what fraction of the oil is Russian", "Russia sold 20% of it.", 1),
        ("what fraction of the oil is Russian", "Russia sold 83 million tonnes of it.", 0),
        ("What interest rate was charged?", "The loan was of interest to Beijing.", 1),
        ("What interest rate was charged?", "The loan had an interest in it.", 0),
        ("What is the population of the island?", "The island is flat.", 0),
        ("What did the jets cost?", "The price of the jets was $2 billion.", 1),
        ("What did the jets cost?", "The contract is for $2 billion.", 0.5),
        ("What did the jets cost?", "The jets cost a fortune.", 0),
        ("What will it cost to build?", "China wants a price of $60 per 1,000 cubic metres.", 0.5),
        ("price of a single engine", "The engines cost $2 million.", 0.5),
        ("price per barrel", "It paid 70 dollars a barrel.", 1),
        ("Why did they quarrel?", "They quarrelled because of the border.", 1),
        ("Why did they quarrel?", "They quarrelled in 1960.", 0),
    ],
)
def test_measures_prices_and_reasons(question: str, text: str, value: float) -> None:
    assert filled(question, text) == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("How many articles does the treaty have?", "The treaty has 25 articles.", 1),
        ("How many articles does the treaty have?", "The treaty has 25 very long, famous old articles.", 1),
        ("How many articles does the treaty have?", "The 2 sides wrote 25 pages and the articles.", 0),
        ("How many articles does the treaty have?", "In 2001 articles were agreed.", 0),  # a year counts nothing
        ("How many aircraft carriers came?", "It sent 30 aircraft.", 0),
        ("How many aircraft carriers came?", "It sent two carriers.", 1),
        ("How many Russians studied there?", "More than 21,000 Russians studied in China.", 1),
        ("How many United States bombers came?", "Two US bombers came.", 1),
        ("How many construction workers are building it?", "Units 7 and 8 are building.", 0),
        ("How many construction workers are building it?", "It has 2,000 staff.", 1),
        ("number of satellites in orbit", "Three stations in the far north receive its satellites.", 0),
        ("number of satellites in orbit", "It has 24 satellites.", 1),
        ("the UN document number of the declaration", "It is document A/52/153.", None),  # counts nothing
        ("How many tigers live there?", "It gave 58 tigers.", 1),
        ("How many tourists came?", "Some 1.3 million Chinese tourists came.", 1),
        ("How many tourists came?", "Tourists numbered 1.3 million.", 1),
        ("The contract was for how many engines?", "China bought engines worth 658 million dollars.", 0),
        ("How many bombers flew?", "They flew with two Tu-95MS and two H-6K bombers.", 1),
        ("How many Soviet soldiers died?", "The Soviet side counted 31 dead.", 1),
        ("How many Soviet tanks were lost?", "The Soviet side counted 31 dead.", 0),
        ("How many people learn Russian?", "About 82,000 students learn Russian.", 1),
        ("What number of Chinese nationals fought?", "At least 155 Chinese citizens fought.", 1),
        ("How many?", "It has 24 satellites.", None),
    ],
)
def test_counts(question: str, text: str, value: float | None) -> None:
    assert filled(question, text) == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("Who commanded the ships?", "China sent the destroyer Shaoxing.", 0),
        ("Who commanded the ships?", "The ships were led by Admiral Pavel Ivanov.", 1),
        ("Who commanded the ships?", "Admiral Pavel Ivanov praised them.", 0.5),
        ("Who is the rector of the university?", "The rector is Li Hechun.", 1),
        ("who is the president of france", "French President Emmanuel Macron came.", 1),
        ("who is the president of france", "Li Hui toured France and met Ukrainian President Volodymyr Zelensky.", 0),
        ("Who is the prime minister of Japan?", "Japanese Prime Minister Shinzo Abe came.", 1),
        ("Who is the prime minister of Japan?", "Prime Minister Li Qiang and Wang Yi met near the sea off Japan.", 0),
        ("Who is the president of Russia?", "Russian President Vladimir Putin came.", 1),
        ("Who supplies the fuel?", "The fuel was delivered by TVEL.", 1),
        ("Who supplies the fuel?", "The fuel was delivered in 2022, TASS reported.", 0),  # who reports it does not
        ("Who supplies the fuel?", "The fuel was delivered in March.", 0),
        ("Who met Putin?", "Putin met Xi.", 1),
        ("Whom did Li Hui meet in Warsaw?", "Li Hui met Deputy Minister Gerwel in Warsaw.", 1),
        ("Whom did Li Hui meet in Warsaw?", "Li Hui toured Poland.", 0),
        ("Name of the destroyer that came to Baltiysk?", SHIP, 0),
        ("Name of the destroyer that came to Baltiysk?", "The destroyer Hefei came to Baltiysk.", 1),
        ("What were the Chinese ships called?", "China sent the destroyers Shaoxing and Urumqi.", 1),
        ("What was the submarine called?", "China sent the destroyer Shaoxing and a submarine.", 0),
        ("What was the Soviet ambassador called?", "The Soviet ambassador Shcherbakov was told.", 1),
        ("What was the Soviet ambassador called?", "The Soviet ambassador was told.", 0),
        ("On which base were they trained?", "They were trained in Inner Mongolia.", 0.5),
        ("On which base were they trained?", "They were trained at the Zhurihe training base.", 1),
        ("Which city did they visit?", "They went to Harbin.", 1),
        ("Which city did they visit?", "They went home.", 0),
        ("Where did they meet?", "They met near Samarkand.", 1),
        ("Where in Harbin did they meet?", "They met in Harbin.", 0),
        ("Which four states abstained?", "Nine members voted for it and four abstained.", 0),
        ("Which four states abstained?", "India, Brazil and Gabon abstained.", 1),
        ("Which four states abstained?", "The Sputnik agency abstained.", 0),
        ("Which company built it?", "It was built by the firm Lavochkin.", 1),
        ("Which company built it?", "It was built in Liaoning.", 0.5),
    ],
)
def test_names(question: str, text: str, value: float) -> None:
    assert filled(question, text) == value


@pytest.mark.parametrize(
    "question",
    ["Is the price known?", "Did many ships come?", "What was agreed?", "When was it signed?", "", "为什么"],
)
def test_what_no_rule_reads_leaves_no_slot(question: str) -> None:
    assert filled(question, "Anything in May 2001 by Xi for $5.") is None
