"""Small talk and questions about Amur: replied to from the help documents, and never a question about the texts."""

import re
from collections.abc import Callable

import pytest

from bot.help import entries, find_help, without_courtesy
from bot.messages import LANGUAGES, LOCALES
from bot.pipeline import Bot
from bot.serve.cards import answer_html
from corpus.documents import load_corpus
from corpus.settings import SHIPPED_TEXTS
from evals.cases import SHIPPED_CASES, load_cases

SMALL_TALK = [
    ("hi", "greeting/en"),
    ("Hello there!", "greeting/en"),
    ("how are you?", "greeting/en"),
    ("Hi! Who made you?", "maker/en"),
    ("Thanks, bye!", "goodbye/en"),
    ("thank you so much", "thanks/en"),
    ("ok great", "thanks/en"),
    ("What can you do?", "abilities/en"),
    ("Hey there, what are you able to do?", "abilities/en"),
    ("what can I ask you about", "abilities/en"),
    ("help", "abilities/en"),
    ("Who made you?", "maker/en"),
    ("who's behind this?", "maker/en"),
    ("who are you?", "identity/en"),
    ("What's your name?", "identity/en"),
    ("Are you ChatGPT?", "model/en"),
    ("are u a robot", "model/en"),
    ("Are you a real person or a robot?", "model/en"),
    ("which language model do you use?", "model/en"),
    ("How do I cite you?", "cite/en"),
    ("how should I cite this answer in a paper", "cite/en"),
    ("Where do your answers come from?", "sources/en"),
    ("what are your sources", "sources/en"),
    ("How up to date are you?", "date/en"),
    ("when were you last updated?", "date/en"),
    ("Can I trust you?", "trust/en"),
    ("are you neutral?", "neutral/en"),
    ("Are you biased?", "neutral/en"),
    ("what do you think?", "neutral/en"),
    ("How do I report an error?", "error/en"),
    ("that's wrong", "error/en"),
    ("Which languages?", "languages/en"),
    ("Do you speak Russian?", "languages/en"),
    ("tell me more", "more/en"),
    ("go on", "more/en"),
    ("What else?", "more/en"),
    ("I have to write an essay about China and Russia.", "abilities/en"),
    ("I'm a student from Leipzig", "abilities/en"),
    ("yes", "nothing-asked/en"),
    ("lol", "nothing-asked/en"),
    ("thanks, that helps a lot", "thanks/en"),
    ("That's interesting!", "thanks/en"),
    ("Source please", "source/en"),
    ("where is that from?", "source/en"),
    ("What's your source for that?", "source/en"),
    ("what does the [1] mean?", "markers/en"),
    ("What do the numbers in brackets mean?", "markers/en"),
    ("You didn't answer my question!", "unanswered/en"),
    ("why can't you answer?", "unanswered/en"),
    ("that's not what I asked", "unanswered/en"),
    ("shorter please", "rewording/en"),
    ("say it in simple words", "rewording/en"),
    ("tl;dr", "rewording/en"),
    ("In Russian please", "translation/en"),
    ("can you translate it into Chinese?", "translation/en"),
    ("Can you draw a chart of it?", "plots/en"),
    ("as a table", "plots/en"),
    ("how do I save this conversation?", "take-away/en"),
    ("can I export it as PDF?", "take-away/en"),
    ("let's change the subject", "restart/en"),
    ("only Chinese sources please", "narrowing/en"),
    ("how sure are you about that?", "trust/en"),
    ("as of when?", "date/en"),
    ("Привет!", "greeting/ru"),
    ("Привет, что ты умеешь?", "abilities/ru"),
    ("Большое спасибо", "thanks/ru"),
    ("Кто тебя создал?", "maker/ru"),
    ("Кто ты?", "identity/ru"),
    ("Ты ChatGPT?", "model/ru"),
    ("Как на вас ссылаться?", "cite/ru"),
    ("Откуда берутся ответы?", "sources/ru"),
    ("Насколько свежие у тебя данные?", "date/ru"),
    ("Можно ли тебе доверять?", "trust/ru"),
    ("Ты объективен?", "neutral/ru"),
    ("Как сообщить об ошибке?", "error/ru"),
    ("На каких языках ты говоришь?", "languages/ru"),
    ("До свидания", "goodbye/ru"),
    ("Ещё", "more/ru"),
    ("расскажи подробнее", "more/ru"),
    ("да", "nothing-asked/ru"),
    ("откуда это?", "source/ru"),
    ("Что значат эти цифры?", "markers/ru"),
    ("Ты не ответил на мой вопрос", "unanswered/ru"),
    ("покороче", "rewording/ru"),
    ("переведи это на русский", "translation/ru"),
    ("Нарисуй график", "plots/ru"),
    ("как сохранить ответ?", "take-away/ru"),
    ("начать заново", "restart/ru"),
    ("только российские источники", "narrowing/ru"),
    ("你好", "greeting/zh"),
    ("你好，你能做什么？", "abilities/zh"),
    ("谢谢！", "thanks/zh"),
    ("谁开发了你？", "maker/zh"),
    ("你是谁？", "identity/zh"),
    ("你是ChatGPT吗？", "model/zh"),
    ("怎么引用你的回答？", "cite/zh"),
    ("你的资料从哪里来？", "sources/zh"),
    ("你的数据更新到什么时候？", "date/zh"),
    ("我可以相信你吗？", "trust/zh"),
    ("你中立吗？", "neutral/zh"),
    ("怎么报告错误？", "error/zh"),
    ("你会说俄语吗？", "languages/zh"),
    ("是的", "nothing-asked/zh"),
    ("来源呢？", "source/zh"),
    ("这些数字是什么意思？", "markers/zh"),
    ("你没有回答我的问题", "unanswered/zh"),
    ("简短一点", "rewording/zh"),
    ("翻譯成中文", "translation/zh"),
    ("画个图", "plots/zh"),
    ("怎么保存答案", "take-away/zh"),
    ("重新开始", "restart/zh"),
    ("只用中国来源", "narrowing/zh"),
    ("再见", "goodbye/zh"),
    ("继续", "more/zh"),
    ("繼續", "more/zh"),
    ("還有嗎？", "more/zh"),
    ("你會說廣東話嗎", "languages/zh"),
]
SEARCHED = [
    "What can China do?",
    "who made the S-400?",
    "Who signed it?",
    "Thanks to whom did the border open?",
    "tell me more about the border",
    "What do you think about the war?",
    "translate 'good morning, how are you' into Spanish",
    "Hello Kitty exports to China?",
    "Which languages are official in the Shanghai Cooperation Organisation?",
    "How reliable are Chinese customs figures?",
    "Is Russia biased against China?",
    "Who is right?",
    "Can Russia trust China?",
    "What are the sources of Russian gas?",
    "When was it?",
    "until when?",
    "What is the source of the Amur?",
    "Where is that gas from?",
    "what do the figures mean for China?",
    "Can you explain why?",
    "Which Russian sources say so?",
    "In Russian waters?",
    "I have to write an essay about Power of Siberia 2",
    "No country voted?",
    "How does China export oil?",
    "forget trade, what about gas?",
    "Where does the Amur flow?",
    "Кто создал ШОС?",
    "Что умеет С-400?",
    "谁开发了歼-20？",
    "中国可以相信俄罗斯吗？",
    "",
    "???",
]


@pytest.mark.parametrize(("text", "found"), SMALL_TALK)
def test_small_talk_finds_its_entry(text: str, found: str) -> None:
    entry = find_help(text)
    assert entry is not None
    assert f"{entry.id}/{entry.language}" == found


@pytest.mark.parametrize("text", SEARCHED)
def test_what_is_about_the_texts_is_searched_for(text: str) -> None:
    assert find_help(text) is None


@pytest.mark.parametrize(
    ("text", "alone", "in_conversation"),
    [
        ("who made it?", "maker", None),
        ("where is it from?", "maker", None),
        ("is it balanced?", "neutral", None),
        ("what is this?", "abilities", None),
        ("who made you?", "maker", "maker"),
        ("who runs this site?", "maker", "maker"),
        ("that is wrong", "error", "error"),
        ("where is that from?", "source", "source"),
        ("is that true?", "source", "source"),
        ("can you translate this?", "translation", "translation"),
        ("that was helpful", "thanks", "thanks"),
    ],
)
def test_it_points_to_what_was_talked_of(text: str, alone: str, in_conversation: str | None) -> None:
    first, second = find_help(text), find_help(text, in_conversation=True)
    assert (first.id if first else None) == alone
    assert (second.id if second else None) == in_conversation


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hi, when was the treaty signed?", "when was the treaty signed?"),
        ("Hello! Thanks. When was the treaty signed?", "When was the treaty signed?"),
        ("When was the treaty signed? Thanks!", "When was the treaty signed?"),
        ("Спасибо! А когда подписали договор?", "А когда подписали договор?"),
        ("你好，条约是什么时候签署的？谢谢", "条约是什么时候签署的？"),
        ("ok and trade", "and trade"),
        ("Oh, wow. Why?", "Why?"),
        ("ok then what about oil?", "what about oil?"),
        ("One more thing: does China send weapons?", "does China send weapons?"),
        ("Switching subject: who won?", "who won?"),
        ("Yesterday's news?", "Yesterday's news?"),
        ("Ok?", "Ok?"),
        ("Another thing that Putin said", "Another thing that Putin said"),
        ("Why Hi-Fi exports?", "Why Hi-Fi exports?"),
        ("hello", "hello"),
        ("Hi. Thanks.", "Hi. Thanks."),
        ("Is it so? Good. Why?", "Is it so? Good. Why?"),
    ],
)
def test_a_question_loses_its_courtesies(text: str, question: str) -> None:
    assert without_courtesy(text) == question


def test_no_case_and_no_listed_question_is_taken_for_small_talk(bot_questions: list[str]) -> None:
    asked = [c.question for c in load_cases((SHIPPED_CASES,))]
    earlier = [t["content"] for c in load_cases((SHIPPED_CASES,)) for t in c.history if t["role"] == "user"]
    assert len(asked) > 900
    assert len(bot_questions) > 200
    taken = {q for q in (*asked, *earlier, *bot_questions) if find_help(q)}
    assert taken == {"Are you a real person or a robot?", "go on then", "hi"}


@pytest.fixture(scope="module")
def bot_questions() -> list[str]:
    """The questions that the shipped documents list."""
    return [q for d in load_corpus([SHIPPED_TEXTS]).documents for q in d.questions]


def test_every_language_has_the_same_entries_with_a_reply_that_can_be_filled_in() -> None:
    ids = [e.id for e in entries("en")]
    assert len(ids) == len(set(ids))
    values = {"documents": 93, "as_of": "2026-07-02", "mode": "quotes"}
    for language in LANGUAGES:
        assert [e.id for e in entries(language)] == ids
        for entry in entries(language):
            reply = entry.reply.format(**values)
            assert reply
            assert "{" not in reply
            assert not entry.asked.fullmatch("")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_way_to_ask_stands_under_two_entries(language: str) -> None:
    page = (LOCALES / f"{language}.md").read_text(encoding="utf-8")
    ways = re.findall(r"^- (.+)$", page, re.MULTILINE)
    assert len(ways) == len(set(ways))


def test_a_reply_about_amur_is_no_abstention_and_quotes_nothing(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    answer = bot.answer("Where do your answers come from?")
    assert (answer.mode, answer.abstained, answer.confidence) == ("help", False, 1.0)
    assert (answer.statements, answer.citations, dict(answer.source_mix), answer.lead) == ((), (), {}, None)
    assert answer.answer.startswith("Answers come only from the 3 documents")
    assert (answer.question, answer.query, answer.language) == ("Where do your answers come from?",) * 2 + ("en",)
    assert answer.suggestions == ("When was the treaty signed?",)
    dated = bot.answer("how up to date are you?")
    assert "as of 2024-05-01;" in dated.answer


@pytest.mark.parametrize(
    ("text", "language", "begins"),
    [("Кто ты?", "ru", "Amur — программа"), ("你是誰", "zh", "Amur 是一个根据 3 份文件")],
)
def test_it_replies_in_the_language_of_the_message(
    make_bot: Callable[..., Bot], text: str, language: str, begins: str
) -> None:
    answer = make_bot().answer(text)
    assert answer.language == language
    assert answer.answer.startswith(begins)


def test_small_talk_does_not_break_a_conversation(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    history = [
        {"role": "user", "content": "Hello! When was the friendship treaty signed?"},
        {"role": "assistant", "content": "On 16 July 2001."},
        {"role": "user", "content": "thanks"},
        {"role": "assistant", "content": "You are welcome."},
    ]
    answer = bot.answer("Great! And when was it extended?", history=history)
    assert answer.question == "Great! And when was it extended?"
    assert answer.query == "When was the friendship treaty signed And when was it extended?"
    assert "June 2021" in answer.answer


def test_a_page_shows_a_reply_about_amur_as_no_abstention(make_bot: Callable[..., Bot]) -> None:
    page = answer_html(make_bot().answer("who are you?"), 1)
    assert page.startswith('<div class="amur-answer"><p class="amur-reply">Amur is a program')
    assert "amur-abstained" not in page
    assert "amur-mix" not in page
