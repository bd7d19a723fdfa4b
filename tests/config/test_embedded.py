"""The embedded servers keep what they were given, whatever ended them."""

import shutil
import signal
import socket
from pathlib import Path

import psycopg
import pytest
import redis

from config.embedded.keys import keys_of
from config.embedded.postgres import Postgres
from config.embedded.process import free_port, process_at
from config.embedded.redis import Redis


@pytest.mark.faults
def test_postgresql_keeps_its_rows_over_a_stop_and_a_kill(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    server = Postgres(tmp_path)
    server.start(with_parent=False)
    try:
        server.ensure_database("shop")
        with psycopg.connect(server.url("owner", "shop")) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('機種')")
        server.stop()
        server.start(with_parent=False).send_signal(signal.SIGKILL)

        again = Postgres(tmp_path)
        again.start(with_parent=False)
        with psycopg.connect(again.url("app", "shop")) as connection:
            assert connection.execute("SELECT word FROM kept").fetchone() == ("機種",)
    finally:
        Postgres(tmp_path).stop()
        shutil.rmtree(server.place.home)  # may lie outside tmp_path when root runs the tests


@pytest.mark.faults
def test_redis_keeps_its_keys_over_a_stop(tmp_path: Path) -> None:
    server = Redis(tmp_path)
    process = server.start(with_parent=False)
    try:
        client = redis.Redis.from_url(server.url)
        client.set("kept", "yes")
        client.close()
        server.stop()
        server.start(with_parent=False)
        client = redis.Redis.from_url(server.url)
        assert client.get("kept") == b"yes"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.close()
        assert not process.is_running()
    finally:
        server.stop()


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = keys_of(tmp_path)
    assert keys_of(tmp_path) == first
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert len({first.app, first.owner, first.superuser, first.redis, first.secret_key}) == 5


def test_a_process_id_alone_proves_nothing() -> None:
    assert process_at(1, speaks_of="/no/such/folder") is None
    assert process_at(2**22 + 1, speaks_of="") is None


def test_a_free_port_is_preferred_and_replaced_when_taken() -> None:
    port = free_port()
    assert free_port(port) == port
    with socket.create_server(("127.0.0.1", port)):
        assert free_port(port) != port
