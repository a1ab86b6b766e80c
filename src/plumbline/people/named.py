"""Looking something up by its name in a column that has no key beside it: `name__named="lukasz"` finds “Łukasz”.

Both sides are folded as `kernel.names.sort_key` folds a name, the column by PostgreSQL's own functions, so that every
list is searched alike. For lists of thousands of rows; where there are more, a key is kept (`sort_key`).
"""

import sys
import unicodedata
from functools import cache

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup, Q, TextField
from django.db.models.sql.compiler import SQLCompiler

from plumbline.kernel.names import LETTERS, sort_key

# What Python folds besides and PostgreSQL's `lower` does not.
_BESIDES = {"ß": "ss", "ẞ": "ss", "ς": "σ", "ſ": "s"}


@TextField.register_lookup
@CharField.register_lookup
class Named(Lookup):
    lookup_name = "named"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        text = sort_key(str(self.rhs)).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{_folded(column)} like %s", (*parameters, f"%{text}%")


def words_named(field: str, text: str) -> Q:
    """Every word of a text, commas aside, somewhere in the field."""
    found = Q()
    for word in text.replace(",", " ").split():
        found &= Q(**{f"{field}__named": word})
    return found


def _folded(column: str) -> str:
    singles = {letter: plain for letter, plain in (LETTERS | _BESIDES).items() if len(plain) == 1}
    several = {letter: plain for letter, plain in (LETTERS | _BESIDES).items() if len(plain) > 1}
    from_, to = (_literal("".join(part)) for part in (singles, singles.values()))
    found = f"translate({column}, {from_}, {to})"
    found = f"translate(regexp_replace(normalize({found}, NFKD), {_marks()}, '', 'g'), {from_}, {to})"
    for letter, plain in several.items():
        found = f"replace({found}, {_literal(letter)}, {_literal(plain)})"
    return f"regexp_replace(lower({found}), '\\s+', ' ', 'g')"


@cache
def _marks() -> str:
    """Every mark that belongs to the letter before it, as a class of a regular expression."""
    codes = [code for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code))]
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return _literal("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges) + "]")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
