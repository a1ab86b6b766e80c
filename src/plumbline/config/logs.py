"""What is written to the log: never what a record holds. PostgreSQL quotes rows and values in the lines after its
message (DETAIL, CONTEXT, QUERY …) and a value that it cannot read in the message itself, as Python does; and an address
may hold a name after its question mark."""

import logging
import re

# From such a line to the next that begins a traceback's own.
_QUOTED = re.compile(
    r"^(?:DETAIL|CONTEXT|QUERY|HINT|STATEMENT|LINE \d+):.*\n?(?:^(?!  File|Traceback)[ \t]+.*\n?)*", re.MULTILINE
)
# The same in what an exception says, where nothing but the next traceback comes after it.
_MORE = re.compile(r"\n(?:DETAIL|CONTEXT|QUERY|HINT|STATEMENT|LINE \d+):.*", re.DOTALL)
_QUERY_STRING = re.compile(r"(/[^\s?'\"]*)\?[^\s'\"]+")
# What an exception says: after the frames of its traceback, to the next traceback or the end.
_SAID = re.compile(
    r"(?<=\n)([A-Za-z_][\w.]*: )(.*?)(?=\n\s*\n(?:The above|During handling)|\nTraceback |\n  [+|]|\Z)", re.DOTALL
)
# A message of the database that is told in a line of its own.
_TOLD = re.compile(
    r"((?:invalid input|malformed|out of range|invalid value|syntax error)[^\n\"]*)\"(?:(?!\nTraceback ).)*\"",
    re.DOTALL,
)
# From the first quotation mark to the last: what is quoted may hold one. Names of our own tables stay.
_VALUE = re.compile(
    r"(?<!constraint )(?<!relation )(?<!table )(?<!column )(?<!index )(?<!function )\".*\"|(?<![\w])'.*'", re.DOTALL
)


class NamelessFormatter(logging.Formatter):
    """The line and its traceback without quoted rows, values and query strings."""

    def format(self, record: logging.LogRecord) -> str:
        return nameless(super().format(record))


def nameless(text: str) -> str:
    """The text without what its messages quote."""
    text = _SAID.sub(lambda said: said[1] + _VALUE.sub("“…”", _MORE.sub("", said[2])), text)
    return _QUERY_STRING.sub(r"\1?…", _TOLD.sub(r"\1“…”", _QUOTED.sub("", text)))
