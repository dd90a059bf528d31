#!/bin/sh
# Least rights on the log, for a cluster with an authorizer and one principal a service (SASL or mTLS).
# A record's content is on ingest.records, and only the linker may read it. Usage: acls.sh BROKER COMMAND_CONFIG
set -eu
writes() { kafka-acls.sh --bootstrap-server "$broker" --command-config "$config" --add --allow-principal "User:$1" --producer --idempotent --topic "$2" --resource-pattern-type prefixed; }
reads() { kafka-acls.sh --bootstrap-server "$broker" --command-config "$config" --add --allow-principal "User:$1" --consumer --group "$1" --topic "$2"; }
broker=$1 config=$2
writes ingest ingest.
writes linker linker.
reads linker ingest.records
reads gateway linker.risk
