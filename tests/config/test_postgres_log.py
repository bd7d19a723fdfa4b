"""PostgreSQL's own log names no person and no device: a refused row is not written into it."""

from pathlib import Path

import psycopg
import pytest

from config.embedded.postgres import Postgres

IMEI = "001001009999990"


@pytest.mark.faults
def test_a_refused_row_is_logged_without_its_values(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    server = Postgres(tmp_path)
    server.start(with_parent=False)
    try:
        server.ensure_database("shop")
        with psycopg.connect(server.url("owner", "shop"), autocommit=True) as connection:
            connection.execute("CREATE TABLE unit (imei text PRIMARY KEY)")
            insert = f"INSERT INTO unit VALUES ('{IMEI}')"  # noqa: S608  # as Django sends it: values inside
            connection.execute(insert.encode())
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute(insert.encode())
    finally:
        server.stop()
    log = server.log.read_text(errors="replace")
    assert "duplicate key value" in log
    assert IMEI not in log
