"""The record that a card becomes has the id that ingest gives it, so that the card can follow it."""

from services.ingest.domain.noted import noted_feed
from shared.contracts.identifiers import noted_feed_id


def test_the_feed_of_an_agencys_cards_is_called_the_same_on_both_sides() -> None:
    feed = noted_feed("council", "concern-cards", "fire-safety")
    assert feed.id == noted_feed_id("concern-cards", "council", "fire-safety")
