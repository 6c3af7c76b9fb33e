"""The chat page with a chat model behind it: mark-up that a model writes is text, and a slow model keeps nobody from typing."""

from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.bot.serve.running import serving
from tests.bot.writing import CORPUS, key_of, writing_bot
from tests.browser.chatting import NewPage, answered, box, replies, visit, wait_until_kept
from tests.chat_server import Says, Script

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

HARBOUR = (
    "The Tianjin harbour page of 2 June 1997 listed the words script, alert, img, src, x, onerror, svg, onload, iframe, srcdoc, https, "
    "example, org, png, javascript and b with the number 1"
)
"""A sentence that bears every word of the attacks below: what a check of words lets through, the page itself must hold."""
HARBOUR_ASKED = "Which words did the Tianjin harbour page of June 1997 list?"
BEGINS = "The Tianjin harbour page of 2 June 1997 listed the words "
# Square brackets are keys to the bot, so that links and images of Markdown lose theirs before they are a sentence.
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=https://example.org/x.png>",
    "</p></div></div><svg onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<script src=https://example.org/x></script>",
    "<a href=javascript:alert(1)>x</a>",
    "<javascript:alert(1)> https://example.org/x.png",
    "`script` __alert__ ~~img~~ &lt;b&gt;x&lt;/b&gt; <b>1</b>",
]
MADE = ":is(img, script, svg, iframe, object, embed, form, b, strong, em, u, del, code, math)"
"""Elements that a model's words would become if the page took them for mark-up."""


class Puppet:
    """A chat model that says what the test at hand wants."""

    def __init__(self) -> None:
        self.script: Script = lambda body: Says()

    def __call__(self, body: Mapping[str, Any]) -> Says:
        return self.script(body)


@pytest.fixture(scope="module")
def puppet() -> Puppet:
    """What the model of the server below says."""
    return Puppet()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, puppet: Puppet) -> Iterator[str]:
    """The address of a server whose answers a chat model writes."""
    documents = {**CORPUS, "harbour.txt": f"{HARBOUR}.\n"}
    with (
        writing_bot(tmp_path_factory.mktemp("written"), puppet, documents=documents, chat_timeout=600) as (bot, _),
        serving(bot) as address,
    ):
        yield address


@pytest.mark.parametrize("attack", ATTACKS)
def test_mark_up_that_a_model_writes_is_shown_as_text(
    new_page: NewPage, written: str, puppet: Puppet, attack: str
) -> None:
    go = Event()
    shown = BEGINS + attack.replace("`", "")  # marks that only set words off are left out of what a model writes

    def script(body: Mapping[str, Any]) -> Says:
        key = key_of(body, "Tianjin harbour")
        return Says(pieces=[f"{BEGINS}{attack} [{key}].\n", go, f"{HARBOUR} [{key}].\n"])

    puppet.script = script
    page = visit(new_page(bypass_csp=True), written)
    assert page.evaluate("'gradio_config' in window"), "inline scripts run here, so nothing but escaping holds them"
    box(page).fill(HARBOUR_ASKED)
    box(page).press("Enter")
    writing = page.locator("#amur-chat .amur-writing")
    try:
        expect(writing).to_contain_text(shown)  # while the answer is written
        expect(page.locator(f"#amur-chat .message-content {MADE}")).to_have_count(0)
    finally:
        go.set()
    reply = answered(page, 1)
    expect(reply).to_contain_text(shown)
    expect(reply.locator(".amur-mix")).to_contain_text("written")
    expect(page.locator(f"#amur-chat .message-content {MADE}")).to_have_count(0)
    expect(page.locator("#amur-chat .message-content a:not(.amur-marker, .amur-show)")).to_have_count(0)
    wait_until_kept(page)
    page.reload()  # what the browser kept is no safer
    expect(replies(page)).to_contain_text([shown])
    expect(page.locator(f"#amur-chat .message-content {MADE}")).to_have_count(0)


def test_typing_stays_fluid_while_a_slow_model_writes(new_page: NewPage, written: str, puppet: Puppet) -> None:
    words = ["script", "alert", "img", "src", "onerror", "svg", "onload", "iframe", "srcdoc", "https"]
    gates = [Event() for _ in words]

    def script(body: Mapping[str, Any]) -> Says:
        key, pieces = key_of(body, "Tianjin harbour"), list[str | float | Event]()
        for word, gate in zip(words, gates, strict=True):
            pieces += [f"{BEGINS}{word} [{key}].\n", gate]
        return Says(pieces=[*pieces, f"{HARBOUR} [{key}].\n"])

    puppet.script = script
    page = visit(new_page(), written)
    box(page).fill(HARBOUR_ASKED)
    box(page).press("Enter")
    writing = page.locator("#amur-chat .amur-writing")
    try:
        expect(writing).to_contain_text(f"{BEGINS}script.")
        for gate, letters in zip(gates, ["ri", "ve", "r ", "bo", "rd", "er", " s", "et", "tl"], strict=False):
            gate.set()  # the next sentence arrives while these are typed
            page.keyboard.type(letters)
        page.keyboard.type("ed?")
        page.keyboard.press("Home")
        page.keyboard.type("When was the ")
        expect(writing).to_contain_text(f"{BEGINS}https.")
        expect(page.locator("#amur-stop")).to_be_visible()  # the answer is still being written: the last gate is shut
        assert len("When was the river border settled?") > 30
        expect(box(page)).to_have_value("When was the river border settled?")
        expect(box(page)).to_be_focused()
    finally:
        for gate in gates:
            gate.set()
    expect(answered(page, 1)).to_contain_text(HARBOUR)
    expect(box(page)).to_have_value("When was the river border settled?")
    expect(box(page)).to_be_focused()
