"""Settings of the server: where it listens, who may call it, how much, and what it writes down."""

import ipaddress
import re
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from index.settings import IndexSettings

# Scheme, host in ASCII and port, nothing else: the origin goes into HTTP headers as it stands. A star stands for one or more
# labels, as in a content security policy, and only before a name of two labels: https://*.org would be half the web.
_NAME = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_ORIGIN = re.compile(rf"(https?)://((?:\*\.(?=[^:]*\.))?{_NAME})(?::(\d{{1,5}}))?", re.IGNORECASE)
_HOST = re.compile(rf"(?:\*\.(?=[^:]*\.))?{_NAME}", re.IGNORECASE)
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class ServerSettings(IndexSettings):
    """What `amur serve` goes by; none of it changes an answer."""

    host: str = Field(default="127.0.0.1", description="Address that `amur serve` listens on.")
    port: int = Field(default=7860, ge=1, le=65535, description="Port that `amur serve` listens on.")
    root_path: str = Field(
        default="",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="Path under which a proxy offers the server, such as /amur; empty for the root.",
    )
    contact: str = Field(
        default="",
        max_length=200,
        description="Where readers report errors, an e-mail or a web address; the page /about names it.",
    )
    allowed_origins: str = Field(
        default="",
        description="Sites that may embed the chat, separated by spaces or commas, "
        "such as https://www.example.org or https://*.example.org; empty allows none.",
    )
    allowed_hosts: str = Field(
        default="",
        description="Names under which the server is reached, such as amur.example.org; "
        "localhost, the host setting and bare IP addresses always are.",
    )
    trusted_proxies: str = Field(
        default="",
        description="IP addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; empty believes none.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Secret that the widget's tokens are signed with; empty makes one and keeps it in the home folder.",
    )
    token_seconds: int = Field(
        default=600, ge=30, le=86_400, description="Seconds that a widget's token holds before it is renewed."
    )
    max_running: int = Field(default=4, ge=1, le=256, description="Answers made at the same time; more wait.")
    max_waiting: int = Field(
        default=100,
        ge=0,
        le=10_000,
        description="Questions that may wait; more are sent away with 503 and Retry-After.",
    )
    max_wait: float = Field(
        default=15.0,
        gt=0,
        le=600,
        description="Seconds that a question waits at most; one that would wait longer is sent away at once.",
    )
    answer_seconds: float = Field(
        default=120.0, gt=0, le=3600, description="Seconds that an answer may take before it is given up."
    )

    limit_reader: str = Field(
        default="60/minute; 2000/day",
        description="Questions and searches that one reader, an IP address, may send; empty for no limit.",
    )
    limit_site: str = Field(
        default="600/minute; 20000/day",
        description="Questions and searches that may come from one of the allowed origins; empty for no limit.",
    )
    limit_server: str = Field(
        default="50000/day", description="Questions and searches that the server takes in all; empty for no limit."
    )
    limit_feedback: str = Field(
        default="10/minute; 100/day", description="Pieces of feedback that one reader may send; empty for no limit."
    )
    max_feedback: int = Field(
        default=10_000,
        ge=0,
        description="Pieces of feedback that are kept, from whomever; more are refused until `amur feedback delete` makes room.",
    )
    limits_storage: str = Field(
        default="memory://",
        description="Where requests are counted: in memory, each process for itself, or in a storage that processes share, such as redis://localhost:6379.",
    )
    feedback_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy address of the database that readers' feedback is kept in; empty for feedback.sqlite3 in the home folder.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="From which weight on the server writes log lines; 'debug' adds the files of pages."
    )
    log_questions: bool = Field(
        default=False, description="Whether the log holds what readers ask; tell them if you switch it on."
    )
    log_addresses: bool = Field(default=False, description="Whether the log holds readers' IP addresses.")

    @field_validator("secret_key", "feedback_url", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("limit_reader", "limit_site", "limit_server", "limit_feedback")
    @classmethod
    def _are_limits(cls, value: str) -> str:
        from limits import parse_many

        try:
            if value.strip():
                parse_many(value)
        except ValueError as error:
            raise ValueError("it is not a limit such as '60/minute; 2000/day'") from error
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        for origin in _split(value):
            if origin == "*":
                raise ValueError("'*' would let every site embed this server; name the sites")
            if not _ORIGIN.fullmatch(origin.rstrip("/")):
                raise ValueError(
                    f"{origin!r} is not an origin such as https://www.example.org or https://*.example.org "
                    "(other scripts in punycode)"
                )
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _are_hosts(cls, value: str) -> str:
        for host in _split(value):
            if host == "*":
                raise ValueError("'*' would let any site reach this server under a name of its own; name the hosts")
            if not _HOST.fullmatch(host):
                raise ValueError(f"{host!r} is not a host name such as amur.example.org; leave out scheme and port")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for network in _split(value):
            try:
                ipaddress.ip_network(network)
            except ValueError as error:
                raise ValueError(f"{network!r} is not an IP address or network ({error})") from error
        return value

    @property
    def origins(self) -> tuple[str, ...]:
        """The sites that may embed the chat, as browsers write them; `https://*.example.org` means every name below it."""
        return tuple(_as_browsers_write(origin) for origin in _split(self.allowed_origins))

    @property
    def origin_pattern(self) -> str:
        """A regular expression that matches exactly the origins allowed; one that matches none if there are none."""
        return "|".join(_pattern(origin) for origin in self.origins) or r"(?!)"

    @property
    def host_pattern(self) -> str:
        """A regular expression that matches exactly the host names allowed by name, lower case."""
        names = {"localhost", "*.localhost", self.host.lower(), *(h.lower() for h in _split(self.allowed_hosts))}
        return "|".join(_pattern(name) for name in sorted(names))

    @property
    def proxies(self) -> tuple[str, ...]:
        """The proxies whose headers are believed."""
        return _split(self.trusted_proxies)


def _split(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


def _as_browsers_write(origin: str) -> str:
    found = _ORIGIN.fullmatch(origin.rstrip("/"))
    assert found, "checked when the settings were read"
    scheme, host, port = found.groups()
    scheme = scheme.lower()
    return f"{scheme}://{host.lower()}" + ("" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}")


def _pattern(name: str) -> str:
    return re.escape(name).replace(r"\*\.", r"(?:[a-z0-9_-]+\.)+")
