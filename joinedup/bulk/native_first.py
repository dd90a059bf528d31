"""Importing this takes what is compiled from then on: all that a fork server can do first is to import."""

from shared.runtime import native

native.use()
