package campaignfile

import (
	"fmt"
	"strings"
	"testing"

	"partwork/internal/timing"
)

func withOnlyIf(yaml string) string {
	return strings.Replace(goodIssue, "subject:", "only_if: "+yaml+"\nsubject:", 1)
}

func TestOnlyIfIsRead(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"tag:newly-diagnosed and country = DE":    "tag:newly-diagnosed and country = DE",
		`'tag:"two words"'`:                       `tag:"two words"`,
		"joined < 4w ago # not for the old hands": "joined < 28d ago",
		"had = plain/welcome":                     "had = plain/welcome",
		"|\n  tag:a\n  or tag:b":                  "tag:a or tag:b",
	} {
		second := strings.ReplaceAll(withOnlyIf(yaml), "id: welcome", "id: second")
		c := loadOne(t, files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/02-b.md", second))
		if got := c.Issues[1].OnlyIf.String(); got != want || !c.Selective() || !c.Issues[0].OnlyIf.Empty() {
			t.Errorf("%s was read as %s, want %s", yaml, got, want)
		}
	}
	if loadOne(t, files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue)).Selective() {
		t.Error("a campaign for everybody is for some")
	}
}

// What is wrong with a filter is said with the file, the line and the character.
func TestOnlyIfIsWrong(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"tag:vip and country == DE": `plain/01-a.md:3: only_if: character 21: found "==", at tag:vip and country ▸== DE (write =)`,
		"joind < 3d ago":            `plain/01-a.md:3: only_if: character 1: there is no field "joind", at ▸joind < 3d ago (did you mean joined?`,
		"tag:vip and":               `plain/01-a.md:3: only_if: character 12: found the end of the filter`,
		"":                          `plain/01-a.md:3: only_if is no value; expected a text (write a filter`,
		"3":                         `plain/01-a.md:3: only_if is the number 3; expected a text`,
		"[vip]":                     `plain/01-a.md:3: only_if is a list; expected a text`,
		"had = other/hello":         `plain/01-a.md:3: only_if: had looks at this series alone, and "other/hello" is of another (tag the people`,
	} {
		c, findings := LoadOne(files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", withOnlyIf(yaml)), "plain", Options{})
		if c != nil || len(findings) != 1 {
			t.Errorf("%s: the findings are %v", yaml, findings)
			continue
		}
		if got := findings[0].String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: it says\n%s\nwant\n%s", yaml, got, want)
		}
	}
}

// What can be read but selects nobody is doubted.
func TestOnlyIfIsDoubted(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"had = welcom":          `no issue of this series has the id "welcom"; did you mean welcome?`,
		"had = plain/welcome":   "",
		"had = second":          "nobody has had this issue before it is sent; write the id of another issue",
		"not status = finished": "whoever an issue is sent to is active in the series, and never finished; remove the test",
		"status = active or had = welcome or attr:status = left": "",
	} {
		second := strings.ReplaceAll(withOnlyIf(yaml), "id: welcome", "id: second")
		fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/02-b.md", second)
		var got string
		for _, f := range Doubts(fsys, loadOne(t, fsys), Options{Today: timing.Date(739000)}) {
			if f.Rule == RuleOnlyIf {
				got += f.Message + "; " + f.Fix
				if f.File != "plain/02-b.md" || f.Line != 3 {
					t.Errorf("%s: it is said of %s:%d", yaml, f.File, f.Line)
				}
			}
		}
		if got = strings.TrimPrefix(got, "only_if: "); got != want {
			t.Errorf("%s: it says %q, want %q", yaml, got, want)
		}
	}
}

// A reader of a series test has what the test says, and nothing else is known of them.
func TestSeriesTestsKnowTheReader(t *testing.T) {
	t.Parallel()
	const reader = "- name: %s\n  zone: Europe/London\n  imported: 2026-03-20 10:00\n%s  expect: [%s]\n"
	for given, expect := range map[string]string{
		"":                              "{issue: welcome, at: Tue 2026-03-24 09:00}, {issue: last, at: Tue 2026-03-31 09:00, because: only if had = welcome}",
		"  tags: [VIP]\n":               "{issue: welcome, at: Tue 2026-03-24 09:00}, {issue: second, at: Tue 2026-03-31 09:00}, {issue: last, at: Tue 2026-04-07 09:00}",
		"  attributes: {Country: de}\n": "{issue: welcome, at: Tue 2026-03-24 09:00}, {issue: second, at: Tue 2026-03-31 09:00}, {issue: last, at: Tue 2026-04-07 09:00}",
		"  tags: [x]\n  attributes: {a: \"1\"}\n": "{issue: welcome, at: Tue 2026-03-24 09:00}, {issue: last, at: Tue 2026-03-31 09:00}",
	} {
		fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue,
			"plain/02-b.md", strings.ReplaceAll(withOnlyIf("tag:vip or country = DE"), "id: welcome", "id: second"),
			"plain/03-c.md", strings.ReplaceAll(withOnlyIf("had = welcome"), "id: welcome", "id: last"),
			"plain/series_test.yaml", fmt.Sprintf(reader, "one", given, expect))
		result := RunSeriesTests(fsys, loadOne(t, fsys), Options{})
		if result.Passed != 1 || len(result.Findings) > 0 {
			t.Errorf("with %q: %v", given, result.Findings)
		}
	}
}

// Personas have tags, and filters see them and their attributes.
func TestPersonasHaveTags(t *testing.T) {
	t.Parallel()
	const list = "- {email: anna@example.org, tags: [VIP, two words], attributes: {Country: DE}}\n- {email: ben@example.org, tags: [\"\"]}\n- {email: cleo@example.org, tags: vip}\n"
	c := loadOne(t, files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue))
	c.Personas = "personas.yaml"
	personas, findings := Personas(files("plain/personas.yaml", list), c, Options{})
	if len(personas) != 1 || len(findings) != 2 || findings[0].Line != 2 || !strings.Contains(findings[0].Message, "the tag is empty") {
		t.Fatalf("%+v, %v", personas, findings)
	}
	who := personas[0].Facts()
	if got := strings.Join(who.Tags, ","); got != "vip,two words" || who.Attributes["country"] != "DE" {
		t.Errorf("known is %+v", who)
	}
}
