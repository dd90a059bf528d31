#!/bin/sh
# Who may do what on the log. For a cluster with an authorizer, where what is not allowed is refused, and a SCRAM user for
# each name below. Usage: acls.sh BROKER COMMAND_CONFIG (of a user that may alter ACLs). Safe to run again.
set -eu
broker=$1 config=$2

allow() {
    principal=$1 operation=$2
    shift 2
    kafka-acls.sh --bootstrap-server "$broker" --command-config "$config" --add \
        --allow-principal "User:$principal" --operation "$operation" "$@"
}

# Read and Write bring Describe with them, and Write the right to an idempotent producer. Nobody may create topics.
allow ingest   Write --topic ingest.records --topic ingest.feeds
allow linker   Read  --topic ingest.records --group linker  # a record's content is there: the linker alone reads it
allow linker   Write --topic ingest.records.dlq --topic linker.businesses --topic linker.risk --topic linker.findings
allow linker   Delete --topic linker.risk  # of what is older than a week: it names businesses
allow referrals Write --topic referrals.records --topic referrals.cards --topic referrals.referrals --topic referrals.requests
allow referrals Read  --topic linker.businesses --topic calendar.visits --group referrals
allow referrals Write --topic linker.businesses.dlq --topic calendar.visits.dlq
allow calendar Write --topic calendar.records --topic calendar.visits
allow calendar Read  --topic linker.businesses --group calendar
allow calendar Write --topic linker.businesses.dlq
allow ingest   Read  --topic referrals.records --topic calendar.records --group ingest  # what people noted: ingest alone
allow ingest   Write --topic referrals.records.dlq --topic calendar.records.dlq
allow ingest   Delete --topic referrals.records --topic calendar.records  # of what is older than a week
allow gateway  Read  --topic linker.risk --topic linker.findings --group gateway  # the streams read outside any group
allow gateway  Read  --topic ingest.feeds --topic referrals.cards --topic referrals.referrals --topic referrals.requests
allow gateway  Read  --topic calendar.visits

# A person who looks at dead letters and puts them back (joinedup log dead-letters), not a service.
allow operator Read  --topic ingest.records.dlq --group replay.linker
allow operator Read  --topic referrals.records.dlq --topic calendar.records.dlq --group replay.ingest
allow operator Read  --topic linker.businesses.dlq --group replay.referrals --group replay.calendar
allow operator Write --topic ingest.records --topic linker.businesses --topic referrals.records --topic calendar.records
