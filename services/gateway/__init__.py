"""Owns: the one public address: who may come in, where requests go, the streams that go out, what the rules allow; the
tokens of our own issuer; the audit log. Consumes: risk.changed, read from the log without a group, each agency its own
audience's. Publishes: nothing yet."""
