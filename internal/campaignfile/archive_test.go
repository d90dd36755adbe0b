package campaignfile

import (
	"strings"
	"testing"
	"testing/fstest"

	"partwork/internal/drip"
)

func TestArchive(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lines  string
		want   drip.Archive
		errors int
		warns  int
	}{
		{"", drip.ArchiveOff, 0, 0},
		{"archive: off\n", drip.ArchiveOff, 0, 0},
		{"archive: public\n", drip.ArchivePublic, 0, 0},
		{"archive: indexed\n", drip.ArchiveIndexed, 0, 0},
		{"archive: public\ndiscreet: true\n", drip.ArchivePublic, 0, 1},
		{"archive: off\ndiscreet: true\n", drip.ArchiveOff, 0, 0},
		{"archive: everybody\n", "", 1, 0},
		{"archive: true\n", "", 1, 0},
	} {
		files := fstest.MapFS{
			"plain/campaign.yaml": {Data: []byte(`id: plain
key: s7k2qd
title: Plain
from: "Plain <plain@example.net>"
schedule: "0 9 * * TUE"
timezone: UTC
postal_address: "1 Street, Town"
` + tc.lines)},
			"plain/01-one.md": {Data: []byte("---\nid: one\nsubject: One\npreheader: The first\n---\n\nText.\n")},
		}
		c, findings := LoadOne(files, "plain", Options{})
		errors, warns := 0, 0
		for _, f := range findings {
			switch {
			case f.Severity == drip.SeverityError:
				errors++
			case f.Rule == RuleArchive:
				warns++
			}
		}
		if errors != tc.errors || warns != tc.warns || tc.errors == 0 && (c == nil || c.Archive != tc.want) {
			t.Errorf("%q: %v", strings.TrimSpace(tc.lines), findings)
		}
	}
}
