"""The chat page: a thin Gradio page over `Bot.stream()`. The only module, with the mount in `bot.serve.app`, that knows gradio."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import gradio as gr

from bot.pipeline import Bot
from bot.records import Answer
from bot.serve.cards import answer_html, evidence_html, notice_html, partial_html, question_html
from bot.serve.limits import Caller
from bot.serve.services import Services
from bot.serve.starters import starters
from bot.settings import Settings
from corpus.errors import AmurError

STATIC = Path(__file__).parent / "static"
Messages = list[dict[str, Any]]  # Any: Gradio's message format


def make_page(services: Services) -> gr.Blocks:
    """Return the chat page."""
    bot = services.bot
    page: gr.Blocks = gr.Blocks(title="Amur", analytics_enabled=False, fill_width=True)
    with page:
        answers = gr.State([])
        gr.Markdown(_heading(bot), elem_id="amur-heading")
        with gr.Row(elem_id="amur-columns"):
            with gr.Column(scale=3, min_width=320):
                chat = gr.Chatbot(
                    elem_id="amur-chat",
                    label="Conversation",
                    show_label=False,
                    height="62vh",
                    buttons=[],
                    autoscroll=False,
                    feedback_options=None,
                    latex_delimiters=[],
                    placeholder="### What would you like to know?\nEvery sentence of an answer is a quote you can check in one click.",
                    examples=[{"text": question} for question in starters(bot)],
                )
                box = gr.Textbox(
                    elem_id="amur-question",
                    label="Your question",
                    show_label=False,
                    placeholder="Ask about the China–Russia relationship",
                    submit_btn="Ask",
                    autofocus=True,
                    max_length=bot.settings.max_question_characters * 4,
                )
                clear = gr.Button("New conversation", size="sm", variant="secondary", elem_id="amur-clear")
            with gr.Column(scale=2, min_width=320):
                evidence = gr.Markdown(evidence_html([], bot.store), elem_id="amur-evidence", latex_delimiters=[])

        async def respond(
            question: str, messages: Messages, earlier: list[Answer], request: gr.Request
        ) -> AsyncIterator[tuple[str, Messages, list[Answer], str]]:
            caller = Caller(address=request.client.host if request.client else "")
            async with aclosing(_respond(services, caller, question, messages, earlier)) as steps:
                async for step in steps:
                    yield step

        event: dict[str, Any] = {
            "api_visibility": "private",
            "concurrency_limit": None,  # the server's own queue lets as many in as run at the same time
            "show_progress": "hidden",
        }
        outputs = [box, chat, answers, evidence]
        box.submit(respond, [box, chat, answers], outputs, **event)
        picked = gr.State("")
        chat.example_select(_example, None, picked, **event).then(respond, [picked, chat, answers], outputs, **event)
        chat.option_select(_option, None, picked, **event).then(respond, [picked, chat, answers], outputs, **event)
        for cleared in (clear.click, chat.clear):
            cleared(lambda: ("", [], [], evidence_html([], bot.store)), None, outputs, **event)
    return page


def mount_options(settings: Settings) -> dict[str, Any]:
    """Return how the page is mounted: our style and script, nothing kept in the browser, nothing shared with third parties."""
    return {
        "css_paths": STATIC / "amur.css",
        "head": f'<script src="{settings.root_path}/static/chat.js" defer></script>',
        "root_path": settings.root_path or None,
        "theme": gr.themes.Soft(
            primary_hue="teal", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "ssr_mode": False,
    }


async def _respond(
    services: Services, caller: Caller, question: str, messages: Messages, earlier: list[Answer]
) -> AsyncGenerator[tuple[str, Messages, list[Answer], str], None]:
    shown = [*messages, {"role": "user", "content": question_html(question)}]
    panel = evidence_html(earlier, services.bot.store)
    yield "", shown, earlier, panel
    history = [
        turn
        for a in earlier
        for turn in ({"role": "user", "content": a.question}, {"role": "assistant", "content": a.answer})
    ]
    written = ""
    try:
        job = await services.ask(question, history, caller=caller, surface="page")
        async with aclosing(job.items()) as events:
            async for step in events:
                if step is None:
                    continue
                if step.kind == "delta":
                    written += step.data["text"]
                    said = {"role": "assistant", "content": partial_html(written.split("\n\n"))}
                    yield "", [*shown, said], earlier, panel
                if step.answer is not None:
                    answers = [*earlier, step.answer]
                    evidence = evidence_html(answers, services.bot.store)
                    yield "", [*shown, _message(step.answer, len(answers))], answers, evidence
    except AmurError as error:  # too many, too busy, no index: said in the conversation, and the question given back
        yield question, [*shown, {"role": "assistant", "content": notice_html(str(error))}], earlier, panel


def _message(answer: Answer, turn: int) -> dict[str, Any]:  # Any: Gradio's message format
    options = [{"value": question, "label": question} for question in answer.suggestions]
    return {"role": "assistant", "content": answer_html(answer, turn), "options": options}


def _example(event: gr.SelectData) -> str:
    return str(event.value["text"])


def _option(event: gr.SelectData) -> str:
    return str(event.value)


def _heading(bot: Bot) -> str:
    manifest = bot.store.manifest
    return (
        '<header class="amur-heading"><h1>Amur</h1><p>Answers about the China–Russia relationship, quoted word for word from '
        f"{manifest.documents} documents, as of {manifest.as_of or 'unknown'}. It says so when they hold no answer.</p></header>"
    )
