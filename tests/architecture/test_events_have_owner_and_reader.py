"""Every topic is written by the service that owns it, and every subscription is to a topic that exists."""

from importlib import import_module
from importlib.util import find_spec
from unittest.mock import MagicMock

import pytest

from joinedup import specs
from shared.contracts.events import BY_DATA, EVENTS


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.type)
def test_a_topic_belongs_to_the_service_that_publishes_it(spec):
    owner = spec.topic.partition(".")[0]
    assert owner in specs.SERVICES
    assert spec.source == f"/{owner}"


@pytest.mark.parametrize("service", [name for name in specs.SERVICES if find_spec(f"services.{name}.consumer")])
def test_a_consumer_subscribes_to_events_of_others_only(service):
    subscriptions = import_module(f"services.{service}.consumer").subscriptions(MagicMock())
    assert subscriptions
    assert all(BY_DATA[data].source != f"/{service}" for data in subscriptions)
