package archtest

import (
	"fmt"
	"slices"
	"strings"
)

// The floors of the house, from the ground up. A room may import what its line
// in the house lists, and nothing else of this module.
var (
	words     = []string{"timing", "mailaddr", "token", "segment", "spelling"}
	domain    = floor(words, "drip")
	contracts = floor(domain, "calendar", "store", "campaignfile", "compose")
	useCases  = []string{"audience", "scheduler", "outbox", "feedback"}
	adapters  = []string{
		"store/sqlite", "store/postgres", "smtpsend", "web/public", "web/private", "web/admin", "web/api",
		"web/page", "preview", "inbox", "metrics", "fence",
	}
	shipped = []string{"campaigns", "templates"}
)

// house says for every room which rooms it may import.
//
//	timing, mailaddr, token ← drip ← calendar, contracts ← use-cases ← adapters ← app ← cli ← cmd
var house = map[string][]string{
	// Words: they import nothing of this module.
	"timing":   {},
	"mailaddr": {},
	"token":    {},
	"loopback": {}, // which names are this machine's
	"spelling": {}, // which word was meant

	// The language of filters, which knows what a day is.
	"segment": {"timing", "spelling"},

	// The domain.
	"drip": words,

	// The plan, the contracts, and what turns files into domain and back.
	"calendar":     domain,
	"store":        domain,
	"campaignfile": floor(domain, "calendar"),
	"theme":        domain,
	"wording":      floor(domain, "templates"),
	"compose":      floor(domain, "theme", "wording"),
	"config":       words,
	"report":       domain,

	// Use-cases never import each other: they meet in the database only.
	"audience":  contracts,
	"scheduler": contracts,
	"outbox":    contracts,
	"feedback":  contracts,

	// Adapters never import each other, apart from the pages' common layout.
	"store/sqlite":   floor(domain, "store"),
	"store/postgres": floor(domain, "store"),
	"smtpsend":       floor(domain, "outbox"),
	"inbox":          floor(domain, "loopback"),
	"fence":          domain,
	"metrics":        floor(contracts, useCases...),
	"preview":        floor(contracts, floor(shipped, "loopback")...),
	"web/page":       domain,
	"web/public":     floor(contracts, floor(useCases, "web/page", "theme", "wording")...),
	"web/private":    floor(contracts, floor(useCases, "web/page")...),
	"web/admin":      floor(contracts, floor(useCases, "web/page")...),
	"web/api":        floor(contracts, useCases...),

	// The simulator drives the use-cases on a real database, and asks the real
	// connection what replies mean.
	"sim": floor(contracts, floor(useCases, "store/sqlite", "smtpsend")...),

	// The composition root wires everything. Commands reach the database and the
	// readers' pages through it alone.
	"app": floor(contracts, floor(floor(useCases, adapters...), "config", "report", "sim", "theme", "wording", "campaigns", "templates")...),
	"cli": floor(contracts, floor(useCases, "config", "report", "sim", "wording", "preview", "inbox", "smtpsend", "web/private",
		"app", "campaigns", "templates", "loopback")...),
	"cmd/partwork": {"cli"},

	// What ships inside the binary.
	"campaigns": {},
	"templates": {},

	// Only tests import these.
	"testkit":         floor(contracts, "config"),
	"store/storetest": floor(domain, "store", "testkit"),
	"archtest":        {},
	"twin":            {},
}

// testRooms are imported by tests only.
var testRooms = map[string]bool{"testkit": true, "store/storetest": true, "archtest": true, "twin": true}

// workshops are folders of programs that measure the house from outside. They
// import what they like and are imported by nobody.
var workshops = []string{"bench", "tools"}

// badNames are names that say nothing: a package is a noun of the trade.
var badNames = []string{"util", "utils", "common", "models", "types", "helpers", "core", "http", "base", "misc"}

// floor returns the rooms of a floor and some more.
func floor(rooms []string, more ...string) []string {
	return append(slices.Clone(rooms), more...)
}

// inWorkshop reports whether a room is not part of the house.
func inWorkshop(room string) bool {
	return slices.ContainsFunc(workshops, func(w string) bool {
		return room == w || strings.HasPrefix(room, w+"/")
	})
}

// wallsHold is the rule that every room imports only what its line allows. Tests
// may look over walls, but nothing may import test rooms but tests.
func wallsHold(t *tree) (broken []string) {
	for _, f := range t.files {
		if inWorkshop(f.room) {
			continue
		}
		for imported, place := range f.imports() {
			room, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			if problem := f.mayImport(roomOf(room)); problem != "" {
				broken = append(broken, place+": "+problem)
			}
		}
	}
	return broken
}

func (f file) mayImport(room string) string {
	switch {
	case inWorkshop(room):
		return fmt.Sprintf("%s imports %s, which is no part of the house", f.room, room)
	case f.test:
		return ""
	case testRooms[room] && !testRooms[f.room]:
		return fmt.Sprintf("%s imports %s, which only tests may import", f.room, room)
	case !slices.Contains(house[f.room], room):
		return fmt.Sprintf("%s may not import %s; if it must, change its line of the house in house_test.go", f.room, room)
	default:
		return ""
	}
}

// roomsAreKnown is the rule that every package has a line in the house, and a
// name of the trade.
func roomsAreKnown(t *tree) (broken []string) {
	seen := map[string]bool{}
	for _, f := range t.files {
		if seen[f.room] || inWorkshop(f.room) {
			continue
		}
		seen[f.room] = true
		name := f.room[strings.LastIndex(f.room, "/")+1:]
		_, known := house[f.room]
		switch {
		case slices.Contains(badNames, name):
			broken = append(broken, f.path+": a package called "+name+" says nothing; name it after what it is")
		case !known:
			broken = append(broken, f.path+": the room "+f.room+" is unknown; add its line to the house in house_test.go")
		}
	}
	return broken
}
