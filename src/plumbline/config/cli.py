"""The command `plumbline`: words to standard error, the answer to standard output (docs/reference/commands)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plumbline.config import database
from plumbline.config.environment import (
    DEMONSTRATION,
    PRODUCTION,
    WrongSetting,
    home_folder,
    make_home,
    read,
    site_key,
)
from plumbline.kernel.errors import Refusal

if TYPE_CHECKING:
    from plumbline.measures.model import Every


def say(words: str) -> None:
    """Words for people."""
    click.echo(words, err=True)


def start(login: str) -> None:
    """Settings checked, the database running, Django ready, signed in to the database as `login`."""
    # Whatever is written holds records of children, or opens them: for this user alone.
    os.umask(0o077)
    make_home(home_folder(os.environ))
    os.environ["PLUMBLINE_LOGIN"] = login
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.config.settings")
    known = database.urls()
    if login not in known:
        raise WrongSetting("This database has not been set up. Run `plumbline init` first.")
    for name, variable in (
        ("owner", "PLUMBLINE_DATABASE_URL"),
        ("web", "PLUMBLINE_WEB_URL"),
        ("worker", "PLUMBLINE_WORKER_URL"),
    ):
        if name in known:
            os.environ[variable] = known[name]
    import django  # slow to import, and not wanted for --help

    django.setup()


class Plumbline(click.Group):
    """Turns the two refusals and wrong settings into a sentence and status 1, for every command alike."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["as_json"] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            _refused(refusal.code, refusal.reason, as_json=ctx.meta["as_json"])
        except WrongSetting as wrong:
            _refused("wrong_setting", str(wrong), as_json=ctx.meta["as_json"])


def _refused(code: str, reason: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": code, "reason": reason}))
    say(reason)
    sys.exit(1)


@click.group(cls=Plumbline, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Plumbline: shows, and does not just say, that children are kept safe."""


def signed_in_as(login: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run the command with the database running and Django ready."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(*args: Any, **kwargs: Any) -> None:
            start(login)
            from plumbline.jobs import ways_in  # needs Django ready
            from plumbline.people.labels import speaking_on  # needs Django ready

            with speaking_on(ways_in.today):
                command(*args, **kwargs)

        return run

    return decorate


@main.command()
def init() -> None:
    """Bring the database up to date and load the reference data; no demonstration records."""
    set_up()
    say("The database is up to date.")


def set_up() -> None:
    start("owner")
    from plumbline.config import initialise  # needs Django ready
    from plumbline.jobs import reference

    known = database.urls()
    known = initialise.make_logins(known)
    home = home_folder(os.environ)
    signed_with = site_key(os.environ, home, read().demo)
    initialise.bring_up_to_date(known, site_key=signed_with)
    if not signed_with:
        say(
            "PLUMBLINE_SECRET_KEY is not given. Until `plumbline init` has been run with the key of the pages, they "
            "give no roles and decide no exceptions."
        )
    database.keep_logins(home, known)
    if not read().demo:
        (home / PRODUCTION).touch()
    reference.load()


@main.command("import-ssd")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--extracted", help="The day of the extract; the newest file's day where not given.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--strict", is_flag=True, help="Any refusal undoes all.")
@click.option("--backfill", is_flag=True, help="Take an older extract: only what is not there is added.")
@click.option("--whole", is_flag=True, help="It is the whole extract, though more than a tenth of a kind is gone.")
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def import_ssd(
    folder: Path,
    extracted: str | None,
    dry_run: bool,
    strict: bool,
    backfill: bool,
    whole: bool,
    username: str | None,
    as_json: bool,
) -> None:
    """Take in an extract of the social-care system: a folder of files (CSV, XLSX, ODS), a zip of them, or a workbook
    with a sheet for each."""
    from plumbline.jobs import import_ssd as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.import_ssd(
        folder,
        extracted=extracted,
        backfill=backfill,
        dry_run=dry_run,
        strict=strict,
        whole=whole,
        as_json=as_json,
        act=ways_in.act(username),
    )


@main.command("import-ofsted")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-at", required=True, help="The day the list is of, as in its name: 2016-03-31.")
@click.option("--because", default="", help="Why a list is of that day though it seems to be of another.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def import_ofsted(file: Path, as_at: str, because: str, dry_run: bool, username: str | None, as_json: bool) -> None:
    """Take in one of Ofsted's published lists, whatever its year."""
    from plumbline.jobs import import_ofsted as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.import_ofsted(
        file,
        as_at=as_at,
        because=because,
        dry_run=dry_run,
        as_json=as_json,
        act=ways_in.act(username),
    )


@main.command("withdraw-import")
@click.argument("number", type=int)
@click.option("--because", required=True, help="Why what the import said is taken back.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def withdraw_import(number: int, because: str, dry_run: bool, username: str | None, as_json: bool) -> None:
    """Take back what an import said, as by a new moment: history keeps both."""
    from plumbline.jobs import ways_in  # needs Django ready
    from plumbline.jobs import withdraw_import as job

    job.withdraw_import(
        number,
        because=because,
        dry_run=dry_run,
        as_json=as_json,
        act=ways_in.act(username),
    )


@main.command("import-contracts")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def import_contracts(folder: Path, dry_run: bool, username: str | None, as_json: bool) -> None:
    """Take in the register of contracts, and what was looked at under each: a folder of CSV files."""
    from plumbline.jobs import import_contracts as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.import_contracts(
        folder,
        dry_run=dry_run,
        as_json=as_json,
        act=ways_in.act(username),
    )


@main.command()
@click.option("--on", "day", help="As it was, or will be, on this day; today where not given.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def contracts(day: str | None, as_json: bool) -> None:
    """Each contract in force on a day, with its rating and every reason."""
    from plumbline.jobs import contracts as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.contracts(day=ways_in.read_day(day) if day else ways_in.today(), as_json=as_json)


@main.command("import-ocds")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def import_ocds(file: Path, dry_run: bool, username: str | None, as_json: bool) -> None:
    """Take in an open contracting (OCDS 1.1) release package or record package."""
    from plumbline.jobs import import_ocds as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.import_ocds(
        file,
        dry_run=dry_run,
        as_json=as_json,
        act=ways_in.act(username),
    )


@main.command("export-ocds")
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "username", help="Who acts.")
@signed_in_as("worker")
def export_ocds(reference: str, file: Path, username: str | None) -> None:
    """Write one tender, its awards and their contracts as an open contracting (OCDS 1.1.5) release package."""
    from plumbline.jobs import export_ocds as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.export_ocds(file, reference=reference, act=ways_in.act(username))


@main.command()
@click.option("--open", "only_open", is_flag=True, help="Only those that are open.")
@click.option("--kind", help="Only this kind, such as setting_adverse.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def flags(only_open: bool, kind: str | None, as_json: bool) -> None:
    """What needs attention, for whom, by when."""
    from plumbline.jobs import flags as job  # needs Django ready

    job.flags(only_open=only_open, kind=kind, as_json=as_json)


@main.command()
@signed_in_as("worker")
def night() -> None:
    """What each night does: statuses and flags as of today, escalation, the daily digest, reminders of returns."""
    from plumbline.jobs import night as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.say_night(at=ways_in.now(), on=ways_in.today())


@main.command()
@signed_in_as("worker")
def duties() -> None:
    """Work out again, from nothing, what waits for whom on My work."""
    from plumbline.jobs import duties as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.from_nothing(on=ways_in.today())


@main.command("send-messages")
@signed_in_as("worker")
def send_messages() -> None:
    """Send the e-mails that wait."""
    from plumbline.jobs import night as job  # needs Django ready

    job.say_messages()


@main.command("monthly-check")
@click.option("--as", "username", help="Who acts.")
@signed_in_as("worker")
def monthly_check(username: str | None) -> None:
    """Open this month's check of our own settings, and say what is left of it."""
    from plumbline.jobs import monthly_check as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.monthly_check(act=ways_in.act(username))


@main.command()
@click.argument("key")
@click.option("--as-at", help="The day of a figure that is of one day.")
@click.option("--from", "first", help="First day of the period.")
@click.option("--to", "last", help="Last day of the period, included.")
@click.option("--known-at", help="As our records said at this moment; now where not given.")
@click.option("--by", help="Split by this; `plumbline measures` lists what each can be split by.")
@click.option("--every", type=click.Choice(["month", "quarter", "year"]), help="A series over the period.")
@click.option("--profile", help="Pass it through this disclosure profile, such as dfe-cin.")
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def measure(
    key: str,
    as_at: str | None,
    first: str | None,
    last: str | None,
    known_at: str | None,
    by: str | None,
    every: "Every | None",
    profile: str | None,
    username: str | None,
    as_json: bool,
) -> None:
    """One figure, or a series."""
    from plumbline.jobs import measure as job  # needs Django ready
    from plumbline.jobs import ways_in

    asked = {"key": key, "as_at": as_at, "from": first, "to": last, "every": every, "by": by}
    job.measure(
        asked=asked,
        known_at=known_at,
        profile=profile,
        as_json=as_json,
        by=ways_in.acting(username),
        on=ways_in.today(),
    )


@main.command()
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def measures(as_json: bool) -> None:
    """The catalogue of measures."""
    from plumbline.jobs import measure as job  # needs Django ready

    job.measures(as_json=as_json)


@main.command()
@click.option(
    "--question", "numbers", type=int, multiple=True, required=True, help="A question's number; once for each."
)
@click.option("--as-at", "as_at", required=True, help="The day that the report is as at: YYYY-MM-DD.")
@click.option("--output", "outputs", multiple=True, required=True, help="A file; its ending chooses html, docx or pdf.")
@click.argument("more_outputs", nargs=-1)
@click.option("--template", help="The council's own Word template, for .docx.")
@click.option("--profile", default="dfe-cin", show_default=True, help="The disclosure profile.")
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def report(
    numbers: tuple[int, ...],
    as_at: str,
    outputs: tuple[str, ...],
    more_outputs: tuple[str, ...],
    template: str | None,
    profile: str,
    username: str | None,
    as_json: bool,
) -> None:
    """The assurance report."""
    from plumbline.jobs import report as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.report(
        question_numbers=numbers,
        as_at=ways_in.read_day(as_at),
        outputs=[Path(name) for name in (*outputs, *more_outputs)],
        template=Path(template) if template else None,
        profile=profile,
        as_json=as_json,
        act=ways_in.act(username),
    )


@main.command()
@click.argument("report_id", metavar="REPORT", type=int)
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def publish(report_id: int, username: str | None, as_json: bool) -> None:
    """Freeze a report with its figures."""
    from plumbline.jobs import report as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.publish(report_id=report_id, as_json=as_json, act=ways_in.act(username))


@main.command()
@click.argument("report_id", metavar="REPORT", type=int)
@click.option("--as", "username", help="Who acts.")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def rerun(report_id: int, username: str | None, as_json: bool) -> None:
    """Run the figures of a published report again, and say which differ and why."""
    from plumbline.jobs import report as job  # needs Django ready
    from plumbline.jobs import ways_in

    job.rerun(report_id=report_id, as_json=as_json, by=ways_in.acting(username), on=ways_in.today())


@main.command("verify-audit")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def verify_audit(as_json: bool) -> None:
    """Check the audit chain from end to end; status 1 if it is broken."""
    from plumbline.jobs import audit_chain  # needs Django ready

    audit_chain.verify(as_json=as_json)


@main.command("seal-audit")
@signed_in_as("worker")
def seal_audit() -> None:
    """Seal the events committed since the last seal; the worker does this each minute."""
    from plumbline.jobs import audit_chain  # needs Django ready

    audit_chain.seal()


@main.command()
def demo() -> None:
    """Set up, and load the demonstration county the first time, with one user for each role."""
    home = home_folder(os.environ)
    make_home(home)
    if not (home / DEMONSTRATION).exists() and (home / PRODUCTION).exists():
        _refuse_if_used(home)
        (home / PRODUCTION).unlink()
    (home / DEMONSTRATION).touch()
    os.environ.pop("PLUMBLINE_LOGIN", None)
    set_up()
    # The county is loaded as it would be in life: by the worker's login.
    done = subprocess.run([sys.executable, "-m", "plumbline.config", "load-demonstration"], check=False)
    sys.exit(done.returncode)


def _refuse_if_used(home: Path) -> None:
    """Raise WrongSetting where the home that is to hold the demonstration holds people or records already."""
    start("owner")
    from plumbline.people.models import Child, User  # needs Django ready

    if User.objects.exists() or Child.objects.exists():
        raise WrongSetting(f"{home} holds real users or records; the demonstration needs a PLUMBLINE_HOME of its own.")


@main.command("load-demonstration", hidden=True)
@signed_in_as("worker")
def load_demonstration() -> None:
    from plumbline.jobs import demo as job  # needs Django ready

    job.load(say=say)


@main.command()
@signed_in_as("web")
def serve() -> None:
    """Serve the site and its worker until stopped."""
    from plumbline.jobs import serve as job  # needs Django ready

    job.serve()


@main.command()
@signed_in_as("worker")
def worker() -> None:
    """Imports, messages, seals and the night's work, until stopped."""
    from plumbline.jobs import serve as job  # needs Django ready

    job.worker()


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("owner")
def backup(file: Path, as_json: bool) -> None:
    """Everything, in one file."""
    from plumbline.jobs import backup as job  # needs Django ready

    made = job.backup(file)
    if as_json:
        click.echo(json.dumps(made))
    say(f"Everything is in {file} ({made['bytes'] / 1e6:.1f} MB). It holds records of children: keep it safe.")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Everything back from one file, into a database without records."""
    set_up()
    from plumbline.jobs import backup as job  # needs Django ready

    job.restore(file)
    set_up()
    say("Everything is back. Run `plumbline verify-audit` to check the audit chain.")


@main.command()
@click.argument("names", nargs=-1)
@click.option("--scale", type=int, help="How many TACs; each benchmark's own number where not given.")
@signed_in_as("owner")
def bench(names: tuple[str, ...], scale: int | None) -> None:
    """The benchmarks, as ratios to a baseline run side by side."""
    from plumbline.jobs import bench as job  # needs Django ready
    from plumbline.jobs import ways_in

    if "worker" not in database.urls():
        raise WrongSetting("This database has not been set up. Run `plumbline init` first.")
    job.bench(names=names, scale=scale, today=ways_in.now().date())


@main.command("make-administrator")
@click.argument("username")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True)
@signed_in_as("worker")
def make_administrator(username: str, name: str, as_json: bool) -> None:
    """Make a user who can make the others, and print the password to hand over."""
    from plumbline.jobs import administrator as job  # needs Django ready

    job.make(username=username, name=name, as_json=as_json)


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--login", default="owner", type=click.Choice(["owner", "web", "worker"]))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(login: str, arguments: tuple[str, ...]) -> None:
    """Django's own commands, such as makemigrations and check."""
    start(login)
    from django.core.management import execute_from_command_line  # needs Django ready

    execute_from_command_line(["plumbline manage", *arguments])


@main.command("reference-pages")
@click.option("--check", is_flag=True, help="Change nothing; status 1 where a page is not as the code says.")
def reference_pages(check: bool) -> None:
    """Write the generated pages of docs/ again."""
    os.environ["PLUMBLINE_LOGIN"] = "worker"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.config.settings")
    import django  # slow to import, and not wanted for --help

    django.setup()
    from plumbline.config import reference  # needs Django ready
    from plumbline.jobs import reference_pages as job  # needs Django ready

    if check:
        job.check(reference.known(), docs=reference.DOCS)
        say("The generated pages are as the code says.")
        return
    for path in job.write(reference.known(), docs=reference.DOCS):
        say(f"Written: docs/{path}")


@main.command("stop-database")
def stop_database() -> None:
    """Stop the embedded database of this PLUMBLINE_HOME."""
    database.Embedded(home_folder(os.environ)).stop()
    say("The embedded database has stopped.")
