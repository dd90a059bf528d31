"""Duties towards the people whom records, and what people write, name: the same in every service that keeps either.

Each service says what it keeps (`kinds`), and does its part of a request in its own store; the gateway asks them all.
Source: UK GDPR articles 5(1)(e), 15-19; Data Protection Act 2018, sections 39, 45-48.
"""
