#!/bin/sh
# Entry point of the container: puts the database's password, given as a file, into SIGNALBOX_DATABASE_URL.
set -eu
secret=/run/secrets/postgres-password
if [ -r "$secret" ]; then
  SIGNALBOX_DATABASE_URL=$(printf %s "$SIGNALBOX_DATABASE_URL" | sed "s|^\(postgres[a-z]*://[^:@/]*\)@|\1:$(cat "$secret")@|")
  export SIGNALBOX_DATABASE_URL
fi
exec node /app/processes/serve.ts "$@"
