"""Owns: indicators, cards, routing, contacts, referrals, feedback, requests, agendas. Consumes: business changed,
merged, withdrawn. Publishes: card filed, card recorded; referral received, taken, overdue, closed; feedback given."""
