"""A Kafka as it is run for real: an authorizer, SCRAM users, TLS; its topics and rights are by the shipped scripts."""

import os
import shlex
import shutil
import subprocess
import tempfile
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shared.runtime.clock import utc_now
from tests.support.kafka import Kafka
from tests.support.processes import ROOT, free_port

_ADMIN = "admin"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
_TOOLS = {"kafka-acls.sh": "AclCommand", "kafka-topics.sh": "TopicCommand"}


class SecuredKafka:
    """A broker with the topics and the rights of deploy/kafka; `url(user)` with TLS, `private_url(user)` without."""

    identities = ("ingest", "linker", "referrals", "calendar", "gateway", "operator")

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="joinedup-kafka-secrets-"))
        passwords = {user: f"secret of {user}" for user in (_ADMIN, *self.identities)}
        for user, password in passwords.items():
            self.password_file(user, password)
        self.ca = _certify(self._folder)
        self._login = f'{_SCRAM} required username="{_ADMIN}" password="{passwords[_ADMIN]}";'
        listeners = {"SASL_SSL": free_port(), "SASL_PLAINTEXT": free_port()}
        self._private = f"127.0.0.1:{listeners['SASL_PLAINTEXT']}"
        self._broker = Kafka(listeners, self._settings(), passwords)
        self._install_tools()
        self._run(ROOT / "deploy" / "kafka" / "topics.sh", self._private, self._administrator)
        self._run(ROOT / "deploy" / "kafka" / "acls.sh", self._private, self._administrator)

    def password_file(self, name: str, password: str | None = None) -> Path:
        """The file of this name, with this password in it from now on."""
        file = self._folder / name
        if password is not None:
            file.write_text(f"{password}\n")
        return file

    def url(self, user: str) -> str:
        return f"kafkas://{user}@{self._broker.bootstrap}?ca={self.ca}&password_file={self.password_file(user)}"

    def private_url(self, user: str) -> str:
        return f"kafka://{user}@{self._private}?password_file={self.password_file(user)}"

    def tool(self, name: str, *arguments: str) -> str:
        """Run one of Kafka's own tools as an administrator; what it says."""
        return self._run(name, "--bootstrap-server", self._private, "--command-config", self._administrator, *arguments)

    def stop(self) -> None:
        self._broker.stop()
        shutil.rmtree(self._folder)

    @property
    def _administrator(self) -> Path:
        return self._folder / "admin.properties"

    def _settings(self) -> dict[str, object]:
        return {
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{_ADMIN};User:ANONYMOUS",  # only the controller's listener lets in the anonymous
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "inter.broker.listener.name": "SASL_PLAINTEXT",
            "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": self._login,
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": self._login,
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self._folder / "broker.pem",
        }

    def _install_tools(self) -> None:
        """Kafka's tools under the names that they have in a distribution. The scripts start one some forty times: what
        the first one loads is kept for the others."""
        archive = self._folder / "tools.jsa"
        share = (
            f"$(test -f {archive} && echo -XX:SharedArchiveFile={archive} || echo -XX:ArchiveClassesAtExit={archive})"
        )
        for name, tool in _TOOLS.items():
            arguments = shlex.join(self._broker.java(f"org.apache.kafka.tools.{tool}")[1:])
            file = self._folder / "bin" / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(f'#!/bin/sh\nexec java {share} {arguments} "$@"\n')
            file.chmod(0o755)
        security = f"security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config={self._login}\n"
        self._administrator.write_text(security)

    def _run(self, *command: str | Path) -> str:
        path = f"{self._folder / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(["env", f"PATH={path}", *command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout


def _certify(folder: Path) -> Path:
    """Writes the broker's key and certificate, for 127.0.0.1; returns the certificate of who signed it."""
    authority, broker = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    signer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Joined Up tests")])
    ca = _certificate(signer, signer, authority, authority, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    certificate = _certificate(subject, signer, broker, authority, names)
    key = broker.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "broker.pem").write_bytes(key + certificate.public_bytes(Encoding.PEM))
    (folder / "ca.pem").write_bytes(ca.public_bytes(Encoding.PEM))
    return folder / "ca.pem"


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signing_key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = utc_now()
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    return builder.add_extension(extension, critical=True).sign(signing_key, hashes.SHA256())
