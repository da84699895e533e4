#!/bin/sh
# Health check of the container: ready.sh PORT
exec node -e "fetch('http://127.0.0.1:$1/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"
