package timing

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// The years whose clock changes are fingerprinted.
const rulesFrom, rulesTo = 2026, 2041

// Rules fingerprints the clocks of the world as this process knows them: the
// changes of all zones of Names, in the years from 2026 to 2040. Another
// fingerprint means that slots to come may be at other instants than before. It
// takes some milliseconds.
func Rules() string {
	h := sha256.New()
	zones := NewZones()
	until := time.Date(rulesTo, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range Names() {
		loc, err := zones.Load(name)
		if err != nil {
			fmt.Fprintf(h, "%s is unknown\n", name)
			continue
		}
		t := time.Date(rulesFrom, 1, 1, 0, 0, 0, 0, time.UTC).In(loc)
		_, offset := t.Zone()
		fmt.Fprintf(h, "%s %d", name, offset)
		for end := periodEnd(t); !end.IsZero() && end.Before(until); end = periodEnd(t) {
			t = end.In(loc)
			_, offset = t.Zone()
			fmt.Fprintf(h, " %d %d", end.Unix(), offset)
		}
		fmt.Fprintln(h)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
