"""How the tests of the command line run commands, in this process and in one of their own."""

import os
import subprocess
import sys

from click.testing import CliRunner, Result

import amur
from corpus.errors import AmurError
from tests.conftest import ROOT

CONTRACT = (
    "question query language answer abstained confidence mode notice lead statements citations source_mix disputed filters series "
    "as_of corpus_revision suggestions problems fingerprint seconds usage"
).split()


def invoke(*arguments: str, stdin: str | None = None) -> Result:
    """Run a command inside this process."""
    return CliRunner().invoke(amur.cli, arguments, input=stdin, prog_name="amur")


def answered(*arguments: str, stdin: str | None = None) -> str:
    """Run a command that must succeed, and return its standard output."""
    result = invoke(*arguments, stdin=stdin)
    assert result.exit_code == 0, f"{result.stderr} {result.exception!r}"
    return result.stdout


def refused(*arguments: str) -> str:
    """Run a command that must fail with an error the user can mend, and return its message."""
    result = invoke(*arguments)
    assert isinstance(result.exception, AmurError), f"{result.output} {result.exception!r}"
    return str(result.exception)


def start(*python_arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run Python in a process of its own, as a person does; returns exit status, standard output and standard error."""
    done = subprocess.run(
        [sys.executable, *python_arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    return done.returncode, done.stdout, done.stderr


def the_one_line(code: int, out: str, err: str) -> str:
    """Return the single line that a failed command printed on standard error."""
    assert code in {1, 2}, err
    assert out == ""
    assert "Traceback" not in err
    assert err.startswith("amur: ")
    assert err.count("\n") == 1
    return err.strip()
