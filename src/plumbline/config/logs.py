"""What is written to the log: never what a record holds. PostgreSQL quotes rows and values in the lines after its
message (DETAIL, CONTEXT, QUERY …), and an address may hold a name after its question mark."""

import logging
import re

# From such a line to the next that begins a traceback's own.
_QUOTED = re.compile(
    r"^(?:DETAIL|CONTEXT|QUERY|HINT|STATEMENT|LINE \d+):.*\n?(?:^(?!  File|Traceback)[ \t]+.*\n?)*", re.MULTILINE
)
_QUERY_STRING = re.compile(r"(/[^\s?'\"]*)\?[^\s'\"]+")


class NamelessFormatter(logging.Formatter):
    """The line and its traceback without quoted rows, values and query strings."""

    def format(self, record: logging.LogRecord) -> str:
        return nameless(super().format(record))


def nameless(text: str) -> str:
    return _QUERY_STRING.sub(r"\1?…", _QUOTED.sub("", text))
