"""What is compiled is taken only where it is of the sources as they are."""

from pathlib import Path

import pytest

from joinedup.native_build import CannotBuild, build
from shared.runtime import native

SCORE = Path("services/linker/domain/score.py")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(native, "ROOT", tmp_path)
    monkeypatch.setattr(native, "BUILT", tmp_path / ".native")
    (tmp_path / SCORE).parent.mkdir(parents=True)
    (tmp_path / SCORE).write_text("BITS = 1\n")
    return tmp_path


def test_of_other_sources_it_would_lie_elsewhere(checkout: Path) -> None:
    first = native.folder()
    assert native.folder() == first
    (checkout / SCORE).write_text("BITS = 2\n")
    edited = native.folder()
    (checkout / SCORE).write_text("BITS = 1\n")
    contract = checkout / "shared/contracts/record.py"
    contract.parent.mkdir(parents=True)
    contract.touch()
    assert len({first, edited, native.folder()}) == 3


def test_without_it_or_with_sources_loaded_already_python_reads_the_sources(checkout: Path) -> None:
    assert not native.use()
    native.folder().mkdir(parents=True)
    (native.folder() / f"{native.__name__}{native.SUFFIX}").touch()
    assert not native.use()
    assert not native.in_use()


def test_without_a_compiler_the_install_is_told_so(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    with pytest.raises(CannotBuild, match="there is no "):
        build()
    assert not native.folder().exists()
