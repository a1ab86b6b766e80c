"""What the code says and what the docs say is one thing: the generated pages, and the words that stay."""

import re

from plumbline.config import reference
from plumbline.jobs import reference_pages
from plumbline.jobs.demo_users import PASSWORD, USERS
from plumbline.people.access import ROLES
from tests.architecture import rules
from tests.architecture.source import CHECKOUT, modules

DOCS = CHECKOUT / "docs"


def test_a_generated_page_is_as_the_code_says() -> None:
    wrong = reference_pages.stale(reference.known(), docs=DOCS)
    assert wrong == [], "run `plumbline reference-pages`"


def test_an_agreed_refusal_code_is_used() -> None:
    said = "\n".join("\n".join(m.lines) for m in modules() if m.name != reference_pages.__name__)
    quoted = set(re.findall(r"['\"](\w+)['\"]", said))
    assert sorted(set(reference_pages.AGREED) - quoted) == []


def test_the_readme_names_every_demonstration_user() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    lines = [f"| `{user.username}` | {user.name} | {ROLES[user.role].label} |" for user in USERS]
    assert [line for line in lines if line not in readme] == []


def test_the_readme_says_the_demonstrations_password() -> None:
    assert PASSWORD in (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_the_site_names_the_licence_that_the_project_has() -> None:
    page = (CHECKOUT / "src/plumbline/web/templates/home/about/sources.html").read_text(encoding="utf-8")
    assert "Apache License" in page


def test_every_term_of_the_glossary_has_an_anchor_of_its_own() -> None:
    keys = [term["key"] for term in reference.known().glossary]
    assert sorted(set(keys)) == sorted(keys)


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in (CHECKOUT / "README.md", *sorted(DOCS.rglob("*.md"))):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(CHECKOUT)} -> {target}")
    assert broken == []


def test_the_docs_name_only_commands_that_there_are() -> None:
    known = set(reference.known().commands.commands)
    unknown = [
        f"{page.relative_to(CHECKOUT)}: plumbline {name}"
        for page in (CHECKOUT / "README.md", *sorted(DOCS.rglob("*.md")))
        for name in re.findall(r"^\s*(?:\.venv/bin/)?plumbline ([a-z][a-z-]+)", page.read_text(encoding="utf-8"), re.M)
        if name not in known
    ]
    assert unknown == []


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    files = sorted(path.name for path in (DOCS / "adr").glob("0*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")
    assert [name for name in files if f"]({name})" not in listed] == []


def test_every_rule_is_written_down_with_its_first_sentence_and_a_test() -> None:
    assert [rule.name for rule in rules.rules() if not (rule.sentence and rule.test)] == []
    assert rules.PAGE.read_text(encoding="utf-8") == rules.written(), (
        "look at each line, then run `python -m tests.architecture.rules --write`"
    )
