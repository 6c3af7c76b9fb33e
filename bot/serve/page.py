"""The chat page: a thin Gradio page over `bot.serve.conversation`. Only this module, `parts`, and the mount in `app` know gradio."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import gradio as gr

from bot.messages import say
from bot.records import Answer
from bot.serve.asked import Asked, Turnstile, again, last_asked, pressed, typed
from bot.serve.cards import text_html
from bot.serve.conversation import Reader, Shown, converse, history, keep, restore, show
from bot.serve.evidence import CARDS, evidence_html, fetch_html, read_wanted
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


class Page:
    """The components of the page, and what happens between them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.bot = services.bot
        self.root = self.bot.settings.root_path
        self.reader = gr.State(Reader(root=self.root))
        self.answers = gr.State(())
        self.asked = gr.State(None)  # see `Asked`
        self.turnstile = gr.State(Turnstile())
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
        # Our script writes what it wants into the one, and finds it in the other or in the evidence.
        self.wanted = gr.Textbox(elem_id="amur-wanted", elem_classes="amur-data", show_label=False, max_length=40)
        self.fetched = gr.Markdown(elem_id="amur-fetched", elem_classes="amur-data", latex_delimiters=[])

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
            placeholder=welcome(self.bot, "en"),
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
        given = {self.asked, self.turnstile, self.linked, self.answers, self.reader, *self.narrowing.inputs}
        # The server's own queue lets as many in as run at the same time.
        asking = {"inputs": given, "outputs": self._shown(), "concurrency_limit": None, **ASKING}
        answering: list[Any] = [
            self.asked.change(self._responding(lambda given: given[self.asked]), **asking),
            self.linked.change(
                self._responding(lambda given: (given[self.linked], 0, 0) if given[self.linked] else None), **asking
            ),
        ]
        # Who asks on no longer waits: the answer under way is cancelled by the very event that asks, edits or clears, before it does.
        # Gradio cancels only what it knows to run; what it misses finds the turnstile turned. One after the other, in the order pressed.
        begun: dict[str, Any] = {"cancels": answering, "concurrency_id": "begun", **ASKING}  # Any: as EVENT
        gone = self.turnstile
        self.box.submit(typed, [gone, self.box, self.answers], [self.box, self.asked], **begun)
        self.chat.example_select(_example, [gone, self.answers], self.asked, **begun)
        self.chat.option_select(_option, [gone, self.answers], self.asked, **begun)
        self.again.click(again, [gone, self.asked, self.answers], [self.asked, self.answers], **begun)
        cleared = [self.box, self.asked, *self._shown()]
        ended = [
            self.stop.click(self._stopped, [gone, self.answers, self.reader], [self.asked, *self._shown()], **begun),
            self.edit.click(self._edit, [gone, self.asked, self.answers, self.reader], cleared, **begun),
            self.new.click(self._renew, [gone, self.reader], cleared, **begun),
        ]
        # Frames of an answer that had come to its end may still be on their way, and would be seen last.
        settled = [event.then(lambda turnstile: turnstile.frame, gone, self._shown(), **EVENT) for event in ended]
        for event in (*answering, *settled):
            event.then(keep, self.answers, self.kept, **EVENT)
        fetching = [self.wanted, self.answers, self.reader]
        self.wanted.change(
            self._fetch, fetching, [self.evidence, self.fetched], **{**ASKING, "concurrency_limit": None}
        )
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
            placeholder=welcome(self.bot, language),
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

    def _responding(self, to: Callable[[Given], Asked]) -> Callable[..., AsyncIterator[list[Update]]]:
        """Return the event that asks the question which `to` finds among the components' values; of none it does nothing."""

        async def respond(given: Given, request: gr.Request) -> AsyncIterator[list[Update]]:
            asked, turnstile = to(given), given[self.turnstile]
            if asked is None:
                yield [gr.skip() for _ in self._shown()]
                return
            question, _, turn = asked
            filters = self.narrowing.chosen(given)
            steps = converse(
                self.services, reader_on_page(request), question, given[self.answers], given[self.reader], filters
            )
            async with aclosing(steps):
                async for shown in steps:
                    if turnstile.turns != turn:
                        yield turnstile.frame  # over what this answer may have shown late
                        return
                    yield turnstile.show(self._frame(shown))

        return respond

    def _frame(self, shown: Shown) -> list[Update]:
        there = bool(shown.messages) and shown.done
        visible = [not shown.done, there, there, there]
        beside = [shown.evidence, shown.answers] if shown.done else [gr.skip(), gr.skip()]
        return [[drawn(message) for message in shown.messages], *beside, *(gr.update(visible=v) for v in visible)]

    def _edit(self, turnstile: Turnstile, asked: Asked, answers: Answers, reader: Reader) -> list[Update]:
        """Put the last question back into the box and take its answer away."""
        turnstile.turn()
        last, before = last_asked(asked, answers)
        return [last, None, *turnstile.show(self._frame(show(self.bot, answers[:before], reader)))]

    def _stopped(self, turnstile: Turnstile, answers: Answers, reader: Reader) -> list[Update]:
        turnstile.turn()
        return [gr.skip(), *turnstile.show(self._frame(show(self.bot, answers, reader)))]

    def _renew(self, turnstile: Turnstile, reader: Reader) -> list[Update]:
        turnstile.turn()
        return ["", None, *turnstile.show(self._frame(show(self.bot, (), reader)))]

    def _fetch(self, wanted: str, answers: Answers, reader: Reader) -> list[Update]:
        """Return the evidence with the cards of an earlier answer, or an answer in the form that is wanted."""
        found = read_wanted(wanted, answers)
        if found is None:
            return [gr.skip(), gr.skip()]
        form, turn = found
        if form == CARDS:
            return [evidence_html(answers, self.bot.store, reader.language, reader.root, {turn}), gr.skip()]
        return [gr.skip(), fetch_html(wanted, form, answers[turn - 1])]

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


def _example(turnstile: Turnstile, answers: Answers, event: gr.SelectData) -> Asked:
    return pressed(turnstile, str(event.value["text"]), answers)


def _option(turnstile: Turnstile, answers: Answers, event: gr.SelectData) -> Asked:
    return pressed(turnstile, str(event.value), answers)


def _about(answers: Answers, turn: int) -> dict[str, Any]:  # Any: fields of Feedback
    """Return what feedback holds of an answer: what reproduces it."""
    answer = answers[turn]
    before = [{"role": t.role, "content": t.content} for t in history(answers[:turn])]
    return {"question": answer.question, "answer": answer.to_dict(), "history": before}
