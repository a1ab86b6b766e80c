"""Promise 3: every state is in its table of moves, and the tables are those of the columns."""

import pytest
from django.db.models import Choices

from plumbline.jobs.reference_pages import Table, state_fields, table_for, tables_of_moves

TABLES = tables_of_moves()
FIELDS = state_fields()


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_every_column_of_states_has_its_table_of_moves(field) -> None:
    assert table_for(field, TABLES) is not None


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_a_line_for_every_state(table: Table) -> None:
    kind: type[Choices] = type(table.states[0])
    assert set(table.moves) == set(kind)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_moves_lead_to_states_of_the_same_table(table: Table) -> None:
    assert frozenset().union(*table.moves.values()) <= set(table.moves)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_can_be_reached(table: Table) -> None:
    reached, ends = {table.states[0]}, [table.states[0]]
    while ends:
        new = table.moves[ends.pop()] - reached
        reached |= new
        ends += new
    assert reached == set(table.states)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_rules_some_column(table: Table) -> None:
    ruled = [field for field in FIELDS if table_for(field, TABLES) == table]
    assert ruled != []
