package campaignfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/campaigns"
)

// TestShippedSeries runs the series tests of the campaigns that ship.
func TestShippedSeries(t *testing.T) {
	t.Parallel()
	for _, c := range Load(campaigns.Files(), Options{}).Campaigns {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			result := RunSeriesTests(campaigns.Files(), c, Options{Name: "campaigns"})
			for _, finding := range result.Findings {
				t.Error(finding)
			}
			if result.Failed > 0 || result.Passed < 5 {
				t.Errorf("%d tests pass, %d fail; expected at least 5, and none to fail", result.Passed, result.Failed)
			}
		})
	}
}

// TestSeriesTests checks what series tests say against golden files.
func TestSeriesTests(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"series-tests", "series-tests-broken"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := os.DirFS(filepath.Join("testdata", name))
			lib := Load(fsys, Options{Name: "campaigns", Today: today})
			if len(lib.Campaigns) != 1 || len(lib.Findings) > 0 {
				t.Fatalf("series tests took part in loading: %v", transcript(lib))
			}
			result := RunSeriesTests(fsys, lib.Campaigns[0], Options{Name: "campaigns"})
			text := transcript(Library{Findings: result.Findings})
			golden(t, name+"-run", fmt.Sprintf("%s%d passed, %d failed\n", text, result.Passed, result.Failed))
			checkFindings(t, result.Findings)
		})
	}
}

// TestMisnamedSeriesTests checks that tests in a file of another name are noticed.
func TestMisnamedSeriesTests(t *testing.T) {
	t.Parallel()
	fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/series-tests.yml", "[]")
	result := RunSeriesTests(fsys, loadOne(t, fsys), Options{})
	if len(result.Findings) != 1 || result.Findings[0].File != "plain/series-tests.yml" || result.Passed+result.Failed != 0 {
		t.Errorf("got %+v", result)
	}
}

// TestSeriesTestsAreNoCampaign checks that nobody is told to rename the tests to
// campaign.yaml.
func TestSeriesTestsAreNoCampaign(t *testing.T) {
	t.Parallel()
	for _, finding := range Load(files("plain/series_test.yaml", "[]"), Options{}).Findings {
		if strings.Contains(finding.String(), seriesTestFile) {
			t.Error(finding)
		}
	}
}

// TestOneClockForAll checks that times are on the campaign's clock if it has one
// for all readers, wherever they live.
func TestOneClockForAll(t *testing.T) {
	t.Parallel()
	const test = `- name: lives in Tokyo, then in Lima
  zone: Asia/Tokyo
  joins: Wed 2026-03-25 10:00
  events: [{at: 2026-03-26 10:00, zone: America/Lima}]
  expect: [{issue: welcome, at: Wed 2026-03-25 10:00}, {issue: more, at: Tue 2026-03-31 09:00}]
- name: lives anywhere
  joins: Wed 2026-03-25 10:00
  expect: [{issue: welcome, at: 2026-03-25 10:00}, {issue: more, at: 2026-03-31 09:00}]
`
	fsys := files("plain/campaign.yaml", goodCampaign+"timezone: Europe/Berlin\n", "plain/01-a.md", goodIssue,
		"plain/02-b.md", strings.Replace(goodIssue, "id: welcome", "id: more", 1), "plain/series_test.yaml", test)
	result := RunSeriesTests(fsys, loadOne(t, fsys), Options{})
	if result.Passed != 2 || result.Failed != 0 {
		t.Errorf("got %+v", result)
	}
}

func FuzzSeriesTests(f *testing.F) {
	for _, name := range []string{campaigns.GardenNotes, campaigns.MSTherapies} {
		text, err := fs.ReadFile(campaigns.Files(), name+"/"+seriesTestFile)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("- name: a\n  zone: UTC\n  joins: 9999-12-31 23:59\n  pace: 52\n  expect: []\n"))
	f.Add([]byte("- name: a\n  zone: UTC\n  imported: 0001-01-01 00:00\n  events: [{at: 0001-01-01 00:00, relay_down_until: 9999-12-31}]\n  expect: []\n"))
	f.Add([]byte("- name: a\n  zone: Pacific/Apia\n  joins: 2011-12-30 09:00\n  events: [{at: 2011-12-31 00:00, send_next: true}]\n  expect: [{}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := files("plain/campaign.yaml", goodCampaign+"quiet: [03-01..12-24]\n", "plain/01-a.md", goodIssue,
			"plain/02-b.md", strings.Replace(goodIssue, "id: welcome", "id: ms-basics\nskip_slots: 2", 1), "plain/series_test.yaml", string(text))
		start := time.Now()
		result := RunSeriesTests(fsys, loadOne(t, fsys), Options{})
		if spent := time.Since(start); spent > 20*time.Second {
			t.Errorf("%d bytes took %v", len(text), spent)
		}
		checkFindings(t, result.Findings)
		if (result.Failed > 0) != (len(result.Findings) > 0) {
			t.Errorf("%d tests failed with findings %v", result.Failed, result.Findings)
		}
	})
}
