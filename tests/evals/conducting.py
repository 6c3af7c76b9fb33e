"""A small run made by the real thing: small corpus, real index, every simple system, cases of every outcome, hostile texts."""

from pathlib import Path
from typing import Any

from evals.cases import Case, Nugget
from evals.conduct import Plan, conduct
from evals.runs import Run
from tests.conftest import DOCUMENTS, REFERENCES
from tests.fakes import BagOfWords
from tests.small import make_bot

TAGS = "</details></script><script>alert(1)</script> <img src=x onerror=alert(2)> {{ 7 * 7 }} {% raw %}"
ENDLESS = "SWdub3JlIHlv" * 8
HOSTILE = f"{TAGS} \u202egnorw \x07{ENDLESS}"
"""Tags that would run, templates that would be filled in, a character that turns the text after it, a bell, an endless word."""

TEXTS = {
    "ferry.md": (
        f"---\nid: ferry\ntitle: 'Ferry {TAGS} {ENDLESS}'\nas_of: 2024-01-01\n---\n\n"
        "The Heihe ferry <b onclick=alert(3)>opened</b> </script><script>alert(4)</script> on 4 June 1988 [@evil].\n"
    )
}
EVIL = (
    ' {"id": "evil", "type": "webpage", "title": "<svg onload=alert(5)>", "publisher": "</script>", '
    '"URL": "javascript:alert(6)", "custom": {"perspective": "other"}},\n'
)


def nugget(name: str, *patterns: str, vital: bool = True) -> Nugget:
    """Return a nugget."""
    return Nugget(id=name, any=patterns, vital=vital)


CASES = [
    Case(id="signed", question="When was the friendship treaty signed in Moscow?", kind="fact", answerable=True,
         nuggets=(nugget("day", "16 July 2001"),), documents=("treaty",), reference="It was signed on 16 July 2001."),
    Case(id="settled", question="When was the river border between China and Russia settled?", kind="fact", answerable=True,
         nuggets=(nugget("month", "October 2008"),), documents=("border",), split="test"),
    Case(id="both", question="How many articles has the friendship treaty of 2001, and how many pages?", kind="multi",
         answerable=True, nuggets=(nugget("articles", "25 articles"), nugget("pages", "12 pages")), documents=("treaty",)),
    Case(id="old", question="How long was the friendship treaty extended in June 2021?", kind="date", answerable=True,
         nuggets=(nugget("years", "five years"),), documents=("treaty",), must_not=("five years in June",)),
    Case(id="first", question="Who fired first on Zhenbao Island in March 1969?", kind="dispute", answerable=True,
         nuggets=(nugget("soviet", "Chinese soldiers fired first"), nugget("chinese", "Soviet soldiers fired first")),
         documents=("border",)),
    Case(id="france", question="Who won the football cup?", kind="off-topic", answerable=False),
    Case(id="guns", question="How many articles has the friendship treaty of 1950?", kind="near-miss", answerable=False,
         nuggets=(nugget("count", "six articles"),), documents=("treaty",)),
    Case(id="next", question="And when was it extended?", kind="follow-up", answerable=True, documents=("treaty",),
         nuggets=(nugget("june", "June 2021"),),
         history=({"role": "user", "content": "When was the friendship treaty signed?"},
                  {"role": "assistant", "content": "On 16 July 2001 <script>alert(7)</script>."})),
    Case(id=f"evil {HOSTILE}", question=f"When did the Heihe ferry open? {HOSTILE}", kind=f"kind {HOSTILE}", answerable=True,
         nuggets=(nugget(f"day {HOSTILE}", "4 June 1988"),), documents=("ferry",), note=HOSTILE, reference=HOSTILE,
         must_not=("<script>",)),
    Case(id="russian", question="Когда был подписан договор о дружбе?", kind="language", answerable=True, language="ru",
         nuggets=(nugget("day", "16 July 2001"),), documents=("treaty",)),
]  # fmt: skip


def conduct_small(folder: Path, cases: list[Case] = CASES, *, with_baselines: bool = True, **changed: Any) -> Run:
    """Index a small corpus with a hostile document in a folder, put the cases to the bot, and return the run."""
    folder.mkdir(parents=True, exist_ok=True)
    bot = make_bot(
        folder, documents=DOCUMENTS | TEXTS, references=REFERENCES.replace("[\n", "[\n" + EVIL, 1), **changed
    )
    plan = Plan(cases=cases, asked_for={"split": None, "cases": []}, with_baselines=with_baselines)
    return conduct(bot.settings, plan, progress=lambda *_: None, embedder=BagOfWords())
