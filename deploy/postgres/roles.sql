-- One role and one schema a service: none can read, or even see, another's tables.
-- psql -v ingest_password=… -v linker_password=… -v referrals_password=… -v calendar_password=… -v gateway_password=…
--   -v gateway_owner_password=… -f roles.sql
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE ROLE ingest LOGIN PASSWORD :'ingest_password';
CREATE SCHEMA ingest AUTHORIZATION ingest;

CREATE ROLE linker LOGIN PASSWORD :'linker_password';
CREATE SCHEMA linker AUTHORIZATION linker;

CREATE ROLE referrals LOGIN PASSWORD :'referrals_password';
CREATE SCHEMA referrals AUTHORIZATION referrals;

CREATE ROLE calendar LOGIN PASSWORD :'calendar_password';
CREATE SCHEMA calendar AUTHORIZATION calendar;

-- The keys under which records are sealed in the log: whoever says it makes and destroys them, and its reader reads them.
CREATE SCHEMA ingest_keys AUTHORIZATION ingest;
GRANT USAGE ON SCHEMA ingest_keys TO linker;
ALTER DEFAULT PRIVILEGES FOR ROLE ingest IN SCHEMA ingest_keys GRANT SELECT ON TABLES TO linker;

CREATE SCHEMA referrals_keys AUTHORIZATION referrals;
GRANT USAGE ON SCHEMA referrals_keys TO ingest;
ALTER DEFAULT PRIVILEGES FOR ROLE referrals IN SCHEMA referrals_keys GRANT SELECT ON TABLES TO ingest;

CREATE SCHEMA calendar_keys AUTHORIZATION calendar;
GRANT USAGE ON SCHEMA calendar_keys TO ingest;
ALTER DEFAULT PRIVILEGES FOR ROLE calendar IN SCHEMA calendar_keys GRANT SELECT ON TABLES TO ingest;

-- The gateway keeps the audit log. Its tables belong to the role that migrates them, so that the role that serves cannot
-- give itself the right to change or delete an entry; the migration of the audit log takes that right away from it.
CREATE ROLE gateway_owner LOGIN PASSWORD :'gateway_owner_password';
CREATE ROLE gateway LOGIN PASSWORD :'gateway_password';
CREATE SCHEMA gateway AUTHORIZATION gateway_owner;
GRANT USAGE ON SCHEMA gateway TO gateway;
ALTER DEFAULT PRIVILEGES FOR ROLE gateway_owner IN SCHEMA gateway
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gateway;
