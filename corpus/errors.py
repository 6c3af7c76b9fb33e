"""The error tree of all of Amur, in one place.

AmurError
├── CorpusError          a document, a reference or a corpus folder is not as it must be
├── SettingsError        a setting is unknown or has a value that cannot be used
├── StoreError           the index on disk cannot be used
│   ├── StoreMissing     there is no index yet
│   └── StoreMismatch    the index was built with other settings or by another version
├── FilterError          a filter on a question names what the corpus does not have
├── ChatModelError       the configured chat model cannot be used
├── EvalError            a case file or a run is not as it must be
└── RequestError         a request to the server is refused: too much, too often, or from elsewhere

Every message says what happened, to which thing (with ``!r``), and what to do. The command line prints it as one line and
exits with 1; the server puts it into its one JSON error shape.
"""


class AmurError(Exception):
    """Base of every error that a user can mend."""


class CorpusError(AmurError):
    """A document, a reference or a corpus folder is not as it must be."""


class SettingsError(AmurError):
    """A setting is unknown or has a value that cannot be used."""


class StoreError(AmurError):
    """The index on disk cannot be used."""


class StoreMissing(StoreError):
    """There is no index yet."""


class StoreMismatch(StoreError):
    """The index was built with other settings or by another version."""


class FilterError(AmurError):
    """A filter on a question names what the corpus does not have."""


class ChatModelError(AmurError):
    """The configured chat model cannot be used."""


class EvalError(AmurError):
    """A case file or a run is not as it must be."""


class RequestError(AmurError):
    """A request to the server is refused: too much, too often, or from elsewhere."""

    def __init__(self, message: str, *, status: int, code: str, retry_after: int | None = None) -> None:
        """Make the error.

        Args:
            message: what happened and what to do, for the one who asked.
            status: the HTTP status.
            code: a word that programs go by.
            retry_after: whole seconds after which it is worth trying again.
        """
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
