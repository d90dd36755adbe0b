package timing

import (
	_ "embed"
	"strings"
)

// The places of the tz database whose clocks differ, or differed since 1970:
// without the older names of the same clock.
//
//go:embed names.txt
var names string

// Names returns the IANA names of the zones in which people live, sorted. Each
// stands for all places whose clocks have shown the same since 1970.
func Names() []string { return strings.Fields(names) }
