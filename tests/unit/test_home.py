"""PLUMBLINE_HOME: for its user alone, of one kind, each login in a file of its own."""

import json
import stat
from pathlib import Path

import pytest

from plumbline.config import database
from plumbline.config.environment import LOGIN_FILES, WrongSetting, logins, make_home, read
from plumbline.jobs import serve

KEY = "q8Zr1xW4vLk7Jm2Np5Ts9Yb3Hd6Gf0Ca-eRuIoPzXcVbNmQwErTyUiOp"
URLS = {login: f"postgresql://{login}:x@db.example/fenmarsh" for login in ("owner", "web", "worker")}


def environ(home: Path, **more: str) -> dict[str, str]:
    return {"PLUMBLINE_HOME": str(home), "PLUMBLINE_SECRET_KEY": KEY, "PLUMBLINE_TRUSTED_PROXIES": "none", **more}


def test_a_home_is_for_its_user_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    make_home(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_each_login_has_a_file_of_its_own_and_the_one_of_the_pages_holds_no_other(tmp_path: Path) -> None:
    database.keep_logins(tmp_path, URLS)
    assert json.loads((tmp_path / "logins.json").read_text()) == {"web": URLS["web"]}
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in LOGIN_FILES.values()} == {0o600}
    assert logins(tmp_path) == URLS


def test_logins_kept_in_one_file_by_an_older_version_are_read_and_parted(tmp_path: Path) -> None:
    (tmp_path / "logins.json").write_text(json.dumps(URLS))
    database.keep_logins(tmp_path, logins(tmp_path))
    assert json.loads((tmp_path / "logins.json").read_text()) == {"web": URLS["web"]}
    assert logins(tmp_path) == URLS


def test_the_process_of_the_pages_knows_no_address_but_its_own(tmp_path: Path, monkeypatch) -> None:
    database.keep_logins(tmp_path, URLS)
    found = read(environ(tmp_path, PLUMBLINE_LOGIN="web"))
    assert (found.owner_url, found.web_url, found.worker_url) == ("", URLS["web"], "")
    for login, url in URLS.items():
        monkeypatch.setenv(f"PLUMBLINE_{'DATABASE' if login == 'owner' else login.upper()}_URL", url)
    for login in ("web", "worker"):
        given = serve._environ_of(login)
        assert {v for k, v in given.items() if k.endswith("_URL") and k.startswith("PLUMBLINE_")} == {URLS[login]}
        assert database.urls({**given, "PLUMBLINE_LOGIN": login, "PLUMBLINE_HOME": str(tmp_path)}) == {
            login: URLS[login]
        }


@pytest.mark.parametrize(("marker", "demo"), [("demo", "0"), ("production", "1")])
def test_demonstration_and_production_refuse_each_others_home(tmp_path: Path, marker: str, demo: str) -> None:
    (tmp_path / marker).touch()
    with pytest.raises(WrongSetting, match=r"PLUMBLINE_HOME of (its|their) own"):
        read(environ(tmp_path, PLUMBLINE_DEMO=demo))
    read(environ(tmp_path, PLUMBLINE_DEMO="1" if demo == "0" else "0"))


def test_what_the_ways_in_write_is_for_their_user_alone() -> None:
    config = Path(database.__file__).parent
    assert [name for name in ("cli.py", "wsgi.py") if "os.umask(0o077)" not in (config / name).read_text()] == []
