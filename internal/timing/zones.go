package timing

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Zones loads time zones by name and keeps them. It is safe for concurrent use.
// A zone is the same pointer every time.
type Zones struct {
	loaded sync.Map // string → *time.Location
}

// NewZones returns an empty cache.
func NewZones() *Zones { return &Zones{} }

// Load returns the zone with the given IANA name, such as "Europe/London" or
// "UTC". Everything else is an error: the host's own zone, an empty name, paths,
// and the copies that some hosts keep under posix/ and right/.
func (z *Zones) Load(name string) (*time.Location, error) {
	if loc, ok := z.loaded.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if err := checkZone(name); err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q; use an IANA name such as Europe/London", name)
	}
	kept, _ := z.loaded.LoadOrStore(name, loc)
	return kept.(*time.Location), nil
}

// checkZone refuses names that [time.LoadLocation] would take but that do not
// mean the same on every host.
func checkZone(name string) error {
	lower := strings.ToLower(name)
	switch {
	case name == "":
		return fmt.Errorf("the time zone is empty; use an IANA name such as Europe/London")
	case lower == "local" || lower == "localtime" || lower == "posixrules":
		return fmt.Errorf("time zone %q depends on the host; use an IANA name such as Europe/London", name)
	case strings.HasPrefix(lower, "posix/") || strings.HasPrefix(lower, "right/") || !zoneName(name):
		return fmt.Errorf("%q is not an IANA time zone name such as Europe/London", name)
	}
	return nil
}

// zoneName reports whether name has the form of the names in the database:
// parts of letters, digits, "_", "+" and "-", joined by "/", starting with a
// capital letter.
func zoneName(name string) bool {
	if len(name) > 64 || name[0] < 'A' || name[0] > 'Z' {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.Trim(part, zoneLetters) != "" {
			return false
		}
	}
	return true
}

const zoneLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-"
