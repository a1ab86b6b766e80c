"""The catalogue keeps its own promises."""

import re

import pytest

from plumbline.kernel.errors import RuleBroken
from plumbline.measures.catalogue import CATALOGUE, get
from plumbline.measures.facts import RELATIONS
from plumbline.measures.model import Spells

EVERY = list(CATALOGUE.values())


@pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.key)
def test_a_stock_is_made_of_spells_and_a_flow_of_events(measure):
    assert isinstance(measure.rule, Spells) == (measure.kind in ("stock", "share_of_stock"))


@pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.key)
def test_a_rule_reads_only_relations_of_the_contract(measure):
    text = measure.rule.source + " ".join(split.join for split in measure.splits)

    assert set(re.findall(r"\{(\w+)\}", text)) <= set(RELATIONS)


@pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.key)
def test_every_measure_says_in_words_what_it_is(measure):
    assert measure.meaning.endswith(".")


@pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.key)
def test_a_measure_of_children_says_which_extracts_it_reads(measure):
    assert measure.sources or measure.disclosure == "work"


def test_splits_of_a_measure_have_keys_of_their_own():
    assert [m.key for m in EVERY if len(set(m.split_keys)) != len(m.splits)] == []


def test_fingerprints_differ_from_measure_to_measure():
    assert len({measure.fingerprint for measure in EVERY}) == len(EVERY)


def test_what_a_rule_does_not_use_is_no_part_of_its_fingerprint():
    # As it was published before rules could add up amounts or leave days out.
    assert get("tac_open_over_a_year").fingerprint == (
        "sha256:a1003239699b8e20a49dff316b0fa3ea546ddbd581663f39f71e5b8571ca4fec"
    )


def test_an_unknown_key_like_nothing_is_told_where_all_are_listed():
    with pytest.raises(RuleBroken, match="`plumbline measures` lists all"):
        get("zzz")
