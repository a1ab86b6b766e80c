"""Promise 4, second half: below the ways in nobody asks the clock. The day and the moment are arguments."""

import ast
import re

from tests.architecture.source import Module, modules

WAYS_IN = {"config", "web", "jobs"}
CLOCKS = {
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "django.db.models.functions.Now",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
# These read the clock only when they are given nothing to read instead.
CLOCKS_WITHOUT_ARGUMENTS = {"django.utils.timezone.localtime"}
# SQL has clocks too; a moment of commit or of a snapshot is the database's to say.
SQL_CLOCKS = ("now()", "current_date", "current_timestamp", "localtimestamp", "statement_timestamp()")
SQL = re.compile(r"\b(select|insert|update|delete|where|default|values)\b", re.IGNORECASE)
# Where the database itself must say a moment: which file, and why.
MAY_ASK = {
    "plumbline.audit.history": "stamps the moment of commit",
    "plumbline.audit.moments": "chooses the moment of a publication",
    "plumbline.indicators.queries": "says at which snapshot a figure was read",
}


# A moment becomes a day, and a day and a time a moment, in one place: on the council's clocks, and in the demonstration
# on the demonstration's day. Elsewhere a value that is no moment of ours may have a `.date()` of its own.
OF_DAYS = {"plumbline.kernel.moments"}
NO_MOMENT_OF_OURS = {
    "plumbline.config.cli": "the benchmarks' day",
    "plumbline.exchange.ocds_files": "a moment of someone else's notice, taken as they wrote it",
    "plumbline.exchange.sheet_child": "a cell of a spreadsheet, without a time zone",
    "plumbline.jobs.measure": "a moment as it was typed, on its way to the one place",
    "plumbline.web.indicators.asked": "the same, on a page",
}
TO_A_MOMENT = {"django.utils.timezone.make_aware", "django.utils.timezone.localtime", "django.utils.timezone.localdate"}
# What puts a day or a moment into words.
SAID = {f"plumbline.kernel.wording.{words}" for words in ("clock", "day", "moment", "month", "said")}


def clocks_asked(module: Module) -> list[str]:
    asked = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            name = module.full_name(node.func)
            if name in CLOCKS_WITHOUT_ARGUMENTS and not node.args and not node.keywords:
                asked.append(f"{module.place(node)} {name}()")
        if isinstance(node, ast.Attribute | ast.Name) and module.full_name(node) in CLOCKS:
            asked.append(f"{module.place(node)} {module.full_name(node)}")
    return asked


def test_below_the_ways_in_nobody_asks_the_clock() -> None:
    below = [module for module in modules() if module.room not in WAYS_IN and not module.is_migration]
    assert [asked for module in below for asked in clocks_asked(module)] == []


def bare_moments(module: Module) -> list[str]:
    """Where a field of a record that is a moment, in UTC, is put into words as it stands."""
    return [
        f"{module.place(node)}: {ast.unparse(node)}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and module.full_name(node.func) in SAID
        and node.args
        and isinstance(said := node.args[0], ast.Attribute)
        and said.attr.endswith("_at")
        and said.attr != "as_at"
    ]


def test_a_moment_is_put_on_the_councils_clocks_before_it_is_said() -> None:
    """By `shown`, `here` or `day_of`: at half past eleven of a summer's evening it is tomorrow in London."""
    assert [bare for module in modules() for bare in bare_moments(module)] == []


def test_no_sql_asks_the_clock_but_where_it_must() -> None:
    wrong = [
        f"{module.place(node)} {clock}"
        for module in modules()
        if module.room not in WAYS_IN and not module.is_migration and module.name not in MAY_ASK
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
        for clock in SQL_CLOCKS
        if clock in node.value.lower()
    ]
    assert wrong == []


def test_a_clock_is_found_however_it_is_imported() -> None:
    ways_in = next(module for module in modules() if module.name == "plumbline.jobs.ways_in")
    assert len(clocks_asked(ways_in)) == 2


def days_made(module: Module) -> list[str]:
    """Where a module makes a day of a moment or a moment of a typed day by itself."""
    found = []
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        of_a_moment = isinstance(node.func, ast.Attribute) and node.func.attr == "date" and not node.args
        if of_a_moment and module.name not in NO_MOMENT_OF_OURS:
            found.append(f"{module.place(node)} .date()")
        if module.full_name(node.func) in TO_A_MOMENT and node.args:
            found.append(f"{module.place(node)} {module.full_name(node.func)}")
    return found


def test_a_moment_becomes_a_day_and_a_typed_day_a_moment_in_one_place() -> None:
    elsewhere = [each for each in modules() if each.name not in OF_DAYS and not each.is_migration]
    assert [found for module in elsewhere for found in days_made(module)] == []
