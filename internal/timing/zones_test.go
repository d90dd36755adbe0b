package timing

import (
	"strings"
	"sync"
	"testing"
)

func TestZonesLoadEveryName(t *testing.T) {
	t.Parallel()
	zones := NewZones()
	for _, name := range zoneNames(t) {
		first, err := zones.Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		again, err := zones.Load(name)
		if err != nil || first != again || first.String() != name {
			t.Errorf("%s: loaded %v and %v, %v", name, first, again, err)
		}
	}
}

func TestZonesRefuse(t *testing.T) {
	t.Parallel()
	zones := NewZones()
	for _, test := range []struct{ name, want string }{
		{"", "empty"},
		{"Local", "depends on the host"},
		{"local", "depends on the host"},
		{"localtime", "depends on the host"},
		{"/etc/localtime", "not an IANA"},
		{"/usr/share/zoneinfo/Europe/London", "not an IANA"},
		{"../../etc/passwd", "not an IANA"},
		{"Europe/../London", "not an IANA"},
		{"Europe//London", "not an IANA"},
		{"Europe/London/", "not an IANA"},
		{"posix/Europe/London", "not an IANA"},
		{"right/Europe/London", "not an IANA"},
		{"europe/london", "not an IANA"},
		{"Europe/London\n", "not an IANA"},
		{`Europe\London`, "not an IANA"},
		{"+01:00", "not an IANA"},
		{strings.Repeat("A", 65), "not an IANA"},
		{"Europe/Lodnon", `unknown time zone "Europe/Lodnon"`},
		{"Europe", "unknown time zone"},
	} {
		loc, err := zones.Load(test.name)
		if err == nil {
			t.Errorf("%q was taken as %s", test.name, loc)
			continue
		}
		if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "Europe/London") {
			t.Errorf("%q: got %q, want %q", test.name, err, test.want)
		}
	}
}

func TestZonesAreSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	zones := NewZones()
	names := zoneNames(t)
	var wg sync.WaitGroup
	for start := range 8 {
		wg.Go(func() {
			for i := range 100 {
				if _, err := zones.Load(names[(start+i)%len(names)]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
