"""The chat page: a thin Gradio page over `Bot.stream()`. The only module, with the mount in `bot.serve.app`, that knows gradio."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from bot.pipeline import Bot
from bot.records import Answer
from bot.serve.cards import answer_html, evidence_html, partial_html, question_html

STATIC = Path(__file__).parent / "static"
STARTERS = 6
CONCURRENT = 4
"""Answers made at the same time; more wait in Gradio's queue."""

Messages = list[dict[str, Any]]  # Any: Gradio's message format


def make_page(bot: Bot) -> gr.Blocks:
    """Return the chat page."""
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

        def respond(
            question: str, messages: Messages, earlier: list[Answer]
        ) -> Iterator[tuple[str, Messages, list[Answer], str]]:
            yield from _respond(bot, question, messages, earlier)

        event: dict[str, Any] = {
            "api_visibility": "private",
            "concurrency_limit": CONCURRENT,
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


def mount_options() -> dict[str, Any]:
    """Return how the page is mounted: our style and script, nothing kept in the browser, nothing shared with third parties."""
    return {
        "css_paths": STATIC / "amur.css",
        "head": '<script src="/static/amur.js" defer></script>',
        "theme": gr.themes.Soft(
            primary_hue="teal", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "ssr_mode": False,
    }


def starters(bot: Bot) -> list[str]:
    """Return questions to begin with, from different documents of the corpus."""
    by_document: dict[str, str] = {}
    for suggestion in bot.store.suggestions:
        by_document.setdefault(suggestion.document_id, suggestion.question)
    questions = list(by_document.values())
    step = max(len(questions) // STARTERS, 1)
    return questions[::step][:STARTERS]


def _respond(
    bot: Bot, question: str, messages: Messages, earlier: list[Answer]
) -> Iterator[tuple[str, Messages, list[Answer], str]]:
    shown = [*messages, {"role": "user", "content": question_html(question)}]
    panel = evidence_html(earlier, bot.store)
    yield "", shown, earlier, panel
    history = [
        turn
        for a in earlier
        for turn in ({"role": "user", "content": a.question}, {"role": "assistant", "content": a.answer})
    ]
    written = ""
    for step in bot.stream(question, history=history):
        if step.kind == "delta":
            written += step.data["text"]
            yield "", [*shown, {"role": "assistant", "content": partial_html(written.split("\n\n"))}], earlier, panel
        if step.answer is not None:
            answers = [*earlier, step.answer]
            yield "", [*shown, _message(step.answer, len(answers))], answers, evidence_html(answers, bot.store)


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
