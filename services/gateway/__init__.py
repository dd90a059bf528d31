"""Owns: the one public address: who may come in, where requests go, the streams that go out, what the rules allow; the
tokens of our own issuer; sessions with a browser, and the pages for people; the audit log; agencies' webhooks and
collections. Consumes: risk.changed, read from the log without a group for the streams; and for agencies' systems that,
findings, cards, referrals, feedback, visits and stale feeds, each its own audience's or what was addressed to it.
Publishes: nothing yet."""
