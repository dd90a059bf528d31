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
# A service writes what it says, and the dead letters of what it reads.
allow ingest    Write  --topic ingest.records --topic ingest.feeds --topic referrals.records.dlq --topic calendar.records.dlq
allow ingest    Read   --topic referrals.records --topic calendar.records --group ingest  # what people noted: ingest alone
allow ingest    Delete --topic referrals.records --topic calendar.records  # of what is older than a week
allow linker    Write  --topic ingest.records.dlq --topic linker.businesses --topic linker.risk --topic linker.findings
allow linker    Read   --topic ingest.records --group linker  # a record's content is there: the linker alone reads it
allow linker    Delete --topic linker.risk  # of what is older than a week
allow referrals Write  --topic referrals.records --topic referrals.cards --topic referrals.referrals --topic referrals.requests \
    --topic linker.businesses.dlq --topic calendar.visits.dlq
allow referrals Read   --topic linker.businesses --topic calendar.visits --group referrals
allow calendar  Write  --topic calendar.records --topic calendar.visits --topic linker.businesses.dlq
allow calendar  Read   --topic linker.businesses --group calendar
allow gateway   Read   --topic linker.risk --topic linker.findings --topic ingest.feeds --topic referrals.cards \
    --topic referrals.referrals --topic referrals.requests --topic calendar.visits --group gateway  # the streams: no group
allow gateway   Write  --topic linker.risk.dlq --topic linker.findings.dlq --topic ingest.feeds.dlq --topic referrals.cards.dlq \
    --topic referrals.referrals.dlq --topic referrals.requests.dlq --topic calendar.visits.dlq

# A person who looks at dead letters and puts them back (joinedup log dead-letters), not a service.
letters() {
    operation=$1 suffix=$2
    shift 2
    allow operator "$operation" "$@" --topic "ingest.records$suffix" --topic "ingest.feeds$suffix" \
        --topic "linker.businesses$suffix" --topic "linker.risk$suffix" --topic "linker.findings$suffix" \
        --topic "referrals.records$suffix" --topic "referrals.cards$suffix" --topic "referrals.referrals$suffix" \
        --topic "referrals.requests$suffix" --topic "calendar.records$suffix" --topic "calendar.visits$suffix"
}
letters Read .dlq --group replay.ingest --group replay.linker --group replay.referrals --group replay.calendar --group replay.gateway
letters Write ""
