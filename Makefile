# `make` lists what can be made.

.DEFAULT_GOAL := help
.PHONY: help build run check test bench figures bugs fmt docs clean

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

bench: ## measure on this machine, beside smtp-source, go-mail and sqlite3; takes minutes, and with PARTWORK_BENCH_LONG=1 an hour
	go test -run '^$$' -bench . -benchtime 1x -timeout 120m ./internal/app
	go test -run '^$$' -bench 'Start|Size|Answers' -benchtime 1x -timeout 60m ./internal/cli ./internal/store/sqlite
	go test -run '^$$' -bench . -skip 'Start|Size|Answers' -benchmem -timeout 60m $$(go list ./... | grep -v '/internal/app$$')

figures: ## measure, and write the table of figures in README.md
	mkdir -p bin
	$(MAKE) --no-print-directory bench > bin/figures.txt
	go test ./internal/app -run Figures -figures $(CURDIR)/bin/figures.txt

bugs: ## build the simulator with each deliberate bug in turn, and see that it notices; takes long
	PARTWORK_BUGS=all go test -run TestBugsAreCaught -timeout 120m ./internal/sim

fmt: ## format the code
	gofmt -w .

docs: ## write docs/CONFIG.md anew from the code
	go test ./internal/config -run Reference -update

clean: ## remove what was built
	rm -rf bin
