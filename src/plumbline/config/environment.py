"""Every setting of this installation, read once from the environment and checked: a wrong one stops the start."""

import json
import os
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]

# name: (meaning, default in words). The reference page of the docs is generated from this table.
SETTINGS: dict[str, tuple[str, str]] = {
    "PLUMBLINE_HOME": (
        "Folder of everything kept on this machine: the embedded database, uploads, generated reports",
        "`var/` in the checkout",
    ),
    "PLUMBLINE_DATABASE_URL": (
        "Use this PostgreSQL (15 or later), signed in as the owner, and start none",
        "the embedded one under PLUMBLINE_HOME",
    ),
    "PLUMBLINE_WEB_URL": ("The login of the pages; it owns nothing", "made by `plumbline init`"),
    "PLUMBLINE_WORKER_URL": ("The login of imports and background work; it owns nothing", "made by `plumbline init`"),
    "PLUMBLINE_TODAY": (
        "The day the program takes for today; for demonstrations only",
        "the real day; the demonstration county: 2016-07-31",
    ),
    "PLUMBLINE_PORT": ("Port of the site", "8000"),
    "PLUMBLINE_DEMO": (
        "`1`: the demonstration county, with users that need no second factor, and a banner that says so",
        "off; `plumbline demo` turns it on for this PLUMBLINE_HOME",
    ),
    "PLUMBLINE_SECRET_KEY": (
        "Signs sessions and who acts, and enciphers second factors; after a change run `init` again: at least 50 "
        "random characters, such as `python -c 'import secrets; print(secrets.token_urlsafe(64))'` prints",
        "none; in the demonstration one is made and kept under PLUMBLINE_HOME",
    ),
    "PLUMBLINE_SESSION_MINUTES": (
        "After how many minutes without use someone is signed out, from 15 to 1440; they are warned before, and what "
        "they have typed is kept",
        "480",
    ),
    "PLUMBLINE_HOSTS": (
        "Names under which the site is reached, separated by commas; the first that others know too, unlike localhost, "
        "is written in e-mails",
        "localhost",
    ),
    "PLUMBLINE_TRUSTED_PROXIES": (
        "Addresses of the web servers in front of Plumbline, separated by commas, such as 127.0.0.1 or 10.1.0.0/24: "
        "they alone are believed when they say whose request it is; `none`: there is none",
        "none in the demonstration; otherwise it must be given",
    ),
    "PLUMBLINE_COUNCIL": (
        "The council's name, shown on every page and report",
        "Fenmarsh County Council in the demonstration, else “The council”",
    ),
    "PLUMBLINE_COLOUR": ("The council's colour, as #rrggbb", "#1d4f6e"),
    "PLUMBLINE_SMTP_URL": (
        "Where e-mail is sent: smtp://user:password@host:port or smtps://…; empty: messages wait in the outbox",
        "empty",
    ),
    "PLUMBLINE_EMAIL_FROM": ("The address that e-mail comes from", "plumbline@localhost"),
    "PLUMBLINE_BOUNCES": (
        "The Maildir folder into which e-mails come that could not be delivered; each minute what is new in it is read",
        "empty: what comes back later is not seen",
    ),
    "PLUMBLINE_CLAMAV": (
        "The ClamAV daemon that looks at each document: tcp://host:port or unix:/path/of/the.socket; while it does not "
        "answer, no document is taken",
        "empty: documents are not scanned",
    ),
    "PLUMBLINE_OCID_PREFIX": (
        "The prefix that the Open Contracting Partnership registered for the council, such as ocds-ab12cd; without it "
        "no notice of ours is written as open data",
        "empty; the demonstration county: ocds-000000, which nobody has",
    ),
}


class WrongSetting(Exception):
    """A setting is wrong or missing; the message is a sentence that says which and what to do."""


@dataclass(frozen=True)
class Environment:
    home: Path
    owner_url: str
    web_url: str
    worker_url: str
    login: str
    today: date | None
    port: int
    demo: bool
    secret_key: str
    session_minutes: int
    hosts: tuple[str, ...]
    council: str
    colour: str
    smtp_url: str
    email_from: str
    bounces: Path | None
    clamav: str
    ocid_prefix: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]

    @property
    def site(self) -> str:
        """The address at which others reach the pages, as e-mails have it; "" where none is given, since
        "localhost" is each machine's own name."""
        if self.demo:
            return f"http://localhost:{self.port}"
        own = ("localhost", "127.0.0.1", "[::1]")
        return next((f"https://{host}" for host in self.hosts if host not in own and host[0] not in "*."), "")


def home_folder(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("PLUMBLINE_HOME") or CHECKOUT / "var").resolve()


def logins(home: Path) -> dict[str, str]:
    """The logins that `init` made and kept, by name: owner, web, worker. Of each in a file of its own, so that who may
    read the one of the pages cannot read the others."""
    found: dict[str, str] = {}
    for name in LOGIN_FILES.values():
        kept = home / name
        found |= json.loads(kept.read_text()) if kept.exists() and os.access(kept, os.R_OK) else {}
    return found


# What is kept for each login; the file of the pages holds no other.
LOGIN_FILES = {"owner": "logins-owner.json", "worker": "logins-worker.json", "web": "logins.json"}
# What a home is for, once it has been set up: the demonstration, whose users share one password, or real records.
DEMONSTRATION, PRODUCTION = "demo", "production"


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """The settings as checked values. Raises WrongSetting."""
    unknown = sorted(
        name
        for name in environ
        if name.startswith("PLUMBLINE_")
        and name not in SETTINGS
        and name != "PLUMBLINE_LOGIN"
        # Of the tests, not of the program: where their cluster is, and where the public files lie.
        and not name.startswith(("PLUMBLINE_TEST_", "PLUMBLINE_SHARED"))
    )
    if unknown:
        raise WrongSetting(f"{unknown[0]} is not a setting of Plumbline. The settings are: {', '.join(SETTINGS)}.")
    home = home_folder(environ)
    login = environ.get("PLUMBLINE_LOGIN", "web")
    kept = logins(home)
    demo = environ.get("PLUMBLINE_DEMO", "1" if (home / "demo").exists() else "0")
    if demo not in {"0", "1"}:
        raise WrongSetting(f"PLUMBLINE_DEMO is {demo!r}. Write 1 or 0.")
    is_demo = demo == "1"
    _check_kind_of_home(home, is_demo)
    urls = {
        each: _database(environ, name, kept.get(each, ""))
        for each, name in (
            ("owner", "PLUMBLINE_DATABASE_URL"),
            ("web", "PLUMBLINE_WEB_URL"),
            ("worker", "PLUMBLINE_WORKER_URL"),
        )
    }
    return Environment(
        home=home,
        # The pages know their own address alone, whatever is in the environment; a wrong one is said all the same.
        owner_url=urls["owner"] if login != "web" else "",
        web_url=urls["web"],
        worker_url=urls["worker"] if login != "web" else "",
        login=login,
        today=_today(environ, is_demo),
        port=_port(environ),
        demo=is_demo,
        session_minutes=_session_minutes(environ),
        hosts=tuple(h.strip() for h in environ.get("PLUMBLINE_HOSTS", "localhost").split(",") if h.strip()),
        council=environ.get("PLUMBLINE_COUNCIL", "Fenmarsh County Council" if demo == "1" else "The council"),
        colour=_colour(environ),
        smtp_url=environ.get("PLUMBLINE_SMTP_URL", ""),
        email_from=environ.get("PLUMBLINE_EMAIL_FROM", "plumbline@localhost"),
        bounces=_bounces(environ),
        clamav=_clamav(environ),
        ocid_prefix=_ocid_prefix(environ, is_demo),
        trusted_proxies=_trusted_proxies(environ, is_demo),
        secret_key=_secret(environ, home, is_demo),
    )


def _check_kind_of_home(home: Path, demo: bool) -> None:
    """Raise WrongSetting where real records would be opened to the demonstration's users, or the other way round."""
    if demo and (home / PRODUCTION).exists() and not (home / DEMONSTRATION).exists():
        raise WrongSetting(
            f"{home} was set up for real records; the demonstration, whose users share one password, needs a "
            "PLUMBLINE_HOME of its own."
        )
    if not demo and (home / DEMONSTRATION).exists():
        raise WrongSetting(
            f"{home} holds the demonstration, whose users share one password; real records need a PLUMBLINE_HOME of "
            "their own."
        )


def make_home(home: Path) -> None:
    """Make the folder, for its user alone. Where a database that runs as another user lies in it already, that user may
    pass through and see nothing."""
    home.mkdir(parents=True, exist_ok=True)
    through = os.geteuid() == 0 and (home / "database" / "data").exists()
    home.chmod(0o711 if through else 0o700)


def _database(environ: Mapping[str, str], name: str, kept: str) -> str:
    url = environ.get(name, "") or kept
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise WrongSetting(f"{name} must begin with postgresql://. Plumbline keeps its records in PostgreSQL only.")
    return url


def _today(environ: Mapping[str, str], demo: bool) -> date | None:
    text = environ.get("PLUMBLINE_TODAY", "2016-07-31" if demo else "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongSetting(f"PLUMBLINE_TODAY is {text!r}. Write a day as YYYY-MM-DD, such as 2016-07-31.") from None


def _port(environ: Mapping[str, str]) -> int:
    text = environ.get("PLUMBLINE_PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise WrongSetting(f"PLUMBLINE_PORT is {text!r}. Write a port number between 1 and 65535.")
    return int(text)


def _session_minutes(environ: Mapping[str, str]) -> int:
    text = environ.get("PLUMBLINE_SESSION_MINUTES", "480")
    if not text.isdecimal() or not 15 <= int(text) <= 1440:
        raise WrongSetting(f"PLUMBLINE_SESSION_MINUTES is {text!r}. Write a number of minutes from 15 to 1440.")
    return int(text)


def _colour(environ: Mapping[str, str]) -> str:
    text = environ.get("PLUMBLINE_COLOUR", "#1d4f6e")
    if len(text) != 7 or text[0] != "#" or any(c not in "0123456789abcdefABCDEF" for c in text[1:]):
        raise WrongSetting(f"PLUMBLINE_COLOUR is {text!r}. Write a colour as #rrggbb, such as #1d4f6e.")
    return text


def _bounces(environ: Mapping[str, str]) -> Path | None:
    text = environ.get("PLUMBLINE_BOUNCES", "").strip()
    if not text:
        return None
    if not all((Path(text) / each).is_dir() for each in ("new", "cur", "tmp")):
        raise WrongSetting(
            f"PLUMBLINE_BOUNCES is {text!r}, and that is no Maildir: a folder with the folders new, cur and tmp in it."
        )
    return Path(text)


def _clamav(environ: Mapping[str, str]) -> str:
    text = environ.get("PLUMBLINE_CLAMAV", "").strip()
    if not text or re.fullmatch(r"unix:/.+", text):
        return text
    found = re.fullmatch(r"tcp://(\[[0-9A-Fa-f:]+\]|[^\s/:]+):(\d{1,5})", text)
    if not found or not 0 < int(found[2]) < 65536:
        raise WrongSetting(
            f"PLUMBLINE_CLAMAV is {text!r}. Write tcp://host:port, such as tcp://localhost:3310, or "
            "unix:/run/clamav/clamd.ctl."
        )
    return text


def _ocid_prefix(environ: Mapping[str, str], demo: bool) -> str:
    text = environ.get("PLUMBLINE_OCID_PREFIX", "ocds-000000" if demo else "").strip()
    if text and not re.fullmatch(r"ocds-[a-z0-9]{6}", text):
        raise WrongSetting(f"PLUMBLINE_OCID_PREFIX is {text!r}. Write ocds- and six letters or digits.")
    return text


def _trusted_proxies(environ: Mapping[str, str], demo: bool) -> tuple[IPv4Network | IPv6Network, ...]:
    text = environ.get("PLUMBLINE_TRUSTED_PROXIES", "").strip()
    if not text:
        if demo or environ.get("PLUMBLINE_LOGIN", "web") != "web":
            return ()
        raise WrongSetting(
            "PLUMBLINE_TRUSTED_PROXIES is missing. Write the addresses of the web servers in front of Plumbline, such "
            "as 127.0.0.1, or none: sign-ins that fail are counted by the visitor's address."
        )
    if text == "none":
        return ()
    try:
        return tuple(ip_network(each.strip()) for each in text.split(","))
    except ValueError:
        raise WrongSetting(
            f"PLUMBLINE_TRUSTED_PROXIES is {text!r}. Write addresses or networks separated by commas, such as "
            "127.0.0.1,10.1.0.0/24, or none."
        ) from None


def _secret(environ: Mapping[str, str], home: Path, demo: bool) -> str:
    if environ.get("PLUMBLINE_LOGIN", "web") != "web":
        # Commands and background work sign nothing that outlives them.
        return secrets.token_urlsafe(64)
    found = site_key(environ, home, demo)
    if not found:
        raise WrongSetting("PLUMBLINE_SECRET_KEY is missing. Write at least 50 random characters and keep them secret.")
    return found


def site_key(environ: Mapping[str, str], home: Path, demo: bool) -> str:
    """What the pages sign with; "" where it is not given. In the demonstration it is made once and kept. Raises
    WrongSetting for one that is too short or not random."""
    given = environ.get("PLUMBLINE_SECRET_KEY", "")
    if given:
        if len(given) < 50:
            raise WrongSetting("PLUMBLINE_SECRET_KEY is too short. Write at least 50 random characters.")
        if _is_weak(given):
            raise WrongSetting(
                "PLUMBLINE_SECRET_KEY is not random. Write at least 50 random characters, such as "
                "python -c 'import secrets; print(secrets.token_urlsafe(64))' prints."
            )
        return given
    if not demo:
        return ""
    kept = home / "secret_key"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(64))
    return kept.read_text()


def _is_weak(key: str) -> bool:
    """Whether a key was typed rather than drawn: few different characters, a part that comes again and again, a run of
    the alphabet or the keyboard, words, or an example's own text. 50 drawn characters of 16 are taken."""
    few = len(set(key)) < 12 or len(zlib.compress(key.encode(), 9)) < 34
    lower = key.lower()
    runs = sum(lower[at : at + 4] in _RUNS for at in range(len(lower) - 3)) >= 0.4 * len(lower)
    words = len(re.findall(r"[a-z]{3,}", key)) >= 5 and bool(re.fullmatch(r"[A-Za-z]+(?:[ ._-][A-Za-z]+)+[.!?]?", key))
    return few or runs or words or any(word in lower for word in _EXAMPLES)


_RUNS = "abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop asdfghjkl zxcvbnm"
_EXAMPLES = ("django-insecure", "changeme", "change-me", "secret", "password", "plumbline", "example")
