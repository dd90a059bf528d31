"""docs/settings.md names every setting there is, and no other, with its true default."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from joinedup import specs
from joinedup.settings import JoinedUpSettings
from shared.runtime.settings import ServiceSettings

ROWS = re.findall(
    r"^\| `([A-Z…_]+)` \| ([^|]+) \|", Path(__file__, "../../../docs/settings.md").resolve().read_text(), re.MULTILINE
)
DOCUMENTED = dict(ROWS)


def classes() -> Iterator[type[BaseSettings]]:
    yield JoinedUpSettings
    for service in specs.SERVICES:
        yield getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")


def names(settings: type[BaseSettings]) -> Iterator[tuple[str, str]]:
    """(field, variable as the page writes it)."""
    for field in settings.model_fields:
        common = field in ServiceSettings.model_fields and settings is not JoinedUpSettings
        prefix = "…_" if common else settings.model_config.get("env_prefix", "")
        yield field, f"{prefix}{field.upper()}"


def test_every_setting_is_on_the_page_and_nothing_else():
    assert len(ROWS) == len(DOCUMENTED)
    assert set(DOCUMENTED) == {name for settings in classes() for _, name in names(settings)}


@pytest.mark.parametrize("settings", list(classes()), ids=lambda settings: settings.__name__)
def test_the_page_gives_each_default_as_it_is(settings):
    for field, name in names(settings):
        default = settings.model_fields[field].default
        if said := re.match(r"`(.*?)`", DOCUMENTED[name]):
            assert said[1] == str(default), name
        elif settings.model_fields[field].is_required():
            assert DOCUMENTED[name].startswith("must be set"), name
        else:
            assert default in (None, "", ("127.0.0.0/8", "::1/128")), name
