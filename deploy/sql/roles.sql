-- The roles and the database of ShopIQ. As PostgreSQL's superuser, once; it can be run again.
--   psql -v owner_password=… -v serving_password=… -v reports_password=… -f deploy/sql/roles.sql
-- Another database of the same roles, such as one to restore a backup into:
--   psql -v database=shopiq_restored -f deploy/sql/roles.sql
\set ON_ERROR_STOP on
\if :{?database}
\else
    \set database shopiq
\endif

SELECT 'CREATE ROLE shopiq_owner LOGIN' WHERE to_regrole('shopiq_owner') IS NULL \gexec
SELECT 'CREATE ROLE shopiq LOGIN' WHERE to_regrole('shopiq') IS NULL \gexec
SELECT 'CREATE ROLE shopiq_reports LOGIN' WHERE to_regrole('shopiq_reports') IS NULL \gexec
\if :{?owner_password}
    ALTER ROLE shopiq_owner PASSWORD :'owner_password';
\endif
\if :{?serving_password}
    ALTER ROLE shopiq PASSWORD :'serving_password';
\endif
\if :{?reports_password}
    ALTER ROLE shopiq_reports PASSWORD :'reports_password';
\endif
-- For `verify_backup`, which restores into a scratch database.
ALTER ROLE shopiq_owner CREATEDB;

-- Failed statements would put people's data into PostgreSQL's log.
ALTER ROLE shopiq SET log_min_error_statement = 'panic';
ALTER ROLE shopiq SET log_error_verbosity = 'terse';
ALTER ROLE shopiq_owner SET log_min_error_statement = 'panic';
ALTER ROLE shopiq_owner SET log_error_verbosity = 'terse';

-- A pooler drops what a session asks for, so the limits belong to the role.
ALTER ROLE shopiq SET lock_timeout = '5s';
ALTER ROLE shopiq SET statement_timeout = '15s';
ALTER ROLE shopiq SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE shopiq_reports SET statement_timeout = '5min';
ALTER ROLE shopiq_reports SET default_transaction_read_only = on;

SELECT format('CREATE DATABASE %I OWNER shopiq_owner TEMPLATE template0 ENCODING ''UTF8''', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE CREATE, TEMPORARY ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO shopiq, shopiq_reports;

\connect :"database"
-- What `migrate` creates, `shopiq_reports` can read. Personal data in it is encrypted.
ALTER DEFAULT PRIVILEGES FOR ROLE shopiq_owner IN SCHEMA public GRANT SELECT ON TABLES TO shopiq_reports;
GRANT USAGE ON SCHEMA public TO shopiq_reports;
