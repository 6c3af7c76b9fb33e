"""The systems to compare with, each by hand on the small corpus: what it says, what it ranks, what that is worth."""

from dataclasses import replace

import pytest

from bot.pipeline import Bot
from evals.cases import Case
from evals.gold import Gold
from evals.plain import open_plain
from evals.replies import Quote, Ranked, Reply, documents_of
from evals.run import run_cases
from evals.systems import CONSTANT_SENTENCES, System, baselines, the_bot
from tests.evals.made import CASES, EXTENDED, MISSILES, PERU, SHOTS, SIGNED, TRADE, fact, nugget

SETTLED = "The river border between China and Russia was settled in October 2008."
DIFFER = "Chinese and Soviet accounts differ on who fired first on Zhenbao (Damansky) Island in March 1969."
SOVIET = "The Soviet government said that Chinese soldiers fired first in March 1969."
CHINESE = "The Chinese government said that Soviet soldiers fired first in March 1969."
BINDS = "Trade binds the two neighbours."
GROWS = "It keeps growing because Russia sells oil and gas to China."
SIGNS = "China and Russia signed the friendship treaty in Moscow on 16 July 2001."
ARTICLES = "The friendship treaty of 2001 has 25 articles."
EXTENDS = "China and Russia extended the friendship treaty for five years in June 2021."
BORDER_CHUNK = f"{SETTLED}\n\n{DIFFER}\n\n{SOVIET}\n\n{CHINESE}"


@pytest.fixture
def systems(bot: Bot, gold: Gold) -> dict[str, System]:
    return dict(baselines(bot, gold, CASES, open_plain(bot, lambda what, done, total: None)))


def worth(system: System, gold: Gold, cases: list[Case] = CASES) -> list[int]:
    return [r.score.truthfulness for r in run_cases(system, cases, gold)]


def sentences(reply: Reply) -> list[str]:
    return [q.text for q in reply.quotes]


def passages(reply: Reply) -> list[tuple[str, int]]:
    """Return where the ranked passages begin."""
    return [(p.document_id, p.source_start) for p in reply.passages]


def test_all_of_them_are_there_in_the_order_they_are_shown(systems: dict[str, System]) -> None:
    assert list(systems) == [
        "constant reply", "always abstains", "lead-3 of the top document", "first passage verbatim", "BM25 only", "MiniLM only",
        "LangChain + Chroma top-4", "oracle",
    ]  # fmt: skip


def test_without_the_plain_pipeline_the_others_are_there(bot: Bot, gold: Gold, systems: dict[str, System]) -> None:
    assert [*baselines(bot, gold, CASES, None)] == [name for name in systems if name != "LangChain + Chroma top-4"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_quote_of_every_system_is_in_the_document_at_its_offsets(
    bot: Bot, systems: dict[str, System], case: Case
) -> None:
    for name, system in {"bot": the_bot(bot), **systems}.items():
        reply = system(case)
        for quote in (*reply.quotes, *reply.sentences):
            document = bot.store.document(quote.document_id)
            assert document is not None
            assert document.text[quote.source_start : quote.source_end] == quote.text, name
        assert [s.quotes for s in reply.said] == [(q,) for q in reply.quotes] or name == "bot"
        assert reply.seconds > 0


def test_the_constant_reply_covers_most_nuggets_with_fewest_sentences(systems: dict[str, System], gold: Gold) -> None:
    # Five nuggets stand in one sentence each; of equal ones the first in the corpus is taken.
    assert sentences(systems["constant reply"](PERU)) == [SOVIET, CHINESE, GROWS, SIGNS, EXTENDS]
    assert systems["constant reply"](PERU).text == systems["constant reply"](SIGNED).text
    assert worth(systems["constant reply"], gold) == [1, 1, 1, 1, -1, -1]


def test_the_constant_reply_takes_what_adds_most_first_and_nothing_that_adds_nothing(bot: Bot, gold: Gold) -> None:
    both = replace(SIGNED, id="both", nuggets=(nugget("treaty", "friendship treaty"), nugget("moscow", "Moscow")))
    asked = [EXTENDED, SIGNED, both]
    # SIGNS states three nuggets of the three cases, EXTENDS two, of which one is new; ARTICLES states one, and none is left.
    assert sentences(baselines(bot, gold, asked, None)["constant reply"](PERU)) == [SIGNS, EXTENDS]


def test_the_constant_reply_is_short(bot: Bot, gold: Gold) -> None:
    many = [
        fact(f"case-{number}", nuggets=(nugget("all", text),), documents=("border", "essay", "treaty"))
        for number, text in enumerate(("settled", "accounts differ", "Soviet government", "Chinese government", "binds", "oil"))
    ]  # fmt: skip
    assert len(sentences(baselines(bot, gold, many, None)["constant reply"](PERU))) == CONSTANT_SENTENCES == 5


def test_without_evidence_the_constant_reply_is_silence(bot: Bot, gold: Gold) -> None:
    reply = baselines(bot, gold, [PERU, MISSILES], None)["constant reply"](PERU)
    assert (reply.abstained, reply.text) == (True, "")


def test_one_that_always_abstains_is_right_on_what_has_no_answer_only(systems: dict[str, System], gold: Gold) -> None:
    reply = systems["always abstains"](SIGNED)
    assert (reply.abstained, reply.text, reply.confidence, reply.passages) == (True, "", 0.0, ())
    assert worth(systems["always abstains"], gold) == [0, 0, 0, 0, 1, 1]


def test_lead_3_says_how_the_best_document_begins(bot: Bot, systems: dict[str, System], gold: Gold) -> None:
    reply = systems["lead-3 of the top document"](SHOTS)
    assert sentences(reply) == [SETTLED, DIFFER, SOVIET]
    assert passages(reply) == [(p.chunk.document_id, p.chunk.source_start) for p in bot.search(SHOTS.question).passages]
    assert [q.text for q in reply.sentences] == [
        c.sentence.text for c in bot.search(SHOTS.question).candidates
    ]  # all eleven, no more than a reply keeps
    assert sentences(systems["lead-3 of the top document"](EXTENDED)) == [SIGNS, ARTICLES, EXTENDS]
    assert worth(systems["lead-3 of the top document"], gold) == [1, 1, 0, 1, -1, -1]


def test_the_first_passage_is_said_whole(systems: dict[str, System], gold: Gold) -> None:
    system = systems["first passage verbatim"]
    assert sentences(system(SHOTS)) == [BORDER_CHUNK]
    assert sentences(system(SIGNED)) == [f"{SIGNS} {ARTICLES}"]
    assert passages(system(SIGNED))[0] == ("treaty", 0)
    assert worth(system, gold) == [1, 1, 1, 1, -1, -1]


def test_bm25_ranks_what_shares_words_and_says_the_sentences_with_most_weight(
    bot: Bot, systems: dict[str, System], gold: Gold
) -> None:
    system = systems["BM25 only"]
    reply = system(EXTENDED)
    # "extended" stands in one chunk, "friendship treaty" in two; in the essay and the border no word of the question stands.
    assert passages(reply) == [("treaty", 132), ("treaty", 0)]
    assert reply.passages[0].score > reply.passages[1].score > 0
    assert sentences(reply) == [EXTENDS, SIGNS, ARTICLES]
    assert sentences(system(TRADE)) == [BINDS, GROWS]
    assert system(PERU).abstained  # no text holds "capital" or "Peru"
    assert worth(system, gold) == [1, 1, 1, 1, 1, -1]


def test_minilm_says_the_sentences_closest_to_the_question(bot: Bot, systems: dict[str, System], gold: Gold) -> None:
    system = systems["MiniLM only"]
    reply = system(SIGNED)
    assert sentences(reply) == [SIGNS, ARTICLES, EXTENDS]
    assert passages(reply)[:2] == [("treaty", 0), ("treaty", 132)]
    vector = bot.embedder.embed_query(SIGNED.question)
    assert len(reply.passages) == 5
    assert [p.score for p in reply.passages] == [score for _, score in bot.store.nearest("passages", vector, 10)]
    assert worth(system, gold) == [1, 1, 1, 1, -1, -1]


def test_the_plain_pipeline_says_its_four_nearest_chunks(systems: dict[str, System], gold: Gold) -> None:
    reply = systems["LangChain + Chroma top-4"](SIGNED)
    # Each small document is one chunk of 1000 characters, heading and all.
    assert [(q.document_id, q.source_start) for q in reply.quotes] == [("treaty", 0), ("essay", 0), ("border", 0)]
    assert reply.quotes[0].text == f"{SIGNS} {ARTICLES}\n\nExtension\n\n{EXTENDS}"
    assert worth(systems["LangChain + Chroma top-4"], gold) == [1, 1, 1, 1, -1, -1]


def test_the_oracle_is_right_on_every_case(systems: dict[str, System], gold: Gold) -> None:
    assert worth(systems["oracle"], gold) == [1] * 6
    reply = systems["oracle"](SHOTS)
    assert sentences(reply) == [SOVIET, CHINESE]
    assert passages(reply) == [("border", 0)]
    assert reply.passages[0].score == 2.0  # both nuggets
    assert systems["oracle"](PERU).abstained


def test_the_oracle_ranks_first_what_holds_most(bot: Bot, gold: Gold) -> None:
    case = replace(SIGNED, nuggets=(nugget("years", "five years"), nugget("articles", "25"), nugget("place", "Moscow")))
    reply = baselines(bot, gold, [case], None)["oracle"](case)
    assert [(p.source_start, p.score) for p in reply.passages] == [(0, 2.0), (132, 1.0)]
    assert sentences(reply) == [EXTENDS, ARTICLES, SIGNS]


def test_the_oracle_says_evidence_that_holds_nothing_wrong_if_there_is_any(bot: Bot, gold: Gold) -> None:
    case = replace(SIGNED, nuggets=(nugget("treaty", "friendship treaty"),), must_not=("SIGNED", "25 articles"))
    oracle = baselines(bot, gold, [case], None)["oracle"]
    assert sentences(oracle(case)) == [EXTENDS]
    assert worth(oracle, gold, [case]) == [1]


def test_the_bot_says_its_statements_without_markers(bot: Bot) -> None:
    reply, answer = the_bot(bot)(SHOTS), bot.answer(SHOTS.question)
    assert reply.text == f"{DIFFER} {SOVIET} {CHINESE}"
    assert "[1]" in answer.answer
    assert sentences(reply) == [c.cited_text for c in answer.citations]
    assert (reply.confidence, reply.abstained, reply.problems) == (answer.confidence, False, 0)
    assert set(reply.voices) == set(answer.source_mix) == {"chinese-official", "independent-media"}
    declined = the_bot(bot)(PERU)
    assert (declined.abstained, declined.text, declined.said) == (True, "", ())
    assert declined.answer is not None
    assert declined.answer.answer.startswith("The corpus does not answer this question.")


def test_a_quote_said_twice_is_one_quote() -> None:
    quote = Quote(document_id="d", source_start=0, source_end=1, text="a")
    other = replace(quote, source_end=2, text="ab")
    from evals.replies import Said

    reply = Reply(
        text="", abstained=False, confidence=1.0, said=(Said(text="a", quotes=(quote, other)), Said(text="b", quotes=(quote,)))
    )  # fmt: skip
    assert reply.quotes == (quote, other)


def test_a_document_is_ranked_by_its_best_passage() -> None:
    ranked = [
        Ranked(id=f"{name}:{start}", document_id=name, source_start=start, source_end=start + 1, score=score)
        for name, start, score in (("b", 5, 0.9), ("a", 0, 0.8), ("b", 0, 0.7), ("c", 0, -1.0))
    ]
    assert documents_of(ranked) == [("b", 0.9), ("a", 0.8), ("c", -1.0)]
    assert documents_of([]) == []
