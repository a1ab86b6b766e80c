"""The page on how to write a toolkit says what the schema takes."""

import re
from pathlib import Path

import pytest

from plumbline.toolkits import schema
from plumbline.toolkits.content import AnswerKind

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "toolkits.md").read_text(encoding="utf-8")


def test_its_example_has_no_fault():
    example = re.search(r"```yaml\n(key: .*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert schema.check(example[1], "our_visit.yaml")[1] == ()


@pytest.mark.parametrize("name", [*schema.PURPOSES, *AnswerKind, *schema.EVIDENCE])
def test_it_names_every_purpose_kind_of_answer_and_evidence(name):
    assert f"`{name}`" in PAGE


FIELDS = (
    "key title purpose introduction sources sections guidance criteria answer options evidence weight minimum critical "
    "safeguarding fact due_days"
)


@pytest.mark.parametrize("field", FIELDS.split())
def test_it_names_every_field(field):
    assert f"| `{field}` |" in PAGE


@pytest.mark.parametrize("limit", [f"{schema.LONGEST:,} characters", f"{schema.MOST_CRITERIA} in the whole toolkit"])
def test_it_says_the_limits(limit):
    assert limit in PAGE
