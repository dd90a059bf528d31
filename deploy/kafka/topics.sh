#!/bin/sh
# The topics of the log, for a cluster whose services may not create them. Safe to run again; a topic that is there stays
# as it is, because another number of partitions would put a key's later events elsewhere than its earlier ones.
# Usage: topics.sh BROKER COMMAND_CONFIG [PARTITIONS] [REPLICATION]
set -eu
broker=$1 config=$2 partitions=${3:-4} replication=${4:-1}

create() {
    topic=$1
    shift
    # 5 MiB: the largest event (4 MiB, shared/runtime/outbox.py) and the headers of a dead letter
    kafka-topics.sh --bootstrap-server "$broker" --command-config "$config" --create --if-not-exists --topic "$topic" \
        --partitions "$partitions" --replication-factor "$replication" --config max.message.bytes=5242880 "$@"
}

# The newest event of each record stays for ever, since the graph is rebuilt from them; what a record said before it was
# corrected or withdrawn is gone within two weeks (a segment is closed after one, and compacted within another).
create ingest.records --config cleanup.policy=compact --config max.compaction.lag.ms=604800000
# What the services themselves delete after a week: of linker.risk the linker, of noted records ingest.
for topic in ingest.records.dlq ingest.feeds linker.businesses linker.risk linker.findings \
    linker.businesses.dlq referrals.cards referrals.referrals referrals.requests referrals.records referrals.records.dlq \
    calendar.visits calendar.visits.dlq calendar.records calendar.records.dlq; do
    create "$topic" --config retention.ms=-1
done
# What the gateway alone sets aside. It keeps what it did take for a week, too.
for topic in ingest.feeds linker.risk linker.findings referrals.cards referrals.referrals referrals.requests; do
    create "$topic.dlq" --config retention.ms=604800000
done
