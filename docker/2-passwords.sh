#!/bin/sh
# Runs once, on an empty PostgreSQL volume, after 1-roles.sql: gives both roles their passwords.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
ALTER ROLE "owner" PASSWORD :'owner_password';
ALTER ROLE "app" PASSWORD :'app_password';
SQL
