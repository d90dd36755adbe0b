package cli

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/campaignfile"
	"partwork/internal/drip"
)

func newCheck(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [CAMPAIGN…]",
		Short: "Say what is wrong with campaigns, with file, line and fix",
		Long: "Reads the campaign files, composes every issue for every persona, looks for times and texts that\n" +
			"do not fit the calendar, and runs the tests in series_test.yaml. It needs neither a database nor\n" +
			"a configuration (without one, the folder is ./campaigns); where there is a database, it says which\n" +
			"tags and attributes in an only_if nobody has. The exit status is 3 if there is an\n" +
			"error or a test fails; warnings are only shown.\n\n" +
			"Nothing is fetched from anywhere, unless --links asks for it: then every https link of the issues\n" +
			"is asked for once, without cookies, and one page of a site at a time.",
		Example: "  partwork check\n  partwork check garden-notes\n  partwork check --links\n" +
			"  partwork check --json | jq -r '.[].file'",
		Args:              argCount(0, -1),
		ValidArgsFunction: e.completeCampaigns(0, -1),
	}
	var fetch bool
	cmd.Flags().BoolVar(&fetch, "links", false, "also fetch every https link once, and say which lead nowhere")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return e.check(cmd.Context(), args, fetch, *asked) }
	return cmd
}

func (e *env) check(ctx context.Context, campaigns []string, fetch, asJSON bool) error {
	f, err := e.openFolder()
	if err != nil {
		return err
	}
	defer f.close()
	for _, id := range campaigns {
		if !f.holds(id) {
			_, err := f.campaign(id)
			return err
		}
	}
	tests := f.seriesTests(campaigns)
	more := append(tests.Findings, e.strangers(ctx, f)...)
	var fetched *links
	if fetch {
		if fetched, err = e.fetchLinks(ctx, f, campaigns); err != nil {
			return err
		}
		more = append(more, fetched.findings...)
	}
	findings := slices.DeleteFunc(f.findings(more), func(finding drip.Finding) bool {
		return !f.concerns(finding, campaigns)
	})
	errors, warnings := severities(findings)
	if asJSON {
		if findings == nil {
			findings = []drip.Finding{}
		}
		if err := e.document(findings); err != nil {
			return err
		}
	} else {
		for _, finding := range findings {
			e.say("%s", printable(finding.String()))
		}
		e.say("%s", f.summary(campaigns, testsText(tests)+fetched.text(), errors, warnings))
	}
	if errors > 0 {
		return errFindings
	}
	if !asJSON {
		e.stepAfterCheck(f, campaigns)
	}
	return nil
}

// fetchLinks looks at the links of the campaigns.
func (e *env) fetchLinks(ctx context.Context, f *folder, campaigns []string) (*links, error) {
	l := f.links(campaigns)
	e.note("fetching %s from %s", count(len(l.uses), "link"), count(len(l.sites), "site"))
	return l, l.fetch(ctx, e.links)
}

// concerns reports whether a finding is about one of the campaigns; about any
// if none is named. What is not about a single campaign concerns all.
func (f *folder) concerns(finding drip.Finding, campaigns []string) bool {
	inside := strings.TrimPrefix(finding.File, f.name+"/")
	if len(campaigns) == 0 || inside == finding.File {
		return true
	}
	top, _, _ := strings.Cut(path.Clean(inside), "/")
	return slices.Contains(campaigns, top)
}

// summary is the last line: what was looked at, and what came of it.
func (f *folder) summary(campaigns []string, more string, errors, warnings int) string {
	good, issues := 0, 0
	for _, c := range f.library.Campaigns {
		if len(campaigns) == 0 || slices.Contains(campaigns, c.ID) {
			good++
			issues += len(c.Issues)
		}
	}
	verdict := "all is well"
	if errors > 0 || warnings > 0 {
		verdict = errorsAndWarnings(errors, warnings)
	}
	return verdict + " (" + count(good, "campaign") + " with " + count(issues, "issue") + " can be read" + more + ")"
}

// testsText says how many series tests pass, if there are any.
func testsText(tests campaignfile.SeriesTests) string {
	switch all := tests.Passed + tests.Failed; {
	case all == 0:
		return ""
	case tests.Failed > 0:
		return fmt.Sprintf(", %d of %s failing", tests.Failed, count(all, "series test"))
	case all == 1:
		return ", 1 series test passes"
	default:
		return fmt.Sprintf(", %d series tests pass", all)
	}
}

// seriesTests runs the series tests of the campaigns that can be read; of all if
// none is named.
func (f *folder) seriesTests(campaigns []string) campaignfile.SeriesTests {
	var all campaignfile.SeriesTests
	for _, c := range f.library.Campaigns {
		if len(campaigns) == 0 || slices.Contains(campaigns, c.ID) {
			tests := campaignfile.RunSeriesTests(f.root.FS(), c, f.options)
			all.Passed += tests.Passed
			all.Failed += tests.Failed
			all.Findings = append(all.Findings, tests.Findings...)
		}
	}
	return all
}

// severities counts findings by severity.
func severities(findings []drip.Finding) (errors, warnings int) {
	for _, finding := range findings {
		if finding.Severity == drip.SeverityError {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}
