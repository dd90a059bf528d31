"""The pages for people: made here from what the services answer to the person's own token, so that no page shows what
the API would not. They work without JavaScript; with it, cards wait on the phone while there is no signal."""

from services.gateway.pages import (
    about,
    businesses,
    card,
    figures,
    findings,
    inbox,
    models,
    my_cards,
    narrowing,
    paths,
    planning,
    review,
    sign_in,
    tasking,
    visits,
)

PAGES = (
    about.router,
    sign_in.router,
    card.router,
    my_cards.router,
    inbox.router,
    figures.router,
    businesses.router,
    paths.router,
    narrowing.router,
    models.router,
    findings.router,
    review.router,
    visits.router,
    planning.router,
    tasking.router,
)

__all__ = ["PAGES"]
