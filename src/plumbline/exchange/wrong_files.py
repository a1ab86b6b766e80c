"""A file that cannot be read as what it was given for."""

from plumbline.kernel.errors import RuleBroken


class WrongFile(RuleBroken):
    """The file as a whole cannot be read; nothing of it is to be kept.

    Codes: bad_header, empty_file, not_a_table, truncated_file, two_tables, too_large, month_first.
    Raised on opening, or, for what only shows at the end (`truncated_file`, `two_tables`, `month_first`), while rows
    are read: read inside one transaction.
    """

    default_code = "bad_header"
