# Two stages: Node builds dist/, the image gets that, Node and the one native package. glibc and libstdc++ are needed (onnxruntime), so no Alpine.
# docker buildx build --platform linux/amd64,linux/arm64 .
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# dist/, and a node_modules that holds only what dist/ leaves outside, for one platform.
RUN npm run build && node scripts/image-modules.mjs /out/node_modules

FROM gcr.io/distroless/nodejs${NODE_VERSION}-debian12:nonroot
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="bellwether" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /out/node_modules ./node_modules
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/dist ./dist
# The number, because Kubernetes cannot tell whether a name is root.
USER 65532:65532
EXPOSE 9464 9465 9466
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/bellwether.mjs"]
CMD ["--help"]
