package cli

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/campaignfile"
)

// completion is the shape of cobra's dynamic completions.
type completion = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

// completeCampaigns completes the names of campaigns behind that many other
// arguments, for at most that many in all; -1 is any number.
func (e *env) completeCampaigns(behind, most int) completion {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) < behind || most >= 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return e.campaignNames(), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeIssues completes CAMPAIGN/ISSUE: first the campaign, then its issues.
func (e *env) completeIssues(most int) completion {
	return func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if most >= 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		campaign, _, named := strings.Cut(typed, "/")
		if named {
			return e.issueNames(campaign), cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, id := range e.campaignNames() {
			names = append(names, id+"/")
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// campaignNames lists the folders with a campaign.yaml. Nothing is parsed.
func (e *env) campaignNames() []string {
	root, ok := e.completionRoot()
	if !ok {
		return nil
	}
	defer func() { _ = root.Close() }()
	dir, err := root.Open(".")
	if err != nil {
		return nil
	}
	defer func() { _ = dir.Close() }()
	entries, _ := dir.ReadDir(-1)
	var names []string
	for _, entry := range entries {
		if _, err := root.Stat(entry.Name() + "/campaign.yaml"); err == nil {
			names = append(names, entry.Name())
		}
	}
	return names
}

// issueNames lists CAMPAIGN/ISSUE for the issues of one campaign.
func (e *env) issueNames(campaign string) []string {
	root, ok := e.completionRoot()
	if !ok {
		return nil
	}
	defer func() { _ = root.Close() }()
	if strings.ContainsAny(campaign, `/\.`) || campaign == "" {
		return nil
	}
	c, _ := campaignfile.LoadOne(root.FS(), campaign, campaignfile.Options{})
	if c == nil {
		return nil
	}
	var names []string
	for i := range c.Issues {
		names = append(names, campaign+"/"+c.Issues[i].ID)
	}
	return names
}

func (e *env) completionRoot() (*os.Root, bool) {
	cfg, err := e.files()
	if err != nil {
		return nil, false
	}
	root, err := os.OpenRoot(cfg.Campaigns)
	return root, err == nil
}
