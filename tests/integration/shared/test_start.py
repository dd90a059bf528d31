"""A service that cannot do its work does not start, and says what it lacks."""

import os
import sys

import pytest

from joinedup import specs
from joinedup.stack import ROOT
from tests.support.processes import start


@pytest.mark.parametrize("service", specs.SERVICES)
def test_an_api_without_an_issuer_does_not_start_and_says_what_to_set(tmp_path, service):
    (tmp_path / "partnership.yaml").write_text(specs.PARTNERSHIP)
    prefix = service.upper()
    settings = {
        f"{prefix}_DATABASE_URL": f"sqlite:///{tmp_path}/store.db",
        f"{prefix}_LOG_URL": f"embedded://{tmp_path}/log.db",
        f"{prefix}_KEYS_URL": f"sqlite:///{tmp_path}/keys.db",
        f"{prefix}_PARTNERSHIP_FILE": str(tmp_path / "partnership.yaml"),
        f"{prefix}_DATA_DIR": str(tmp_path),
        **{f"{prefix}_{other.upper()}_URL": "http://127.0.0.1:9" for other in specs.SERVICES},
    }
    with (tmp_path / "out").open("wb") as output:
        command = [sys.executable, "-m", f"services.{service}", "api"]
        process = start(command, env={**os.environ, **settings}, output=output, cwd=ROOT)
    assert process.wait(60) == 1
    assert f"{prefix}_AUTH_JWKS" in (tmp_path / "out").read_text()


def test_a_setting_that_is_missing_is_named_and_no_other_is_repeated(tmp_path):
    settings = {"LINKER_DATABASE_URL": "postgresql://linker@nowhere/joinedup?password=Jane-Doe-1980"}
    with (tmp_path / "out").open("wb") as output:
        command = [sys.executable, "-m", "services.linker", "api"]
        process = start(command, env={**os.environ, **settings}, output=output, cwd=ROOT)
    assert process.wait(60) == 1
    said = (tmp_path / "out").read_text()
    assert "partnership_file" in said
    assert "Jane-Doe" not in said
