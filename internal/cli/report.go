package cli

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/report"
)

func newReport(e *env) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "report [CAMPAIGN]",
		Short: "Say how series go: issue by issue, readers by week, zones, who is stuck",
		Long: "Counts, for each issue, for how many it was due, and what became of it; how many readers joined, left\n" +
			"and finished in each of the last 26 weeks; where their clocks are; and who has been waiting for more\n" +
			"than a day for something that does not come by itself. Left after an issue are those who left by\n" +
			"themselves when it was the last they got. Opens, clicks and names are not in it: nobody is tracked.\n" +
			"With --html it writes all that as one page with pictures, which loads nothing.",
		Example: "  partwork report\n  partwork report garden-notes --html report.html\n  partwork report garden-notes --json | jq '.series[0].churn'",
		Args:    argCount(0, 1), ValidArgsFunction: e.completeCampaigns(0, 1),
	}
	cmd.Flags().StringVar(&file, "html", "", "write one page with pictures to `FILE`")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if file != "" && *asked {
			return usagef("", "--json and --html are two ways to get the same; choose one")
		}
		return e.observe(cmd.Context(), func(o *app.Observer) error {
			r, err := seriesReport(cmd.Context(), o, args, e.now())
			switch {
			case err != nil:
				return err
			case *asked:
				return e.document(r)
			case file != "":
				return e.reportPage(file, r)
			}
			e.showReport(r)
			return nil
		})
	}
	return cmd
}

// seriesReport reports of one campaign, or of all.
func seriesReport(ctx context.Context, o *app.Observer, args []string, now time.Time) (*report.Report, error) {
	r := &report.Report{Made: now.UTC().Truncate(time.Second), Series: []report.Series{}}
	var ids []string
	for _, record := range o.Records() {
		ids = append(ids, record.ID)
	}
	if len(args) > 0 {
		if _, err := observed(o, args[0]); err != nil {
			return nil, err
		}
		ids = args
	}
	for _, id := range ids {
		s, err := o.Report(ctx, id)
		if err != nil {
			return nil, err
		}
		r.Series = append(r.Series, s)
	}
	return r, nil
}

// reportPage writes the page, whole or not at all.
func (e *env) reportPage(file string, r *report.Report) error {
	var page bytes.Buffer
	if err := report.WritePage(&page, r); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if errors.Is(err, fs.ErrNotExist) {
		return failf("", "the folder %s does not exist", filepath.Dir(file))
	}
	if err != nil {
		return failf("name a file in a folder that can be written", "the report cannot be written: %v", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(page.Bytes())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return failf("", "the report cannot be written: %v", err)
	}
	if len(r.Series) == 0 {
		e.say("wrote %s; it has no series", file)
		return nil
	}
	e.say("wrote %s; it has %d series, and nobody's name or address", file, len(r.Series))
	return nil
}

func (e *env) showReport(r *report.Report) {
	if len(r.Series) == 0 {
		e.say("there is no series in the database yet; `partwork serve` takes in those that the files have")
		return
	}
	for i := range r.Series {
		if i > 0 {
			e.say("")
		}
		e.showSeries(&r.Series[i])
	}
}

func (e *env) showSeries(s *report.Series) {
	t := newTable(e.stdout)
	t.row("campaign:", s.Campaign+", "+s.State)
	t.row("title:", dash(s.Title))
	t.row("readers:", strings.Join([]string{
		report.Number(s.Readers.Active) + " active", report.Number(s.Readers.Pending) + " pending",
		report.Number(s.Readers.Finished) + " finished", report.Number(s.Readers.Left) + " left",
	}, ", "))
	t.row("left lately:", report.Number(s.Churn.Left)+" of "+report.Number(s.Churn.Of)+" in "+strconv.Itoa(report.ChurnWeeks)+" weeks, "+report.Share(s.Churn.Share()))
	t.flush()
	e.reportIssues(s)
	e.reportWeeks(s.Weeks)
	e.reportZones(s.Zones)
	e.reportStuck(s)
}

func (e *env) reportIssues(s *report.Series) {
	if len(s.Issues) > 0 {
		e.say("")
		t := newTable(e.stdout, "ISSUE", "DUE", "SENT", "LATE", "ON ITS WAY", "PUT OFF", "UNKNOWN", "REFUSED", "SKIPPED", "LEFT AFTER IT")
		for _, is := range s.Issues {
			name := is.Issue
			if is.Removed {
				name += " (removed)"
			}
			cells := []string{name}
			for _, n := range []int{is.Due, is.Sent, is.Late, is.Waiting, is.Deferred, is.Unknown, is.Refused, is.Skipped, is.LeftAfter} {
				cells = append(cells, report.Number(n))
			}
			t.row(cells...)
		}
		t.flush()
	}
	if s.LeftBefore > 0 {
		e.say("%s left before the first issue", report.Number(s.LeftBefore))
	}
}

func (e *env) reportWeeks(weeks []report.Week) {
	if len(weeks) == 0 {
		return
	}
	e.say("")
	t := newTable(e.stdout, "WEEK OF", "JOINED", "LEFT", "FINISHED", "READING")
	for _, w := range weeks {
		t.row(w.From.Format(time.DateOnly), report.Number(w.Joined), report.Number(w.Left), report.Number(w.Finished), report.Number(w.Readers))
	}
	t.flush()
}

func (e *env) reportZones(zones []report.Zone) {
	if len(zones) == 0 {
		return
	}
	e.say("")
	t := newTable(e.stdout, "TIME ZONE", "READERS")
	for i, z := range zones {
		if i == 20 && len(zones) > 21 {
			t.row(strconv.Itoa(len(zones)-i)+" others", "(--json has all)")
			break
		}
		name := z.Zone
		if name == "" {
			name = "none of their own"
		}
		t.row(name, report.Number(z.Readers))
	}
	t.flush()
}

func (e *env) reportStuck(s *report.Series) {
	if s.Stuck.All == 0 {
		return
	}
	e.say("")
	e.say("%s waited for more than a day; `partwork subscriber show NUMBER` says why:", cases(s.Stuck.All))
	t := newTable(e.stdout, "SUBSCRIBER", "ISSUE", "WHY", "SINCE")
	for _, one := range s.Stuck.List {
		t.row(strconv.FormatInt(int64(one.Subscriber), 10), dash(one.Issue), report.Why(one.Why), utc(one.Since))
	}
	t.flush()
}

// cases writes "1 case has" or "3 cases have".
func cases(n int) string {
	if n == 1 {
		return "1 case has"
	}
	return report.Number(n) + " cases have"
}
