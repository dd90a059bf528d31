"""A real Keycloak for tests, with the realm of deploy/keycloak; fetched once by Maven, run by Java 17."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import httpx

from tests.support.maven import fetched
from tests.support.processes import ROOT, free_port, is_listening, kill9, start, wait_until

_POM = Path(__file__).parent / "keycloak" / "pom.xml"
_REALM = ROOT / "deploy" / "keycloak" / "kerrow-realm.json"
_OUR_ADDRESS = "http://127.0.0.1:8400"
_OPEN = ("util", "util.concurrent", "security")
_JVM = (
    *("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    *(f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in _OPEN),
)
_START_SECONDS = 240.0
_ADMIN = "admin"


class Keycloak:
    """`issuer` is the URL of the realm, which knows our pages at `ours`."""

    def __init__(self, ours: str) -> None:
        dist = fetched("Keycloak", _POM, _built)
        self._folder = Path(tempfile.mkdtemp(prefix="joinedup-keycloak-"))
        self._url = f"http://127.0.0.1:{free_port()}"
        self.issuer = f"{self._url}/realms/kerrow"
        for name in ("lib", "conf", "providers", "themes"):
            (self._folder / name).symlink_to(_home(dist) / name)
        (self._folder / "data" / "import").mkdir(parents=True)
        (self._folder / "data/import" / "kerrow-realm.json").write_text(_REALM.read_text().replace(_OUR_ADDRESS, ours))
        self._start()
        self._admin = httpx.Client(base_url=f"{self._url}/admin/realms/kerrow", trust_env=False, timeout=60)

    def add_officer(self, name: str, password: str, *groups: str) -> str:
        """As the agency's administrator does; the person's `sub`."""
        person = {"username": name, "firstName": name, "lastName": "Officer", "email": f"{name}@kerrow.example"}
        credentials = [{"type": "password", "value": password, "temporary": False}]
        self.administer("POST", "users", person | {"enabled": True, "groups": groups, "credentials": credentials})
        return str(self.administer("GET", f"users?username={name}&exact=true")[0]["id"])

    def administer(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """A call of Keycloak's Admin REST API for the realm; its answer, if there is one."""
        answer = self._admin.request(method, path, json=body, headers=self._administrator())
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def stop(self) -> None:
        self._admin.close()
        kill9(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _administrator(self) -> dict[str, str]:
        """Asked anew for each call: it is good for a minute."""
        form = {"grant_type": "password", "client_id": "admin-cli", "username": _ADMIN, "password": _ADMIN}
        place = f"{self._url}/realms/master/protocol/openid-connect/token"
        answer = httpx.post(place, data=form, trust_env=False, timeout=60).raise_for_status()
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def _start(self) -> None:
        port, output = int(self._url.rpartition(":")[2]), self._folder / "keycloak.log"
        said = {"hostname": self._url, "http-enabled": "true", "http-host": "127.0.0.1", "http-port": port}
        options = [f"--{name}={value}" for name, value in (said | {"http-management-port": free_port()}).items()]
        administrator = {"KC_BOOTSTRAP_ADMIN_USERNAME": _ADMIN, "KC_BOOTSTRAP_ADMIN_PASSWORD": _ADMIN}
        command = _java(self._folder, "start", "--optimized", "--import-realm", *options)
        with output.open("wb") as file:
            self._process = start(command, output=file, env={**os.environ, **administrator})
        try:
            wait_until(lambda: is_listening(port) or self._process.poll() is not None, _START_SECONDS, "Keycloak")
        except TimeoutError:
            kill9(self._process)
        if self._process.poll() is not None:
            raise RuntimeError(f"Keycloak did not start:\n{output.read_text()[-4000:]}")


def _java(home: Path, *arguments: str) -> list[str]:
    """What kc.sh comes to, without the shell between us and the process that is to be killed."""
    properties = (f"-Dkc.home.dir={home}", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager")
    main = ("-cp", f"{home}/lib/quarkus-run.jar", "io.quarkus.bootstrap.runner.QuarkusEntryPoint")
    return ["java", *_JVM, *properties, *main, *arguments]


def _home(dist: Path) -> Path:
    return next(path for path in dist.glob("keycloak-*") if path.is_dir())


def _built(dist: Path) -> None:
    """What Keycloak does before its first start, done for every start: https://www.keycloak.org/server/configuration"""
    archive = next(dist.glob("*.tar.gz"))
    with tarfile.open(archive) as content:
        content.extractall(dist, filter="data")
    archive.unlink()
    subprocess.run(_java(_home(dist), "build", "--db=dev-file"), check=True, stdout=subprocess.DEVNULL)
