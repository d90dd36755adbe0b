package cli

import (
	"github.com/spf13/cobra"

	"partwork/internal/app"
)

// signUpPage is the JSON of campaign form.
type signUpPage struct {
	Campaign string `json:"campaign"`
	// Open tells that people can join by themselves.
	Open bool   `json:"open"`
	Page string `json:"page"`
	Form string `json:"form"`
}

func newCampaignForm(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "form CAMPAIGN",
		Short: "Print the sign-up form of a campaign, to be put into any web page",
		Long: "Prints the HTML of a form with which people sign up for a campaign, to be put into a page of any site.\n" +
			"It needs no script and loads nothing. Whoever sends it in comes to the campaign's sign-up page, looks it\n" +
			"over, and presses the button once more; then they get a mail and confirm. A link to that page does as well.\n" +
			"People can sign up if campaign.yaml says so; docs/SIGNUP.md has the rest.",
		Example:           "  partwork campaign form garden-notes\n  partwork campaign form garden-notes --json",
		Args:              argCount(1, 1),
		ValidArgsFunction: e.completeCampaigns(0, 1),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.looking(cmd.Context(), app.LookAtFiles, func(in *app.Instance) error {
			if _, err := campaignRecord(cmd.Context(), in, args[0]); err != nil {
				return err
			}
			program, err := in.Library.Campaign(args[0])
			if err != nil {
				return failf("`partwork check "+args[0]+"` says what is wrong with it", "campaign %q cannot be read", args[0])
			}
			p := signUpPage{Campaign: args[0], Open: program.Campaign.SignUp.Open}
			if p.Form, p.Page, err = in.SignUpSnippet(program.Campaign); err != nil {
				return err
			}
			if *asked {
				return e.document(p)
			}
			e.showSignUpPage(p)
			return nil
		})
	}
	return cmd
}

func (e *env) showSignUpPage(p signUpPage) {
	e.say("%s", p.Form)
	e.note("the page itself: %s", p.Page)
	if !p.Open {
		e.note("nobody can sign up yet: add to campaigns/%s/campaign.yaml\n  signup:\n    open: true\n    consent: \"I want to get these letters by email. I can stop at any time.\"", p.Campaign)
	}
}
