"""Which processes there are and what each is told."""

import socket
from pathlib import Path

import pytest

from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_PARTNERSHIP, CannotRun, layout
from services.ingest.domain.catalogue import catalogue
from shared.runtime.clock import today
from shared.sharing import load_partnership, views


def outside(**settings: str) -> JoinedUpSettings:
    return JoinedUpSettings(**settings)  # type: ignore[arg-type]


def test_without_settings_each_service_has_a_file_and_all_share_the_embedded_log(tmp_path: Path) -> None:
    where = layout(tmp_path, 0, DEFAULT_PARTNERSHIP, outside())
    processes = {process.name: process for process in where.processes()}
    assert processes["ingest-api"].settings["INGEST_DATABASE_URL"] == f"sqlite:///{tmp_path}/ingest.db"
    assert processes["linker-consume"].settings["LINKER_DATABASE_URL"] == f"sqlite:///{tmp_path}/linker.db"
    logs = {process.settings[f"{process.service.upper()}_LOG_URL"] for process in processes.values()}
    assert logs == {f"embedded://{tmp_path}/log.db"}
    assert processes["gateway-api"].settings["GATEWAY_PROFILE"] == "demo"


def test_with_servers_set_every_service_uses_them(tmp_path: Path) -> None:
    servers = outside(log_url="kafka://broker:9092", database_url="postgresql://user@db/joinedup")
    for process in layout(tmp_path, 0, DEFAULT_PARTNERSHIP, servers).processes():
        prefix = process.service.upper()
        assert process.settings[f"{prefix}_LOG_URL"] == "kafka://broker:9092"
        assert process.settings[f"{prefix}_DATABASE_URL"] == "postgresql://user@db/joinedup"


def test_an_outside_issuer_ends_the_handing_out_of_development_tokens(tmp_path: Path) -> None:
    issuer = outside(auth_issuer="https://issuer.example", auth_jwks="https://issuer.example/keys")
    processes = {process.name: process for process in layout(tmp_path, 0, DEFAULT_PARTNERSHIP, issuer).processes()}
    assert processes["gateway-api"].settings["GATEWAY_PROFILE"] == "production"
    assert processes["linker-api"].settings["LINKER_AUTH_ISSUER"] == "https://issuer.example"
    assert processes["linker-api"].settings["LINKER_AUTH_JWKS"] == "https://issuer.example/keys"


def test_every_process_has_a_port_of_its_own(tmp_path: Path) -> None:
    processes = layout(tmp_path, 0, DEFAULT_PARTNERSHIP, outside()).processes()
    ports = {process.settings[f"{process.service.upper()}_PORT"] for process in processes}
    assert len(ports) == len(processes)
    assert [process.url and process.url.rpartition(":")[2] in ports for process in processes] == [True] * len(processes)


def test_a_taken_port_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(CannotRun, match="--port"):
        layout(tmp_path, listening.getsockname()[1], DEFAULT_PARTNERSHIP, outside())


@pytest.mark.parametrize("name", ["a#b", "100%", "what?"])
def test_a_folder_whose_name_means_something_in_a_url_is_refused(tmp_path: Path, name: str) -> None:
    """The log of `a#b` would lie in `a`, where that of `a#c` lies too."""
    with pytest.raises(CannotRun, match="data folder"):
        layout(tmp_path / name, 0, DEFAULT_PARTNERSHIP, outside())


@pytest.mark.parametrize("half", [{"auth_issuer": "https://issuer.example"}, {"auth_jwks": "keys.json"}])
def test_an_issuer_without_its_keys_or_keys_without_their_issuer_are_refused(
    tmp_path: Path, half: dict[str, str]
) -> None:
    with pytest.raises(CannotRun, match="both, or neither"):
        layout(tmp_path, 0, DEFAULT_PARTNERSHIP, outside(**half))


def test_the_shipped_partnership_knows_every_agency_and_category_of_the_shipped_specifications() -> None:
    partnership = load_partnership(DEFAULT_PARTNERSHIP.read_text(encoding="utf-8"))
    assert {spec.agency for spec in catalogue().values()} <= {agency.id for agency in partnership.agencies}
    assert {spec.category for spec in catalogue().values()} <= set(partnership.categories)
    assert len(views(partnership, today())) == 1
    reviews = {gateway.legal_review.by for gateway in partnership.legal_gateways if gateway.legal_review}
    assert reviews == {"nobody: demonstration, legal review needed"}
