"""A real Apache Kafka for tests: one broker in KRaft mode on Java 17, its jars fetched once by Maven."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.maven import fetched
from tests.support.processes import free_port, is_listening, kill9, start, wait_until

_POM = Path(__file__).parent / "kafka" / "pom.xml"
_CLUSTER = "joinedup-tests-000000w"
_START_SECONDS = 60.0
_JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")


class Kafka:
    """A running broker. `bootstrap` is host:port, and stays the same through `kill9` and `restart`.

    `listeners` are protocols and their ports, the first one for `bootstrap`; `settings` add to the broker's own;
    `scram_users` are names and passwords.
    """

    def __init__(
        self,
        listeners: Mapping[str, int] | None = None,
        settings: Mapping[str, object] | None = None,
        scram_users: Mapping[str, str] | None = None,
    ) -> None:
        self._jars = fetched("Apache Kafka", _POM)
        self._folder = Path(tempfile.mkdtemp(prefix="joinedup-kafka-"))
        listeners = listeners or {"PLAINTEXT": free_port()}
        self._port = next(iter(listeners.values()))
        self._configuration = self._folder / "server.properties"
        properties = {**_properties(self._folder / "data", listeners, free_port()), **(settings or {})}
        self._configuration.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
        self.bootstrap = f"127.0.0.1:{self._port}"
        self._format(scram_users or {})
        self._start()

    def kill9(self) -> None:
        """Kill the broker as the kernel would for want of memory."""
        kill9(self._process)

    def restart(self) -> None:
        """Start it again on the same data and port, after `kill9`."""
        self._start()

    def stop(self) -> None:
        self.kill9()
        shutil.rmtree(self._folder, ignore_errors=True)

    def java(self, main_class: str, *arguments: str) -> list[str]:
        """The command that runs a class of Kafka's jars."""
        return ["java", *_JVM, "-cp", f"{self._jars}/*", main_class, *arguments]

    def _format(self, scram_users: Mapping[str, str]) -> None:
        arguments = ["format", "--cluster-id", _CLUSTER, "--config", str(self._configuration)]
        for name, password in scram_users.items():
            arguments += ["--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]"]
        command = self.java("kafka.tools.StorageTool", *arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"Kafka could not format its storage:\n{done.stdout}\n{done.stderr}")

    def _start(self) -> None:
        output = self._folder / "broker.log"
        with output.open("ab") as file:
            self._process = start(self.java("kafka.Kafka", str(self._configuration)), output=file)
        try:
            wait_until(self._is_up, _START_SECONDS, "The start of Kafka")
        except TimeoutError as error:
            kill9(self._process)
            raise RuntimeError(f"Kafka did not start:\n{output.read_text()[-4000:]}") from error

    def _is_up(self) -> bool:
        if self._process.poll() is not None:
            raise TimeoutError("Kafka stopped while starting")
        return is_listening(self._port)


def _properties(data: Path, listeners: Mapping[str, int], controller: int) -> dict[str, object]:
    advertised = ",".join(f"{protocol}://127.0.0.1:{port}" for protocol, port in listeners.items())
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"{advertised},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": advertised,
        "controller.listener.names": "CONTROLLER",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        "broker.session.timeout.ms": 1000,  # a killed broker may register again only when its old session is over
        "broker.heartbeat.interval.ms": 200,
        "controller.quorum.election.timeout.ms": 200,
    }
