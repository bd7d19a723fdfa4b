-- The two roles, and what `app` may do in this database. Run as superuser inside the database;
-- may be run again. Passwords are set elsewhere (config/embedded/postgres.py, docker/passwords.sh).
--
-- `owner` owns the schema and migrates. `app` runs the shop: it reads and writes rows of every
-- table it is not shut out of by a migration (append-only tables REVOKE UPDATE and DELETE), owns
-- nothing, and so can change neither tables nor triggers, nor TRUNCATE.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'owner') THEN
    CREATE ROLE "owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
    CREATE ROLE "app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
  EXECUTE format('ALTER DATABASE %I OWNER TO "owner"', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO "app"', current_database());
END
$$;

ALTER SCHEMA public OWNER TO "owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO "app";
ALTER DEFAULT PRIVILEGES FOR ROLE "owner" IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "app";
ALTER DEFAULT PRIVILEGES FOR ROLE "owner" IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO "app";
