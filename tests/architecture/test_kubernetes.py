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


def test_only_the_gateway_is_reached_from_another_namespace():
    reached = {
        name: policy["spec"]["podSelector"]
        for name, policy in named("NetworkPolicy").items()
        for rule in policy["spec"].get("ingress", ())
        for peer in rule["from"]
        if "namespaceSelector" in peer
    }
    assert reached == {"gateway-is-asked": {"matchLabels": {"app": "gateway-api"}}}


def test_every_pod_is_hardened():
    patched = {patch["path"]: patch["target"] for patch in KUSTOMIZATION["patches"]}
    assert patched["hardened.yaml"] == {"kind": "Deployment|Job"}
    pod = yaml.safe_load((FOLDER / "hardened.yaml").read_text())["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"]
