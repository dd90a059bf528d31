"""Owns: indicators, cards, routing, contacts, referrals, feedback, requests, intelligence, agendas. Consumes: business
changed, merged, withdrawn; visit outcome. Publishes: card filed, recorded; referral received, taken, overdue, closed;
feedback given; request made, moved, overdue."""
