#!/bin/sh
# Run by the image of PostgreSQL when its data folder is new.
set -eu
exec psql -U postgres -v owner_password="$OWNER_PASSWORD" -v serving_password="$SERVING_PASSWORD" \
    -v reports_password="$REPORTS_PASSWORD" -f /roles/roles.sql
