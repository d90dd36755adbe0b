# `make` lists what can be made.

.DEFAULT_GOAL := help
.PHONY: help build run check test bench fmt docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/partwork, static
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o bin/partwork ./cmd/partwork

run: ## run the demo: the whole product, nothing leaves the machine
	go run ./cmd/partwork demo

check: ## what must hold before a commit: format, vet, walls, all tests with the race detector
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go test ./internal/archtest
	go test -race -shuffle=on ./...

test: ## the tests, fast
	go test ./...

bench: ## measure on this machine, beside sqlite3 and go-mail; takes minutes
	go test -run '^$$' -bench . -benchtime 1x -timeout 60m ./internal/app
	go test -run '^$$' -bench . -benchmem -timeout 60m $$(go list ./... | grep -v '/internal/app$$')

fmt: ## format the code
	gofmt -w .

docs: ## write docs/CONFIG.md anew from the code
	go test ./internal/config -run Reference -update

clean: ## remove what was built
	rm -rf bin
