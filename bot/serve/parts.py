"""Two parts of the chat page: what narrows a question, and the form that says what is wrong with an answer."""

import re
from collections.abc import Mapping
from typing import Any

import gradio as gr
from starlette.datastructures import QueryParams

from bot.messages import say
from bot.pipeline import Bot
from bot.serve.cards import say_perspective
from bot.serve.series_plot import plot_series
from bot.serve.web import name_topic
from corpus.references import PERSPECTIVES

REASONS = ("wrong", "unsupported-citation", "missing", "biased", "other")
"""What may be wrong with an answer."""

Update = Any  # Any: Gradio's components and updates have no type of their own


class Narrowing:
    """What narrows a question: topics, voices, documents and years. Empty means everything."""

    NAMES = ("topic", "perspective", "document", "from_year", "to_year")

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        with gr.Accordion(say("chat.narrow", "en"), open=False, elem_id="amur-filters") as self.box:
            with gr.Row():
                several: dict[str, Any] = {"multiselect": True, "min_width": 160}  # Any: Gradio's options
                self.topic = gr.Dropdown(self.topics("en"), label=say("chat.topic", "en"), **several)
                self.perspective = gr.Dropdown(self.voices("en"), label=say("chat.perspective", "en"), **several)
            with gr.Row():
                titles = [(d.title, d.id) for d in bot.store.texts.documents()]
                self.document = gr.Dropdown(
                    titles, label=say("chat.document", "en"), multiselect=True, min_width=200, scale=2
                )
                # Text, not Gradio's number: that shows and sends a 0 where nothing is given.
                year: dict[str, Any] = {
                    "max_length": 4,
                    "min_width": 80,
                    "placeholder": say("page.any", "en"),
                }  # Any: as above
                self.from_year = gr.Textbox("", label=say("chat.from_year", "en"), **year)
                self.to_year = gr.Textbox("", label=say("chat.to_year", "en"), **year)

    @property
    def inputs(self) -> list[Any]:  # Any: Gradio's components
        """The components, in the order of `NAMES`."""
        return [getattr(self, name) for name in self.NAMES]

    @property
    def worded(self) -> list[Any]:  # Any: Gradio's components
        """The components that `word` words, in its order."""
        return [self.box, *self.inputs]

    def word(self, language: str, chosen: Mapping[str, Any] | None = None) -> list[Update]:
        """Return the updates that word the filters in a language and set those `chosen`; Any: their values."""
        chosen = chosen or {}
        choices: dict[str, Any] = {
            "topic": self.topics(language),
            "perspective": self.voices(language),
        }  # Any: of any component
        opened: dict[str, Any] = {"open": True} if chosen else {}  # Any: Gradio's options
        updates = [gr.update(label=say("chat.narrow", language), **opened)]
        for name in self.NAMES:
            options: dict[str, Any] = {"choices": choices[name]} if name in choices else {}  # Any: as above
            if name in chosen:
                options["value"] = chosen[name]
            if name.endswith("year"):
                options["placeholder"] = say("page.any", language)
            updates.append(gr.update(label=say(f"chat.{name}", language), **options))
        return updates

    def chosen(self, given: Mapping[Any, Any]) -> dict[str, Any]:
        """Return the filters that are set, as `Bot.answer` takes them, of values by component; Any: components, JSON values."""
        found = {name: given[getattr(self, name)] for name in ("topic", "perspective", "document")}
        years = [str(given[year] or "").strip() for year in (self.from_year, self.to_year)]
        if any(years):
            found["years"] = "-".join(years)
        return {name: value for name, value in found.items() if value}

    def topics(self, language: str) -> list[tuple[str, str]]:
        """Return (name, topic) of the topics there are."""
        there = dict.fromkeys(d.topic for d in self.bot.store.texts.documents() if d.topic)
        return [(name_topic(topic, language), topic) for topic in there]

    def voices(self, language: str) -> list[tuple[str, str]]:
        """Return (name, perspective) of the perspectives there are."""
        there = {entry.perspective for entry in self.bot.store.texts.bibliography().values()}
        return [(say_perspective(voice, language), voice) for voice in PERSPECTIVES if voice in there]


class Rating:
    """The form under the conversation that asks what is wrong with an answer; shown once a reader has pressed the thumb."""

    def __init__(self) -> None:
        with gr.Group(visible=False, elem_id="amur-rating") as self.box:
            self.turn = gr.State(0)
            self.reason = gr.Radio(self.reasons("en"), label=say("chat.feedback.ask", "en"), elem_id="amur-reason")
            self.comment = gr.Textbox(label=say("chat.feedback.comment", "en"), lines=2, max_length=2000)
            self.what = gr.Markdown(say("chat.feedback.what", "en"), elem_classes="amur-small")
            with gr.Row(elem_id="amur-rating-buttons"):
                self.send = gr.Button(say("chat.feedback.send", "en"), size="sm", variant="primary", min_width=60)
                self.cancel = gr.Button(say("chat.feedback.cancel", "en"), size="sm", variant="secondary", min_width=60)

    @property
    def worded(self) -> list[Any]:  # Any: Gradio's components
        """The components that `word` words, in its order."""
        return [self.reason, self.comment, self.what, self.send, self.cancel]

    def word(self, language: str) -> list[Update]:
        """Return the updates that word the form in a language."""
        return [
            gr.update(label=say("chat.feedback.ask", language), choices=self.reasons(language)),
            gr.update(label=say("chat.feedback.comment", language)),
            gr.update(value=say("chat.feedback.what", language)),
            gr.update(value=say("chat.feedback.send", language)),
            gr.update(value=say("chat.feedback.cancel", language)),
        ]

    def opened(self, turn: int, language: str) -> list[Update]:
        """Return the updates of box, turn, reason and comment that open the form for an answer, counted from 0."""
        return [gr.update(visible=True), turn, gr.update(value=None, choices=self.reasons(language)), ""]

    def closed(self) -> list[Update]:
        """Return the updates of box, turn, reason and comment that close the form."""
        return [gr.update(visible=False), 0, None, ""]

    def reasons(self, language: str) -> list[tuple[str, str]]:
        """Return (words, reason) of what may be wrong."""
        return [(say(f"chat.feedback.reason.{reason}", language), reason) for reason in REASONS]


def drawn(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message as Gradio takes it: with its series, if it has one, as a plot below the text; Any: Gradio's format."""
    made = {key: value for key, value in message.items() if key not in {"series", "language"}}
    if message.get("series"):
        made["content"] = [
            made["content"],
            gr.Plot(plot_series(message["series"], message["language"]), show_label=False),
        ]
    return made


def make_theme() -> Update:
    """Return Gradio's soft theme with the system's fonts, and with labels and hints that are dark enough to be read."""
    soft = gr.themes.Soft(primary_hue="teal", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return soft.set(
        body_background_fill="#f6f7f9",
        body_background_fill_dark="#0f1319",
        block_title_background_fill="none",
        block_title_background_fill_dark="none",
        block_title_text_color="*body_text_color",
        block_title_text_color_dark="*body_text_color",
        block_title_padding="0",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_300",
    )


def from_address(parameters: QueryParams) -> tuple[str, dict[str, Any]]:
    """Return the question and the filters that the page's address holds; Any: values of `Narrowing` by name."""
    filters: dict[str, Any] = {
        name: parameters.getlist(name) for name in ("topic", "perspective", "document") if parameters.getlist(name)
    }
    years = re.fullmatch(r"(\d{0,4})(-?)(\d{0,4})", parameters.get("years", ""), re.ASCII)
    if years and any(years.groups()):
        first, to, last = years.groups()
        filters |= {"from_year": first, "to_year": last if to else first}
    return parameters.get("q", "").strip(), filters
