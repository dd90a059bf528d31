"""docker-compose.yml runs every role that the services have, and opens one port."""

import re
from pathlib import Path

import pytest
import yaml

from joinedup import specs

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
COMMANDS = {service["command"] for service in COMPOSE["services"].values() if isinstance(service.get("command"), str)}


@pytest.mark.parametrize("service", specs.SERVICES)
def test_every_role_of_a_service_runs(service):
    roles = set(re.findall(r'case "(\w+)"', (ROOT / "services" / service / "__main__.py").read_text()))
    needed = roles - ON_DEMAND.get(service, set())
    missing = {role for role in needed if f"python -m services.{service} {role}" not in COMMANDS}
    assert not missing


ON_DEMAND = {"linker": {"rebuild"}}
"""Started by an operator."""


def test_the_gateway_alone_is_reachable_from_outside():
    published = [name for name, service in COMPOSE["services"].items() if "ports" in service]
    assert published == ["gateway-api"]


def test_no_password_stands_in_the_file():
    values = re.findall(r"^ +\w+_PASSWORD: *(.*)", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE)
    assert values
    assert all(value.startswith("${") for value in values)
