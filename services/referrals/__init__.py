"""Owns: indicators, cards, routing, referrals, feedback, requests, agendas. Consumes and
publishes: nothing yet."""
