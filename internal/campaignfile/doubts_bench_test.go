package campaignfile

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"partwork/internal/drip"
)

// longSeries are the files of a campaign of so many issues, of about a thousand words
// each: most paragraphs name a year, one a day of the week, and one a date to come.
func longSeries(issues int) fstest.MapFS {
	fsys := fstest.MapFS{"letters/campaign.yaml": {Data: []byte("id: letters\nkey: q7w2er\ntitle: Letters\nfrom: \"Letters <letters@example.org>\"\n" +
		"schedule: \"0 9 * * TUE\"\ntimezone: subscriber\ndefault_timezone: Europe/London\npostal_address: \"7 Post Lane, Leeds\"\n")}}
	for i := range issues {
		day := []string{"some day", "Tuesday"}[i%2]
		fsys[fmt.Sprintf("letters/%03d-issue.md", i+1)] = &fstest.MapFile{Data: []byte(fmt.Sprintf(
			"---\nid: issue-%d\nsubject: Letter %d\npreheader: What the post brought.\n---\n\nDear {{.Subscriber.Name | default \"friend\"}},\n\n%s\n\nThe post comes on %s, and in 2027 too. [More](https://example.org/%d)\n",
			i+1, i+1, strings.Repeat("The tide was out, and the boats lay on their *sides* in the mud as if somebody had thought better of the sea in 1987.\n\n", 40), day, i))}
	}
	return fsys
}

func BenchmarkDoubts(b *testing.B) {
	fsys := longSeries(300)
	opts := Options{Today: today}
	library := Load(fsys, opts)
	if len(library.Campaigns) != 1 {
		b.Fatal(library.Findings)
	}
	var found []drip.Finding
	for b.Loop() {
		found = Doubts(fsys, library.Campaigns[0], opts)
	}
	b.ReportMetric(float64(len(found)), "findings")
}
