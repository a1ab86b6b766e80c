"""Promise 3: every state is in its table of moves, and the tables are those of the columns."""

from plumbline.jobs.reference_pages import Table, state_fields, table_for, tables_of_moves

TABLES = tables_of_moves()
FIELDS = state_fields()


def test_every_column_of_states_has_its_table_of_moves() -> None:
    assert [str(field) for field in FIELDS if table_for(field, TABLES) is None] == []


def test_a_table_has_a_line_for_every_state() -> None:
    assert [table.name for table in TABLES if set(table.moves) != set(type(table.states[0]))] == []


def test_moves_lead_to_states_of_the_same_table() -> None:
    assert [table.name for table in TABLES if not frozenset().union(*table.moves.values()) <= set(table.moves)] == []


def test_every_state_can_be_reached() -> None:
    beyond = {table.name: set(table.states) - reached(table) for table in TABLES}
    assert {name: states for name, states in beyond.items() if states} == {}


def reached(table: Table) -> set[object]:
    """The states to which moves lead from the first."""
    found, ends = {table.states[0]}, [table.states[0]]
    while ends:
        new = table.moves[ends.pop()] - found
        found |= new
        ends += new
    return found


def test_a_table_rules_some_column() -> None:
    ruling = [table_for(field, TABLES) for field in FIELDS]
    assert [table.name for table in TABLES if table not in ruling] == []
