# Partwork as a container: one static program, nothing else, no root.
#
#   docker build -t partwork .
#   docker run --rm partwork demo --exit
#
# A project lives in the volume /data. Make one, edit it, and run it:
#
#   docker run --rm -v letters:/data partwork init .
#   docker run -d --name letters --restart unless-stopped --stop-timeout 60 \
#     -v letters:/data -p 8080:8080 -p 127.0.0.1:8081:8081 partwork
#   docker exec letters /partwork status
#
# A folder of the host (-v /srv/letters:/data) is easier to edit; it must belong
# to user 65532. Publish port 8081 on loopback only: it is for the operator. The
# relay's password is best given by the environment (--env-file), as
# PARTWORK_SMTP_PASSWORD; docs/CONFIG.md lists the variables.

FROM golang:1.26-bookworm AS build
WORKDIR /src

# What a static program wants to find around it: roots to verify the relay's
# certificate, zones (a copy is linked in, but this one may be replaced by a
# newer one), its own user, and folders it may write to.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && mkdir -p /rootfs/etc/ssl/certs /rootfs/usr/share /rootfs/data /rootfs/tmp \
 && cp /etc/ssl/certs/ca-certificates.crt /rootfs/etc/ssl/certs/ \
 && cp -rL /usr/share/zoneinfo /rootfs/usr/share/zoneinfo \
 && rm -rf /rootfs/usr/share/zoneinfo/posix /rootfs/usr/share/zoneinfo/right \
 && echo 'partwork:x:65532:65532:Partwork:/data:/sbin/nologin' > /rootfs/etc/passwd \
 && echo 'partwork:x:65532:' > /rootfs/etc/group \
 && chmod 0700 /rootfs/data /rootfs/tmp

# The libraries first, so that they are fetched again only when they change.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /rootfs/partwork ./cmd/partwork

FROM scratch
COPY --from=build /rootfs/etc /etc
COPY --from=build /rootfs/usr /usr
COPY --from=build /rootfs/partwork /partwork
COPY --from=build --chown=65532:65532 /rootfs/tmp /tmp
COPY --from=build --chown=65532:65532 /rootfs/data /data

# Inside a container loopback reaches nobody.
ENV PARTWORK_LISTEN=0.0.0.0:8080 \
    PARTWORK_LISTEN_PRIVATE=0.0.0.0:8081
EXPOSE 8080 8081

USER 65532:65532
WORKDIR /data
VOLUME /data

ENTRYPOINT ["/partwork"]
CMD ["serve"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/partwork", "status", "--healthcheck"]
