"""Which sentences are quoted and in which order, on candidates made by hand over the small corpus."""

from collections.abc import Sequence

import pytest

from bot.extract import (
    BLOCK_MARGIN,
    LIST_MARGIN,
    MARGIN,
    NEW_WORDS,
    OFFERED,
    WIDE_MARGIN,
    _choose,
    _held,
    _worths,
    answer_extractively,
    quotable,
)
from bot.form import BONUS
from bot.pipeline import Bot
from bot.records import Candidate, Query, Retrieved
from tests.bot.made import ask, candidate, said, user

# Rows of the essay in the small corpus: sentences that are no copies of each other.
FIRST, SECOND, THIRD, FOURTH = 4, 5, 6, 7
BLOCK = 1
"""Row of the first sentence of the disputed block, which has three."""


def found(bot: Bot, question: str, candidates: Sequence[Candidate]) -> Retrieved:
    passages = tuple(c.passage for c in candidates)
    return Retrieved(query=ask(bot, question), passages=passages, candidates=tuple(candidates), seconds={})


def chosen(bot: Bot, question: str, candidates: Sequence[Candidate], limit: int = 5) -> list[int]:
    return [c.sentence.row for c in _choose(found(bot, question, candidates), candidates, limit)]


# What can be quoted


def test_only_whole_statements_are_quoted_best_first(small_bot: Bot) -> None:
    rows = [
        candidate("A heading without an end", row=0, score=0.9),
        candidate("Was the treaty signed?", row=1, score=0.9),
        candidate("It was “signed.”", row=2, score=0.4),
        candidate("The treaty was signed…", row=4, score=0.5),
        candidate("The treaty was kept.", row=3, score=0.5),
    ]
    assert [c.sentence.row for c in quotable(found(small_bot, "Tell me of the treaty", rows))] == [3, 4, 2]
    assert quotable(found(small_bot, "Tell me of the treaty", [])) == []


def test_the_form_counts_in_the_score(small_bot: Bot) -> None:
    rows = [candidate("It was kept.", row=0, score=0.5), candidate("It was on 16 July 2001.", row=1, score=0.45)]
    first, second = quotable(found(small_bot, "When was it?", rows))
    assert (first.sentence.row, first.score) == (1, pytest.approx(0.45 + BONUS))
    assert (second.sentence.row, second.score) == (0, pytest.approx(0.5))


def test_a_document_that_lists_the_question_goes_first(small_bot: Bot) -> None:
    rows = [
        candidate("It was kept.", document="border", row=0, score=0.7),
        candidate("It was read.", document="treaty", row=1, score=0.5),
    ]
    listed = quotable(found(small_bot, "When was the treaty signed?", rows))
    assert [(c.sentence.row, pytest.approx(c.score)) for c in listed] == [(1, 0.5 + OFFERED), (0, 0.7)]
    other = quotable(found(small_bot, "When was the treaty agreed?", rows))
    assert [c.sentence.row for c in other] == [0, 1]


# The latest


@pytest.mark.parametrize(
    ("question", "best"), [("What is the latest on the border?", 1), ("What is there on the border?", 0)]
)
def test_the_newest_is_wanted_only_where_it_is_asked_for(small_bot: Bot, question: str, best: int) -> None:
    rows = [
        candidate("The border moved.", "2001", row=0, score=1.0),
        candidate("The border stayed.", "2021", row=1, score=0.9),
    ]
    assert quotable(found(small_bot, question, rows))[0].sentence.row == best


# What a further sentence adds


def _adds(query: Query, further: Candidate, chosen: list[Candidate]) -> float:
    worth = _worths(query)
    said = frozenset().union(*(_held(query, worth, c) for c in chosen))
    return sum(worth[w] for w in _held(query, worth, further) - said)


def test_a_sentence_adds_the_words_that_none_before_it_holds(small_bot: Bot) -> None:
    query = ask(small_bot, "Was the friendship treaty signed in 2001?")
    idf = small_bot.store.lexical.idf
    total = sum(idf(t) for t in ("friendship", "treati", "sign", "2001"))
    best = candidate("The friendship treaty is old.")
    assert _adds(query, candidate("It was signed."), [best]) == pytest.approx(idf("sign") / total)
    assert _adds(query, candidate("It was signed.", "2001-07-16"), [best]) == pytest.approx(
        (idf("sign") + idf("2001")) / total  # the date of its event counts as if it were said
    )
    assert _adds(query, candidate("The pact is old."), [best]) == 0.0  # another form of a word that is there
    assert _adds(query, candidate("The treaty was signed."), [best, candidate("Signed.")]) == 0.0
    assert _adds(query, candidate("A friendship treaty signed in 2001."), []) == pytest.approx(1.0)


def test_of_several_years_each_adds(small_bot: Bot) -> None:
    query = ask(small_bot, "Was there trade in 2001, 2021?")
    best = candidate("Trade grew in 2001.")
    assert _adds(query, candidate("It fell in 2021."), [best]) == pytest.approx(1 / 2)
    assert _adds(query, candidate("It fell.", "2021-05-01"), [best]) == pytest.approx(1 / 2)
    assert _adds(query, candidate("It fell in 2001."), [best]) == 0.0
    assert _adds(query, best, []) == pytest.approx(1 + 1 / 2)  # the only word, and one of the years
    one = ask(small_bot, "Was there trade in 2001?")
    assert _adds(one, best, []) == pytest.approx(1.0)


def test_words_carried_over_add_less(small_bot: Bot) -> None:
    query = ask(small_bot, "and who signed it?", [user("What of the friendship treaty?"), said("It holds.")])
    assert query.asked.own == {"sign"}
    idf = small_bot.store.lexical.idf
    total = 0.6 * (idf("friendship") + idf("treati")) + idf("sign")
    assert _adds(query, candidate("Friendship."), []) == pytest.approx(0.6 * idf("friendship") / total)
    assert _adds(query, candidate("Signed."), []) == pytest.approx(idf("sign") / total)


# Which are chosen


@pytest.mark.parametrize(
    ("question", "rows"),
    [("When and where was it agreed?", [FIRST, SECOND]), ("When was it agreed?", [FIRST])],
)
def test_a_question_of_two_parts_gets_more_than_one_of_one(small_bot: Bot, question: str, rows: list[int]) -> None:
    candidates = [
        candidate("Both sides agreed in 2001.", row=FIRST, score=1.0),
        candidate("Talks took place at Moscow.", row=SECOND, score=0.7),
        candidate("Nothing else matters here.", row=THIRD, score=0.6),
    ]
    assert chosen(small_bot, question, candidates) == rows


def test_a_sentence_with_new_words_goes_before_a_better_one_without(small_bot: Bot) -> None:
    question = "Is the friendship treaty signed?"
    idf = small_bot.store.lexical.idf
    share = idf("sign") / (idf("friendship") + idf("treati") + idf("sign"))
    new = 1.0 - MARGIN - NEW_WORDS * share
    assert new < 0.74
    rows = [
        candidate("A friendship treaty exists.", row=FIRST, score=1.0),
        candidate("Neighbours talk often nowadays.", row=SECOND, score=1.0 - MARGIN - 0.01),
        candidate("Ministers signed papers.", row=THIRD, score=new + 0.001),
    ]
    assert chosen(small_bot, question, rows) == [FIRST, THIRD]
    rows[2] = candidate("Ministers signed papers.", row=THIRD, score=new - 0.001)
    assert chosen(small_bot, question, rows) == [FIRST]


@pytest.mark.parametrize(("question", "count"), [("When was it?", 3), ("When and where was it?", 4), ("Was it?", 4)])
def test_a_fact_of_one_part_takes_three_sentences_at_most(small_bot: Bot, question: str, count: int) -> None:
    texts = ["Trade began.", "Talks failed.", "Ships sailed.", "Rivers froze."]
    candidates = [candidate(t, row=FIRST + i, score=1.0) for i, t in enumerate(texts)]
    assert len(chosen(small_bot, question, candidates)) == count
    assert len(chosen(small_bot, question, candidates, limit=2)) == 2


def test_a_sentence_that_lacks_what_the_best_one_has_is_left_out(small_bot: Bot) -> None:
    full = candidate("Trade grew in 2016.", row=FIRST, score=1.0)
    lacking = candidate("Ships sailed.", row=SECOND, score=1.0, missing=("2016",))
    question = "Was there trade in 2016?"
    assert chosen(small_bot, question, [full, lacking]) == [FIRST]
    both = [candidate("Trade grew.", row=FIRST, score=1.0, missing=("2016",)), lacking]
    assert chosen(small_bot, question, both) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("score", "limit", "rows"),
    [
        (1.0 - BLOCK_MARGIN, 4, [FIRST, BLOCK]),
        (0.99 - BLOCK_MARGIN, 4, [FIRST]),  # it is not what the question is about
        (0.99, 3, [FIRST]),  # a sentence and a block of three do not fit
        (1.1, 3, [BLOCK]),
    ],
)
def test_a_disputed_block_comes_if_it_is_near_and_fits(
    small_bot: Bot, score: float, limit: int, rows: list[int]
) -> None:
    block = candidate("Accounts differ on who fired.", row=BLOCK, document="border", dispute=0, score=score)
    candidates = sorted([candidate("Trade grew.", row=FIRST, score=1.0), block], key=lambda c: -c.score)
    assert chosen(small_bot, "Was it?", candidates, limit) == rows


def test_an_answer_comes_statement_by_statement(small_bot: Bot) -> None:
    searched = small_bot.search("Who fired first on Zhenbao in March 1969?")
    settings = small_bot.settings.model_copy(update={"min_confidence": 0.0})
    drafts = list(answer_extractively(searched, settings=settings, look=small_bot.search))
    assert [len(draft.statements) for draft in drafts] == list(range(1, len(drafts) + 1))
    assert len(drafts) == 3
    assert all(earlier.statements == drafts[-1].statements[: len(earlier.statements)] for earlier in drafts)


def test_what_repeats_another_is_left_out(small_bot: Bot) -> None:
    rows = [
        candidate("China and Russia agreed on the border river in October.", row=FIRST, score=1.0),
        candidate("Russia and China agreed on the border river in October.", row=SECOND, score=1.0),
    ]
    assert chosen(small_bot, "Was it agreed?", rows) == [FIRST]


def test_what_goes_on_after_the_best_sentence_is_not_about_something_else(small_bot: Bot) -> None:
    best = candidate("Rivers were divided.", row=FIRST, score=1.0, similarity=0.6)
    further = candidate("Ships sailed.", row=THIRD, score=0.99, similarity=0.1)
    assert chosen(small_bot, "Is the border settled?", [best, further]) == [FIRST, THIRD]


def test_words_of_the_question_are_no_repetition(small_bot: Bot) -> None:
    rows = [
        candidate("The joint statement of the river commission praised trade.", row=FIRST, score=1.0),
        candidate("The joint statement of the river commission condemned fishing.", row=SECOND, score=1.0),
    ]
    assert chosen(small_bot, "Did the joint statement of the river commission praise trade?", rows) == [FIRST, SECOND]
    same = [rows[0], candidate("Trade was praised by the commission.", row=SECOND, score=1.0)]
    assert chosen(small_bot, "Did they like fish?", same) == [FIRST]


@pytest.mark.parametrize(("question", "count"), [("What is known?", 2), ("Why is it so?", 2), ("Is it known?", 1)])
def test_questions_for_nothing_in_particular_get_more(small_bot: Bot, question: str, count: int) -> None:
    rows = [
        candidate("Trade began.", row=FIRST, score=1.0),
        candidate("Ships sailed.", row=SECOND, score=1.0 - WIDE_MARGIN + 0.01),
    ]
    assert len(chosen(small_bot, question, rows)) == count


def test_a_disputed_block_is_chosen_once_whatever_its_sentences_hold(small_bot: Bot) -> None:
    block = candidate("Accounts of the clash differ.", row=FIRST, score=1.0, dispute=0, document="border")
    cause = candidate("They clashed because of fishing.", row=SECOND, score=1.0, dispute=0, document="border")
    assert chosen(small_bot, "Why did they clash over fishing?", [block, cause], limit=6) == [FIRST]


def test_what_adds_the_cause_asked_for_is_no_repetition(small_bot: Bot) -> None:
    rows = [
        candidate("China and Russia closed the border river in October.", row=FIRST, score=1.0),
        candidate("China and Russia closed the border river because of floods.", row=SECOND, score=0.95),
        candidate("Russia and China closed the border river because of the floods.", row=THIRD, score=0.9),
    ]
    assert chosen(small_bot, "Why was it closed?", rows) == [FIRST, SECOND]
    assert chosen(small_bot, "Was it closed?", rows) == [FIRST]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Was the agreement of 1999 signed?", [FIRST]),
        ("Did the agreement of 1999 cut duties?", [FIRST, SECOND]),  # tariffs are duties
    ],
)
def test_a_word_asked_for_that_the_other_lacks_is_no_repetition(small_bot: Bot, question: str, rows: list[int]) -> None:
    candidates = [
        candidate(
            "The agreement of China with Russia signed in 1999 covers services, ports and railways.",
            row=FIRST,
            score=1.0,
        ),
        candidate(
            "The agreement of China with Russia signed in 1999 covers ports, railways and services, not tariffs.",
            row=SECOND,
            score=0.95,
        ),
    ]
    assert chosen(small_bot, question, candidates) == rows


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Is the border settled?", [THIRD, FIRST, SECOND]),  # the answer first, then as written
        ("List what is settled", [FIRST, SECOND, THIRD]),
    ],
)
def test_the_best_sentence_comes_first_except_in_a_list(small_bot: Bot, question: str, rows: list[int]) -> None:
    candidates = [
        candidate("Rivers were divided.", row=THIRD, score=1.0),
        candidate("Ships sailed.", row=SECOND, score=0.99),
        candidate("Talks failed.", row=FIRST, score=0.98),
    ]
    assert chosen(small_bot, question, candidates) == rows


def test_other_figures_are_no_repetition(small_bot: Bot) -> None:
    text = "Trade between China and Russia was worth ${} billion in {}."
    rows = [
        candidate(text.format("95.28", "2014"), row=FIRST, score=1.0),
        candidate(text.format("69.525", "2016"), row=FIRST, score=0.99),  # the same row, so the same vector
        candidate("Trade between China and Russia was worth $95.28 billion.", row=SECOND, score=0.98),
    ]
    assert [c.score for c in _choose(found(small_bot, "Is trade growing?", rows), rows, 5)] == [1.0, 0.99]


@pytest.mark.parametrize(
    ("similarity", "document", "rows"),
    [
        (0.41, "d", [SECOND, FIRST]),
        (0.39, "d", [SECOND]),
        (0.51, "other", [SECOND, FIRST]),
        (0.49, "other", [SECOND]),
    ],
)
def test_what_is_about_something_else_is_left_out(
    small_bot: Bot, similarity: float, document: str, rows: list[int]
) -> None:
    best = candidate("Rivers were divided.", row=SECOND, score=1.0, similarity=0.6)
    further = candidate("Ships sailed.", row=FIRST, score=0.99, similarity=similarity, document=document)
    assert chosen(small_bot, "Is the border settled?", [best, further]) == rows


def test_a_list_takes_what_is_further_from_the_best(small_bot: Bot) -> None:
    rows = [
        candidate("The plan has twelve points.", row=FIRST, score=1.0),
        candidate("Talks come first.", row=SECOND, score=1.0 - LIST_MARGIN + 0.01),
        candidate("Prisoners are exchanged.", row=THIRD, score=1.0 - LIST_MARGIN - 0.01),
    ]
    assert chosen(small_bot, "Summarise the talks", rows) == [FIRST, SECOND]
    assert chosen(small_bot, "What is it?", rows) == [FIRST]
