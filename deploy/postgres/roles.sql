-- One role and one schema a service: none can read, or even see, another's tables.
-- psql -v ingest_password=… -v linker_password=… -v referrals_password=… -v calendar_password=… -v gateway_password=…
--   -v gateway_owner_password=… -f roles.sql
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE ROLE ingest LOGIN PASSWORD :'ingest_password';
CREATE SCHEMA ingest AUTHORIZATION ingest;

CREATE ROLE linker LOGIN PASSWORD :'linker_password';
CREATE SCHEMA linker AUTHORIZATION linker;

-- The keys under which records are sealed in the log: ingest makes and destroys them, the linker reads them.
CREATE SCHEMA keys AUTHORIZATION ingest;
GRANT USAGE ON SCHEMA keys TO linker;
ALTER DEFAULT PRIVILEGES FOR ROLE ingest IN SCHEMA keys GRANT SELECT ON TABLES TO linker;

CREATE ROLE referrals LOGIN PASSWORD :'referrals_password';
CREATE SCHEMA referrals AUTHORIZATION referrals;

CREATE ROLE calendar LOGIN PASSWORD :'calendar_password';
CREATE SCHEMA calendar AUTHORIZATION calendar;

-- The gateway keeps the audit log. Its tables belong to the role that migrates them, so that the role that serves cannot
-- give itself the right to change or delete an entry; the migration of the audit log takes that right away from it.
CREATE ROLE gateway_owner LOGIN PASSWORD :'gateway_owner_password';
CREATE ROLE gateway LOGIN PASSWORD :'gateway_password';
CREATE SCHEMA gateway AUTHORIZATION gateway_owner;
GRANT USAGE ON SCHEMA gateway TO gateway;
ALTER DEFAULT PRIVILEGES FOR ROLE gateway_owner IN SCHEMA gateway
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gateway;
