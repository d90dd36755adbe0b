package cli

import (
	"path"

	"partwork/internal/drip"
)

// Writing a series goes step by step, and each step's output ends with the next one:
// init, new campaign, preview, check, send-test, forecast, approve, serve. Hints go to
// standard error where standard output may be read by a program.

// stepsAfterCampaign says what to do with a campaign that was just made.
func (e *env) stepsAfterCampaign(folder, name string) {
	e.say("made the campaign %s in %s/%s: three drafts that show all there is", name, folder, name)
	e.say("\nnext:\n")
	t := newTable(e.stdout)
	for _, step := range [][2]string{
		{"edit " + folder + "/" + name + "/campaign.yaml", "the lines marked CHANGE: your name, address, schedule"},
		{"partwork preview", "read it in the browser while you write; rewrite or delete the three issues"},
		{"partwork new issue " + name + ` "A title"`, "another draft"},
		{"partwork check " + name, "is everything right?"},
	} {
		t.row("  "+step[0], step[1])
	}
	t.flush()
	e.say("\nan issue is sent when its line \"draft: true\" is gone")
}

// stepWhilePreviewing names the next step beside a preview that runs.
func (e *env) stepWhilePreviewing() {
	e.note("next: open it and leave it running while you write; then `partwork check`, in another terminal, says what is left to correct")
}

// stepAfterCheck names the next step when nothing is wrong.
func (e *env) stepAfterCheck(f *folder, campaigns []string) {
	for _, c := range f.library.Campaigns {
		if f.concerns(drip.Finding{File: path.Join(f.name, c.ID)}, campaigns) {
			e.note("next: `partwork send-test %s/%s --to ADDRESS` sends an issue to you alone (`partwork inbox` is a relay to try it with)", c.ID, c.Issues[0].ID)
			return
		}
	}
}

// stepAfterForecast names the next step for a campaign whose dates are right.
func (e *env) stepAfterForecast(f *folder, c *drip.Campaign) {
	switch first := c.Issues[0]; {
	case first.Draft:
		e.note("next: delete the line \"draft: true\" of %s when its text is done", path.Join(f.name, first.File))
	case c.Review == drip.ReviewRequired:
		e.note("next: `partwork approve %s`, because of review: required; nothing of it is sent before", c.ID)
	default:
		e.stepToServe(c.ID)
	}
}

// stepToServe names the last steps.
func (e *env) stepToServe(campaign string) {
	e.note("next: `partwork subscriber add ADDRESS --enroll %s --consent \"how they agreed\"` or `partwork import` lets readers in, and `partwork serve` sends", campaign)
}
