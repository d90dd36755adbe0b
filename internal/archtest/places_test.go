package archtest

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// places says for packages of the standard library which rooms may import them,
// tests aside.
var places = map[string][]string{
	"database/sql": {"store/sqlite", "store/postgres"},
	"net/http": {
		"web/public", "web/private", "web/admin", "web/api", "web/page",
		"preview", "inbox", "metrics", "feedback", "app", "cli",
	},
	"math/rand": {},        // math/rand/v2 takes its source as an argument
	"log":       {"inbox"}, // go-smtp takes such a logger; everything else uses log/slog
}

// standardPackagesStay is the rule that databases, HTTP and the like are dealt
// with in their own rooms.
func standardPackagesStay(t *tree) (broken []string) {
	for _, f := range t.files {
		if !f.production() || inWorkshop(f.room) {
			continue
		}
		for imported, place := range f.imports() {
			rooms, listed := places[imported]
			if listed && !slices.Contains(rooms, f.room) {
				broken = append(broken, fmt.Sprintf("%s: %s may not import %s; its rooms are [%s]",
					place, f.room, imported, strings.Join(rooms, " ")))
			}
		}
	}
	return broken
}

// clockless are the rooms to which time comes as an argument: they are pure, or
// they are driven by a simulator.
var clockless = []string{
	"timing", "mailaddr", "token", "segment", "spelling", "drip", "calendar", "campaignfile", "compose", "store",
	"scheduler", "outbox", "audience", "feedback", "sim",
}

// clockNames are the names of package time that read or await a clock.
var clockNames = []string{
	"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer",
}

// timeIsAnArgument is the rule that clockless rooms read no clock.
func timeIsAnArgument(t *tree) (broken []string) {
	for _, f := range t.files {
		if !f.production() || !slices.Contains(clockless, f.room) {
			continue
		}
		f.uses("time", func(node ast.Node, name string) {
			if slices.Contains(clockNames, name) {
				broken = append(broken, fmt.Sprintf("%s: %s uses time.%s; time is an argument there", f.place(node), f.room, name))
			}
		})
	}
	return broken
}

// ownSource are the names of math/rand/v2 that do not draw from the source that
// the whole program shares and that nobody can seed.
var ownSource = []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}

// chanceIsAnArgument is the rule that randomness comes from a source of one's
// own, so that a seed replays a run. The edges of the program may roll dice.
func chanceIsAnArgument(t *tree) (broken []string) {
	edges := []string{"app", "cli"}
	for _, f := range t.files {
		if !f.production() || inWorkshop(f.room) || slices.Contains(edges, f.room) {
			continue
		}
		f.uses("math/rand/v2", func(node ast.Node, name string) {
			if !slices.Contains(ownSource, name) {
				broken = append(broken, fmt.Sprintf("%s: %s uses the global rand.%s; take a *rand.Rand", f.place(node), f.room, name))
			}
		})
	}
	return broken
}
