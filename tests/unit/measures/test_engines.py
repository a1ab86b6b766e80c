"""Facts taken out as files are read by DuckDB."""

from datetime import date

import duckdb
import pyarrow
import pyarrow.parquet
import pytest

from plumbline.measures.ask import answer
from plumbline.measures.catalogue import get
from plumbline.measures.compile import Statement
from plumbline.measures.engines.duckdb import DuckDBEngine, load
from plumbline.measures.engines.postgres import PostgresEngine
from plumbline.measures.model import Asked

TACS = pyarrow.table(
    {"tac_id": ["one", "two"], "child_id": ["anna", "ben"], "started_on": [date(2015, 1, 1), date(2015, 3, 1)]}
)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def open_tacs(connection):
    asked = Asked(get("tac_open"), as_at=date(2015, 2, 1))
    observed = {"ssd_early_help_episodes": date(2016, 1, 1)}
    return answer(asked, engine=DuckDBEngine(connection), observed_until=observed).total.value


def test_a_measure_is_asked_of_a_parquet_file(connection, tmp_path):
    pyarrow.parquet.write_table(TACS, tmp_path / "tac.parquet")

    load(connection, {"fact_tac": tmp_path / "tac.parquet"})

    assert open_tacs(connection) == 1


def test_a_measure_is_asked_of_an_arrow_table(connection):
    load(connection, {"fact_tac": TACS})

    assert open_tacs(connection) == 1


def test_a_table_outside_the_contract_is_refused(connection):
    with pytest.raises(KeyError, match="fact_person"):
        load(connection, {"fact_person": TACS})


class Cursor:
    def execute(self, query, params=None):
        self.query, self.params = query, params

    def fetchall(self):
        return [[1]]


def test_per_cent_signs_and_parameters_are_written_as_the_driver_wants_them():
    cursor = Cursor()

    PostgresEngine(cursor).run(Statement("select 5 % 2, a::text where :last > d", {"last": 1}, ("n",)))

    assert cursor.query == "select 5 %% 2, a::text where %(last)s > d"
