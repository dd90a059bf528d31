#!/bin/sh
# Run by the postgres image at its first start.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v ingest_password="$INGEST_PASSWORD" -v linker_password="$LINKER_PASSWORD" \
  -v referrals_password="$REFERRALS_PASSWORD" -v calendar_password="$CALENDAR_PASSWORD" \
  -v gateway_password="$GATEWAY_PASSWORD" -v gateway_owner_password="$GATEWAY_OWNER_PASSWORD" \
  -f /joinedup/roles.sql
