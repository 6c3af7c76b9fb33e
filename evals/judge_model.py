"""The chat model behind a judge: made from its name, asked for a verdict by our own instructions or by those of openevals.

langchain, a provider's package and openevals are extras: they are imported when a judge is made, and missing ones are named.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import SecretStr

from bot.providers import load_model
from corpus.errors import ChatModelError, EvalError
from evals.judge_cache import Verdict
from evals.judge_prompts import DATA, INSTRUCTIONS, VERSION, Judgement, Kind, Request, escape

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

TIMEOUT = 60.0
"""Seconds that the model may take for one verdict."""
RETRIES = 2
"""How often the provider's package itself tries again, for errors that pass, such as a rate limit."""
OPENEVALS = "openevals:"
"""Prefix of a judge's name: the instructions of openevals in the place of ours."""
LONGEST_ERROR = 300


class Asker:
    """Puts requests to a chat model with our instructions and returns verdicts."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"support", "relevance", "nugget"})

    def __init__(self, name: str, model: "BaseChatModel") -> None:
        """Take a model.

        Args:
            name: what it is called in reports, such as "openai:gpt-5".
            model: any chat model of LangChain that can give structured output.

        Raises:
            EvalError: it cannot.
        """
        self.name = name
        self.prompts = VERSION
        self._model = model
        try:
            # LangChain types the output as dict or model, whatever is asked for.
            self._structured: Any = model.with_structured_output(Judgement, include_raw=True)
        except NotImplementedError as error:
            raise EvalError(f"The judge {name!r} cannot give structured output; name another model") from error
        # Two servers may offer a model of one name; those of other providers' packages cannot be told apart.
        self._server = str(getattr(getattr(model, "root_client", None), "base_url", ""))

    def identity(self, request: Request) -> tuple[str, ...]:
        """Return everything that can change the verdict: model, form, instructions, content."""
        schema = str(Judgement.model_json_schema())
        return (self.name, self._server, schema, INSTRUCTIONS[request.kind], request.content)

    def ask(self, request: Request) -> Verdict:
        """Return the model's verdict.

        Raises:
            EvalError: the reply holds no verdict.
            Exception: whatever the provider's package raises.
        """
        messages = [("system", INSTRUCTIONS[request.kind]), ("human", request.content)]
        return verdict_of(self._structured.invoke(messages))

    def describe(self, error: Exception) -> str:
        """Return an error as one short line without any key of the model in it."""
        text = " ".join(f"{type(error).__name__}: {error}".split())
        for value in vars(self._model).values():
            if isinstance(value, SecretStr) and value.get_secret_value():
                text = text.replace(value.get_secret_value(), "***")
        return text if len(text) <= LONGEST_ERROR else text[: LONGEST_ERROR - 1] + "…"


class OpenEvalsAsker(Asker):
    """Puts requests to a chat model with the instructions of openevals: groundedness and helpfulness, nothing on nuggets."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"support", "relevance"})
    GRADES = 'Give the verdict "full" if the criteria of the rubric are met, "partial" if they are met in part, "none" if they are not.\n'

    def __init__(self, name: str, model: "BaseChatModel") -> None:
        """Take a model; see `Asker`.

        Raises:
            EvalError: openevals is not installed, or the model cannot give structured output.
        """
        super().__init__(name, model)
        try:
            from importlib.metadata import version

            from openevals.llm import create_llm_as_judge
            from openevals.prompts import RAG_GROUNDEDNESS_PROMPT, RAG_HELPFULNESS_PROMPT
        except ImportError as error:
            raise EvalError(f"The judge {name!r} needs openevals; install it: pip install openevals") from error
        self.prompts = f"openevals {version('openevals')}"
        self._templates: dict[Kind, str] = {"support": RAG_GROUNDEDNESS_PROMPT, "relevance": RAG_HELPFULNESS_PROMPT}
        self._evaluators: dict[Kind, Callable[..., Any]] = {
            kind: create_llm_as_judge(
                prompt=prompt,
                system=self.GRADES + DATA,
                judge=model,
                output_schema=Judgement,
                structured_output_kwargs={"include_raw": True},  # so that the tokens are known
            )
            for kind, prompt in self._templates.items()
        }  # Any: openevals types its evaluators as callables of anything

    def identity(self, request: Request) -> tuple[str, ...]:
        """Return everything that can change the verdict."""
        name, server, schema, _, content = super().identity(request)
        return (name, server, schema, self.GRADES + DATA + self._templates[request.kind], content)

    def ask(self, request: Request) -> Verdict:
        """Return the model's verdict; see `Asker.ask`."""
        parts = {tag: escape(text) for tag, text in request.parts}
        if request.kind == "support":
            blocks = {"context": parts["quotes"], "outputs": parts["statement"]}
        else:
            told = [parts[tag] for tag in ("conversation", "question") if tag in parts]
            blocks = {"inputs": "\n\n".join(told), "outputs": parts["answer"]}
        return verdict_of(self._evaluators[request.kind](**blocks))


def verdict_of(found: Mapping[str, Any]) -> Verdict:  # Any: a message, a verdict, an error or None
    """Return the verdict in what `with_structured_output(…, include_raw=True)` gave.

    Raises:
        EvalError: it is none, or not of the form asked for.
    """
    parsed, error = found["parsed"], found["parsing_error"]
    if not isinstance(parsed, Judgement):
        why = " ".join(str(error).split()) if error else "the reply holds none"
        raise EvalError(f"no verdict of the form asked for ({why})")
    usage = getattr(found["raw"], "usage_metadata", None) or {}
    return Verdict(
        verdict=parsed.verdict,
        reason=parsed.reason,
        input_tokens=usage.get("input_tokens", 0),
        output_tokens=usage.get("output_tokens", 0),
    )


def make_asker(name: str) -> Asker:
    """Return what puts requests to the model of this name: "provider:model", with "openevals:" before it for its instructions.

    Raises:
        EvalError: the name is none, a package is missing (it is named with the command that installs it), or the model
            cannot be made, such as without a key.
    """
    model_name = name.removeprefix(OPENEVALS)
    provider, _, model = model_name.partition(":")
    if not provider or not model:
        raise EvalError(f"The judge {name!r} is no PROVIDER:MODEL; name one such as openai:gpt-5 or ollama:llama3.3")
    return (OpenEvalsAsker if name.startswith(OPENEVALS) else Asker)(name, _make_model(model_name))


def _make_model(name: str) -> "BaseChatModel":
    try:
        return load_model(name, called="The judge", otherwise="leave --judge out", timeout=TIMEOUT, max_retries=RETRIES)
    except ChatModelError as error:
        raise EvalError(str(error)) from error
