"""What the log's URL says of Kafka: whom we trust, who we are; and that a mistake in it is told without its secrets."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from shared.runtime.eventlog import open_log
from shared.runtime.eventlog.kafka_access import Access, access

SECRET = "hunter2"


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\n")
    return file


def read(url: str) -> Access:
    return access(urlsplit(url))


def test_a_broker_without_security_needs_only_its_address() -> None:
    assert read("kafka://one:9092,two:9092") == Access("one:9092,two:9092", {"security_protocol": "PLAINTEXT"})


def test_a_user_logs_in_by_scram_with_the_password_in_the_file(password_file: Path) -> None:
    reached = read(f"kafka://the%20linker@one:9092,two:9092?password_file={password_file}&partitions=8")
    assert reached.servers == "one:9092,two:9092"
    assert reached.security == {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "the linker",
        "sasl_plain_password": SECRET,
    }


@pytest.mark.parametrize("user", ["", "linker@"])
def test_kafkas_means_tls_with_the_certificate_and_the_host_checked(user: str, password_file: Path) -> None:
    security = read(f"kafkas://{user}host:9092{f'?password_file={password_file}' if user else ''}").security
    assert security["security_protocol"] == ("SASL_SSL" if user else "SSL")
    assert security["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert security["ssl_context"].check_hostname


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("kafka://linker:hunter2@host:9092", "Take the password out"),
        ("kafkas://linker:hunter2@host:9092?password_file=FILE", "Take the password out"),
        ("kafka://linker:@host:9092?password_file=FILE", "Take the password out"),
        ("kafka://linker@host:9092", "needs both a user and a password_file"),
        ("kafkas://host:9092?password_file=FILE", "needs both a user and a password_file"),
        ("kafkas://linker@host:9092?password_file=/hunter2/missing", "password_file= names cannot be read"),
        ("kafkas://linker@host:9092?password_file=/dev/null", "password_file= names is empty"),
        ("kafkas://linker@host:9092?password=hunter2", "takes only ca, partitions, password_file, replication"),
        ("kafkas://host:9092?ca=/hunter2/missing", "ca= names cannot be used"),
        ("kafkas://host:9092?ca=FILE", "ca= names cannot be used"),
        ("https://linker:hunter2@host", "must start with embedded://, kafka:// or kafkas://"),
        ("kafka://linker:hunter2\N{ADDRESSED TO THE SUBJECT}@host:9092", "is not a URL"),
    ],
)
async def test_a_mistake_is_told_with_its_remedy_and_without_the_user_or_the_password(
    url: str, remedy: str, password_file: Path
) -> None:
    with capture_logs() as lines, pytest.raises(ValueError, match=remedy) as raised:
        await open_log(url.replace("FILE", str(password_file)))
    assert lines == [{"event": "log_url_unusable", "log_level": "error", "remedy": str(raised.value)}]
    assert SECRET not in str(raised.value)
    assert "linker" not in str(raised.value)
