"""deploy/kubernetes runs every role, with settings that the services know, and lets in from outside to one alone."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from joinedup import specs
from joinedup.stack import ROLES

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
OBJECTS = [
    found for name in KUSTOMIZATION["resources"] for found in yaml.safe_load_all((FOLDER / name).read_text()) if found
]
SETTINGS = {one["name"]: one.get("literals", ()) for one in KUSTOMIZATION["configMapGenerator"]}
SECRET = ("DATABASE_URL", "KEYS_URL")


def named(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in OBJECTS if one["kind"] == kind}


def commands(kind: str) -> dict[str, str]:
    pods = {name: one["spec"]["template"]["spec"] for name, one in named(kind).items()}
    return {name: " ".join(pod["containers"][0]["args"]) for name, pod in pods.items()}


def test_every_role_has_a_deployment_and_every_store_a_migration():
    expected = {
        f"{service}-{role}": f"python -m services.{service} {role}" for service in ROLES for role in ROLES[service]
    }
    assert commands("Deployment") == expected
    assert commands("Job") == {f"{service}-migrate": f"python -m services.{service} migrate" for service in ROLES}


@pytest.mark.parametrize("service", specs.SERVICES)
def test_a_service_is_given_all_that_it_must_be_told_and_nothing_it_does_not_know(service):
    model = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings").model_fields
    prefix = f"{service.upper()}_"
    given = {line.partition("=")[0] for line in SETTINGS[service]} - {"TMPDIR"}
    known = {prefix + name.upper() for name in model}
    needed = {prefix + name.upper() for name, field in model.items() if field.is_required()}
    assert given <= known
    assert needed - given <= {prefix + name for name in SECRET}


def test_no_secret_stands_in_a_file():
    assert not named("Secret")
    text = "\n".join(path.read_text() for path in FOLDER.glob("*.yaml"))
    assert not re.search(r"://\w+:\w+@", text)


def test_only_the_gateway_is_reached_from_another_namespace_and_what_measures_reaches_all():
    reached = {
        name: policy["spec"]["podSelector"]
        for name, policy in named("NetworkPolicy").items()
        for rule in policy["spec"].get("ingress", ())
        for peer in rule["from"]
        if "namespaceSelector" in peer
    }
    assert reached.pop("measurements-are-fetched") == {"matchExpressions": [{"key": "service", "operator": "Exists"}]}
    assert reached == {"gateway-is-asked": {"matchLabels": {"app": "gateway-api"}}}


def selected(selector: dict[str, Any]) -> set[str]:
    """The apps whose pods a selector means."""
    found = set()
    for name, deployment in named("Deployment").items():
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        within = (labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", ()))
        if selector.get("matchLabels", {}).items() <= labels.items() and all(within):
            found.add(name)
    return found


def test_each_service_lets_in_those_that_are_told_its_address_and_no_other():
    let_in = {
        (asker, asked)
        for policy in named("NetworkPolicy").values()
        for rule in policy["spec"].get("ingress", ())
        for peer in rule["from"]
        if "namespaceSelector" not in peer
        for asked in selected(policy["spec"]["podSelector"])
        for asker in selected(peer["podSelector"])
        if asker != asked
    }
    told = {
        (asker, host)
        for service, literals in SETTINGS.items()
        for host in re.findall(r"=http://([a-z-]+):8000", "\n".join(literals))
        for asker in named("Deployment")
        if asker.startswith(service)
    }
    assert {(asker, asked) for asker, asked in told if asker.endswith("-api")} <= let_in
    to_the_gateway = {(asker, "gateway-api") for asker in named("Deployment")}
    assert {pair for pair in let_in if pair[0].endswith("-api")} <= told | to_the_gateway


def test_every_pod_is_hardened():
    patched = {patch["path"]: patch["target"] for patch in KUSTOMIZATION["patches"]}
    assert patched["hardened.yaml"] == {"kind": "Deployment|Job"}
    pod = yaml.safe_load((FOLDER / "hardened.yaml").read_text())["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"]


def test_every_api_is_asked_at_its_port_whether_it_lives_and_can_work_and_no_other_role_is():
    probed = {
        name: {probe["httpGet"]["path"] for field, probe in container.items() if field.endswith("Probe")}
        for name, one in named("Deployment").items()
        for container in one["spec"]["template"]["spec"]["containers"]
    }
    assert probed == {name: {"/healthz", "/readyz"} if name.endswith("-api") else set() for name in probed}
    ports = {line.partition("=")[2] for lines in SETTINGS.values() for line in lines if re.match(r"\w+_PORT=", line)}
    assert ports == {str(port["port"]) for one in named("Service").values() for port in one["spec"]["ports"]}


def test_the_image_runs_as_the_user_that_owns_what_pods_may_write():
    pod = yaml.safe_load((FOLDER / "hardened.yaml").read_text())["spec"]["template"]["spec"]["securityContext"]
    image = (FOLDER.parent / "Dockerfile").read_text()
    assert re.findall(r"^USER (\d+):(\d+)$", image, re.MULTILINE) == [(str(pod["runAsUser"]), str(pod["fsGroup"]))]
    assert pod["runAsUser"] > 0


def test_all_that_the_kustomization_names_is_there_but_for_what_an_operator_writes():
    named_files = {*KUSTOMIZATION["resources"], *(patch["path"] for patch in KUSTOMIZATION["patches"])}
    assert {name for name in named_files if not (FOLDER / name).is_file()} == set()
