# What the program is built with stays in this stage.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --workspaces=false
COPY tsconfig.json tsconfig.build.json ./
COPY schemas schemas
COPY src src
COPY adapters adapters
COPY bin bin
RUN npm run build

FROM node:24-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
# The client is a package of its own. Of Swagger UI two files are served; the others are three times as large.
RUN npm ci --omit=dev --workspaces=false \
    && find node_modules/swagger-ui-dist -name '*.map' -delete -o -name 'swagger-ui-es-*' -delete

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
# package.json says that the built files are ES modules.
COPY package.json LICENSE ./
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist dist
# The one folder that is written to, and only by the embedded store: the rest may be mounted read-only.
RUN install -d -o node -g node -m 700 /data
VOLUME /data
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMIN_PORT || process.env.PORT || 8080}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/bin/jobgate.js", "serve"]
