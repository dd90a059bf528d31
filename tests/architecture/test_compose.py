"""docker-compose.yml runs every role that the services have, and opens one port."""

import re
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from joinedup import specs

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if isinstance(service.get("command"), str)}
COMMANDS = {service["command"] for service in OURS.values()}


@pytest.mark.parametrize("service", specs.SERVICES)
def test_every_role_of_a_service_runs(service):
    roles = set(re.findall(r'case "(\w+)"', (ROOT / "services" / service / "__main__.py").read_text()))
    needed = roles - ON_DEMAND.get(service, set())
    missing = {role for role in needed if f"python -m services.{service} {role}" not in COMMANDS}
    assert not missing


ON_DEMAND = {"linker": {"rebuild"}}
"""Started by an operator."""


def test_every_role_is_given_all_that_its_service_must_be_told_and_nothing_it_does_not_know():
    for name, service in OURS.items():
        module = service["command"].split()[2].rpartition(".")[2]
        model = getattr(import_module(f"services.{module}.settings"), f"{module.title()}Settings").model_fields
        known = {f"{module}_{field}".upper() for field in model}
        needed = {f"{module}_{field}".upper() for field, about in model.items() if about.is_required()}
        assert needed <= service["environment"].keys() - {"TMPDIR"} <= known, name


def test_what_a_role_is_told_of_another_server_is_where_that_is_and_in_a_network_of_both():
    ports = {"postgres": "", "kafka": "9092", "collector": "4318"}
    for name, service in OURS.items():
        told = re.findall(r"(?:://|@)([a-z][a-z-]*)(?::(\d+)|/)", " ".join(service["environment"].values()))
        assert told, name
        for host, port in told:
            assert set(service["networks"]) & set(COMPOSE["services"][host]["networks"]), (name, host)
            assert port == ports.get(host, "8000"), (name, host)


def test_the_gateway_alone_is_reachable_from_outside_and_an_example_issuer_from_this_machine():
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published.keys() == {"gateway-api", "keycloak"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert COMPOSE["services"]["keycloak"]["profiles"] == ["keycloak"]


def test_the_example_issuer_is_where_the_example_register_says_and_the_version_that_is_tested():
    keycloak = COMPOSE["services"]["keycloak"]
    (issuer,) = yaml.safe_load((ROOT / "deploy" / "register.example.yaml").read_text())["issuers"]
    assert issuer["url"] == f"{keycloak['environment']['KC_HOSTNAME']}/realms/kerrow"
    assert urlsplit(issuer["url"]).hostname in keycloak["networks"]["inside"]["aliases"]
    tested = (ROOT / "tests" / "support" / "keycloak" / "pom.xml").read_text()
    assert f"<version>{keycloak['image'].rpartition(':')[2]}</version>" in tested


def test_no_password_stands_in_the_file():
    values = re.findall(r"^ +\w+_PASSWORD: *(.*)", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE)
    assert values
    assert all(value.startswith("${") for value in values)
