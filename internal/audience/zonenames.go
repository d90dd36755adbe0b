package audience

import (
	"strings"

	"partwork/internal/timing"
)

// maxStrangeZones bounds how many wrong zone names an import remembers.
const maxStrangeZones = 100

// zoneNames checks the zones of an import, looking each name up once.
type zoneNames struct {
	zones   *timing.Zones
	known   map[string]string // as written → as kept, so that rows share it
	strange map[string]bool
}

// zoneVerdict is what became of a zone cell.
type zoneVerdict struct {
	name    string // the IANA name; empty if blank or unknown
	strange string // how to show a name that is unknown; empty if it is known
}

func newZoneNames(zones *timing.Zones) *zoneNames {
	return &zoneNames{zones: zones, known: map[string]string{}, strange: map[string]bool{}}
}

// check looks a cell up.
func (z *zoneNames) check(cell []byte) zoneVerdict {
	if len(cell) == 0 {
		return zoneVerdict{}
	}
	if name, ok := z.known[string(cell)]; ok {
		return zoneVerdict{name: name}
	}
	written := string(cell)
	if z.strange[written] {
		return zoneVerdict{strange: showZone(written)}
	}
	if _, err := z.zones.Load(written); err == nil {
		z.known[written] = written
		return zoneVerdict{name: written}
	}
	if len(z.strange) < maxStrangeZones {
		z.strange[written] = true
	}
	return zoneVerdict{strange: showZone(written)}
}

// showZone quotes a name that is no zone. Columns get mixed up: what might be
// an address is not repeated.
func showZone(written string) string {
	if strings.Contains(written, "@") {
		return "(hidden, it looks like an address)"
	}
	return quoteShort(written)
}
