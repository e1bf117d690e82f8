#!/bin/bash
# Starts PostgreSQL in a container: makes the database cluster on the first start, then becomes the server.
#
#   POSTGRES_PASSWORD          password of the superuser; required
#   POSTGRES_USER              name of the superuser (postgres)
#   POSTGRES_DB                database to create (the superuser's name)
#   POSTGRES_INITDB_ARGS       further arguments of initdb
#   POSTGRES_HOST_AUTH_METHOD  how clients from elsewhere authenticate (scram-sha-256); "trust" needs no password
#   PGDATA                     where the cluster lives (/var/lib/postgresql/data)
set -Eeuo pipefail

POSTGRES_USER=${POSTGRES_USER:-postgres}
POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}
POSTGRES_PASSWORD=${POSTGRES_PASSWORD:-}
POSTGRES_INITDB_ARGS=${POSTGRES_INITDB_ARGS:-}
POSTGRES_HOST_AUTH_METHOD=${POSTGRES_HOST_AUTH_METHOD:-}

become_postgres() {
    install -d -o postgres -g postgres -m 0700 "$PGDATA"
    install -d -o postgres -g postgres -m 2775 /var/run/postgresql
    [ "$(stat -c %U "$PGDATA")" = postgres ] || chown -R postgres:postgres "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
}

require_password() {
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
        echo "Error: Database is uninitialized and superuser password is not specified." >&2
        echo "       Set POSTGRES_PASSWORD to a non-empty value, for example: docker run -e POSTGRES_PASSWORD=password postgres" >&2
        exit 1
    fi
}

temporary_server() {
    # Only the local socket: nobody from outside sees a half-made database.
    pg_ctl -D "$PGDATA" -w -s -o "-c listen_addresses=''" "$1" ${2:+-m "$2"}
}

run_scripts() {
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
            *.sh) echo "running $file"; if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
            *.sql) echo "running $file"; psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$file" ;;
            *.sql.gz) echo "running $file"; gunzip -c "$file" | psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d "$POSTGRES_DB" ;;
        esac
    done
}

initialize() {
    require_password
    # shellcheck disable=SC2086 -- the arguments are words on purpose
    initdb -D "$PGDATA" --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth-host=scram-sha-256 $POSTGRES_INITDB_ARGS
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
    temporary_server start
    if [ "$POSTGRES_DB" != postgres ]; then
        psql -v ON_ERROR_STOP=1 --no-psqlrc -q -U "$POSTGRES_USER" -d postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db";'
    fi
    run_scripts
    temporary_server stop fast
    echo 'PostgreSQL init process complete; ready for start up.'
}

[ "${1:0:1}" != - ] || set -- postgres "$@"
if [ "$1" = postgres ]; then
    [ "$(id -u)" != 0 ] || become_postgres "$@"
    [ -s "$PGDATA/PG_VERSION" ] || initialize
    unset POSTGRES_PASSWORD
fi
exec "$@"
