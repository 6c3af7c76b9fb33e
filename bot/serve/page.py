"""The chat page: a thin Gradio page over `bot.serve.conversation`. Only this module, `parts`, and the mount in `app` know gradio."""

import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import gradio as gr

from bot.messages import say
from bot.records import Answer
from bot.serve.cards import text_html
from bot.serve.conversation import Reader, Shown, converse, history, keep, restore, show
from bot.serve.evidence import evidence_html
from bot.serve.feedback import Feedback
from bot.serve.heading import heading, welcome
from bot.serve.limits import Caller
from bot.serve.parts import Narrowing, Rating, Update, drawn, from_address, make_theme
from bot.serve.services import Services, reader_on_page
from bot.serve.starters import starters
from bot.serve.web import choose_language
from bot.settings import Settings
from corpus.errors import AmurError

STATIC = Path(__file__).parent / "static"
ROTATION = 12
"""Sets of starter questions that visits turn through."""
STORAGE_KEY = "amur-conversation"
EVENT: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Every event of the page: no open API, no veil over what is being read. Any: what Gradio's events take."""
ASKING: dict[str, Any] = {**EVENT, "trigger_mode": "multiple"}
"""Events that ask: Gradio would drop, or put off for ever, one that comes while the one before is being cancelled. Any: as EVENT."""

Answers = Sequence[Answer]
Given = dict[Update, Any]
"""Values by component; Any: whatever they hold."""
Asked = tuple[str, int, float] | None
"""The question asked last on this page, how many answers stood before it, and when it was asked: twice the same are two."""


class Page:
    """The components of the page, and what happens between them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.bot = services.bot
        self.root = self.bot.settings.root_path
        self.reader = gr.State(Reader(root=self.root))
        self.answers = gr.State(())
        self.asked = gr.State(None)  # see `Asked`
        self.linked = gr.State("")  # the question in the page's address
        # Kept in the reader's browser alone. Gradio wants a secret; what it hides is on the reader's own machine.
        self.kept = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_KEY)
        self.heading = gr.Markdown(heading(self.bot, Reader(root=self.root)), elem_id="amur-heading")
        with gr.Row(elem_id="amur-columns"):
            with gr.Column(scale=3, min_width=320, elem_id="amur-talk"):
                self.chat = self._make_chat()
                self._make_composer()
            with gr.Column(scale=2, min_width=320, elem_id="amur-sources"):
                empty = evidence_html([], self.bot.store)
                self.evidence = gr.Markdown(empty, elem_id="amur-evidence", latex_delimiters=[])

    def _make_chat(self) -> Update:
        return gr.Chatbot(
            elem_id="amur-chat",
            label=say("chat.conversation", "en"),
            show_label=False,
            height="62vh",
            buttons=[],
            autoscroll=False,
            feedback_options=("Like", "Dislike"),
            latex_delimiters=[],
            layout="panel",
            placeholder=welcome("en"),
            examples=[{"text": question} for question in starters(self.bot)],
        )

    def _make_composer(self) -> None:
        self.rating = Rating()
        self.box = gr.Textbox(
            elem_id="amur-question",
            label=say("chat.your_question", "en"),
            show_label=False,
            placeholder=say("chat.placeholder", "en"),
            submit_btn=say("chat.ask", "en"),
            autofocus=True,
            max_length=self.bot.settings.max_question_characters * 4,
        )
        with gr.Row(elem_id="amur-buttons"):
            made: dict[str, Any] = {
                "size": "sm",
                "variant": "secondary",
                "min_width": 60,
                "visible": False,
            }  # Any: options
            self.stop = gr.Button(say("chat.stop", "en"), elem_id="amur-stop", **made)
            self.again = gr.Button(say("chat.again", "en"), elem_id="amur-again", **made)
            self.edit = gr.Button(say("chat.edit", "en"), elem_id="amur-edit", **made)
            self.new = gr.Button(say("chat.new", "en"), elem_id="amur-new", **made)
        self.narrowing = Narrowing(self.bot)

    def wire(self, page: gr.Blocks) -> None:
        """Connect the components."""
        page.load(self._arrive, [self.kept, self.asked], self._worded(), **EVENT)
        given = {self.asked, self.linked, self.answers, self.reader, *self.narrowing.inputs}
        # The server's own queue lets as many in as run at the same time.
        asking = {"inputs": given, "outputs": self._shown(), "concurrency_limit": None, **ASKING}
        answering: list[Any] = [
            self.asked.change(
                self._responding(lambda given: given[self.asked][0] if given[self.asked] else None), **asking
            ),
            self.linked.change(self._responding(lambda given: given[self.linked] or None), **asking),
        ]
        # Who asks on no longer waits: the answer under way is cancelled by the very event that asks, edits or clears, before it does.
        begun: dict[str, Any] = {"cancels": answering, **ASKING}  # Any: as EVENT
        self.box.submit(_typed, [self.box, self.answers], [self.box, self.asked], **begun)
        self.chat.example_select(_example, self.answers, self.asked, **begun)
        self.chat.option_select(_option, self.answers, self.asked, **begun)
        self.again.click(_again, [self.asked, self.answers], [self.asked, self.answers], **begun)
        cleared = [self.box, self.asked, *self._shown()]
        changed = [
            *answering,
            self.stop.click(self._stopped, [self.answers, self.reader], self._shown(), cancels=answering, **EVENT),
            self.edit.click(self._edit, [self.asked, self.answers, self.reader], cleared, **begun),
            self.new.click(self._renew, self.reader, cleared, **begun),
            self.chat.clear(self._renew, self.reader, cleared, **begun),
        ]
        for event in changed:
            event.then(keep, self.answers, self.kept, **EVENT)
        form = self.rating
        outputs = [form.box, form.turn, form.reason, form.comment]
        self.chat.like(self._rate, [self.answers, self.reader], outputs, **EVENT)
        form.send.click(self._send, {*outputs[1:], self.answers, self.reader}, outputs, **EVENT)
        form.cancel.click(form.closed, None, outputs, **EVENT)

    def _shown(self) -> list[Update]:
        return [self.chat, self.evidence, self.answers, self.stop, self.again, self.edit, self.new]

    def _worded(self) -> list[Update]:
        parts = [*self.rating.worded, *self.narrowing.worded]
        return [self.reader, self.linked, self.heading, self.box, *parts, *self._shown()]

    def _arrive(self, kept: object, asked: Asked, request: gr.Request) -> list[Update]:
        """Word the page in the reader's language, bring back what the browser kept, and ask what a permalink asks.

        What the reader may have asked in the meantime is left alone: only what is brought back is set.
        """
        parameters = request.query_params
        language = choose_language(str(parameters.get("lang", "")), request.headers.get("accept-language", ""))
        reader = Reader(language=language, root=self.root, chosen="lang" in parameters)
        question, filters = from_address(parameters)
        answers = restore(kept) if not question and asked is None else []
        messages, *shown = (
            self._frame(show(self.bot, answers, reader)) if answers else [gr.skip() for _ in self._shown()]
        )
        chat = gr.update(
            label=say("chat.conversation", language),
            placeholder=welcome(language),
            examples=[{"text": text} for text in starters(self.bot, at=random.randrange(ROTATION))],
            **({"value": messages} if answers else {}),
        )
        if not answers:
            shown[0] = evidence_html([], self.bot.store, language) if asked is None else gr.skip()
        for place, name in enumerate(("stop", "again", "edit", "new"), 2):
            visible = {"visible": shown[place]["visible"]} if answers else {}
            shown[place] = gr.update(value=say(f"chat.{name}", language), **visible)
        box = gr.update(
            label=say("chat.your_question", language),
            placeholder=say("chat.placeholder", language),
            submit_btn=say("chat.ask", language),
        )
        parts = [*self.rating.word(language), *self.narrowing.word(language, filters)]
        return [reader, question, heading(self.bot, reader), box, *parts, chat, *shown]

    def _responding(self, to: Callable[[Given], str | None]) -> Callable[..., AsyncIterator[list[Update]]]:
        """Return the event that asks the question which `to` finds among the components' values; of none it does nothing."""

        async def respond(given: Given, request: gr.Request) -> AsyncIterator[list[Update]]:
            question = to(given)
            if question is None:
                yield [gr.skip() for _ in self._shown()]
                return
            filters = self.narrowing.chosen(given)
            steps = converse(
                self.services, reader_on_page(request), question, given[self.answers], given[self.reader], filters
            )
            async with aclosing(steps):
                async for shown in steps:
                    yield self._frame(shown)

        return respond

    def _frame(self, shown: Shown) -> list[Update]:
        there = bool(shown.messages) and shown.done
        visible = [not shown.done, there, there, there]
        beside = [shown.evidence, shown.answers] if shown.done else [gr.skip(), gr.skip()]
        return [[drawn(message) for message in shown.messages], *beside, *(gr.update(visible=v) for v in visible)]

    def _edit(self, asked: Asked, answers: Answers, reader: Reader) -> list[Update]:
        """Put the last question back into the box and take its answer away."""
        last, before = _last(asked, answers)
        return [last, None, *self._frame(show(self.bot, answers[:before], reader))]

    def _stopped(self, answers: Answers, reader: Reader) -> list[Update]:
        return self._frame(show(self.bot, answers, reader))

    def _renew(self, reader: Reader) -> list[Update]:
        return ["", None, *self._frame(show(self.bot, (), reader))]

    def _rate(self, answers: Answers, reader: Reader, event: gr.LikeData, request: gr.Request) -> list[Update]:
        """Keep a thumb that points up; ask what is wrong if it points down."""
        turn = (event.index if isinstance(event.index, int) else event.index[0]) // 2
        if turn >= len(answers):
            return self.rating.closed()
        if not event.liked:
            return self.rating.opened(turn, reader.language)
        return self._keep(Feedback(rating="up", **_about(answers, turn)), reader, reader_on_page(request))

    def _send(self, given: Given, request: gr.Request) -> list[Update]:
        """Keep what a reader says is wrong; Any: the components' values."""
        form, answers, reader = self.rating, given[self.answers], given[self.reader]
        turn = given[form.turn]
        if turn >= len(answers):
            return form.closed()
        reason, comment = given[form.reason] or None, given[form.comment] or ""
        said = Feedback(rating="down", reason=reason, comment=comment, **_about(answers, turn))
        return self._keep(said, reader, reader_on_page(request))

    def _keep(self, feedback: Feedback, reader: Reader, caller: Caller) -> list[Update]:
        try:
            self.services.limits.spend("feedback", caller)
            self.services.feedback.add(feedback)
            gr.Info(say("chat.feedback.thanks", reader.language))
        except AmurError as error:
            gr.Warning(text_html(str(error)))
        return self.rating.closed()


def make_page(services: Services) -> gr.Blocks:
    """Return the chat page."""
    blocks: gr.Blocks = gr.Blocks(title="Amur", analytics_enabled=False, fill_width=True)
    with blocks:
        Page(services).wire(blocks)
    return blocks


def mount_options(settings: Settings) -> dict[str, Any]:
    """Return how the page is mounted: our style and script, nothing shared with third parties."""
    return {
        "css_paths": STATIC / "amur.css",
        "head": f'<script src="{settings.root_path}/static/chat.js" defer></script>',
        "root_path": settings.root_path or None,
        "theme": make_theme(),
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "ssr_mode": False,
    }


def _typed(text: str, answers: Answers) -> tuple[str, Asked]:
    return "", (text, len(answers), time.monotonic())


def _example(answers: Answers, event: gr.SelectData) -> Asked:
    return str(event.value["text"]), len(answers), time.monotonic()


def _option(answers: Answers, event: gr.SelectData) -> Asked:
    return str(event.value), len(answers), time.monotonic()


def _again(asked: Asked, answers: Answers) -> tuple[Asked, Answers]:
    question, before = _last(asked, answers)
    return (question, before, time.monotonic()), answers[:before]


def _last(asked: Asked, answers: Answers) -> tuple[str, int]:
    """Return the question asked last and how many answers stood before it, also of a conversation that the browser brought back."""
    if asked is not None:
        return asked[:2]
    return (answers[-1].question, len(answers) - 1) if answers else ("", 0)


def _about(answers: Answers, turn: int) -> dict[str, Any]:  # Any: fields of Feedback
    """Return what feedback holds of an answer: what reproduces it."""
    answer = answers[turn]
    before = [{"role": t.role, "content": t.content} for t in history(answers[:turn])]
    return {"question": answer.question, "answer": answer.to_dict(), "history": before}
