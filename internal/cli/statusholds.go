package cli

import (
	"context"
	"fmt"
	"strconv"

	"partwork/internal/app"
	"partwork/internal/web/private"
)

// countWaiting counts what could have left by now, if something holds it back.
func (r *statusReport) countWaiting(ctx context.Context, in *app.Instance) error {
	if !r.Serving || len(r.Holds)+len(r.Troubles) == 0 {
		return nil
	}
	var err error
	r.Waiting, err = in.Store.Waiting(ctx, in.Now())
	return err
}

// heldBack says what holds letters back, how many wait and until when.
func (r statusReport) heldBack() []string {
	var lines []string
	for _, h := range r.Holds {
		lines = append(lines, heldLine(h))
	}
	if r.Waiting > 0 {
		lines = append(lines, waits(r.Waiting)+" in all, because of the above")
	}
	return lines
}

func heldLine(h private.Hold) string {
	until := ""
	if !h.Until.IsZero() {
		until = " until " + utc(h.Until)
	}
	switch h.Kind {
	case "warmup":
		return fmt.Sprintf("the %s that %s may take today have left; the rest waits%s", count(h.Allowance, "letter"), h.Relay, until)
	case "throttle":
		return h.Relay + " asked for fewer letters: they leave more slowly for a while"
	}
	why := ", because of its limit"
	if h.Slowed {
		why = ", which asked for fewer letters"
	}
	return waits(h.Waiting) + " for " + printable(h.Domain) + why + "; the next leaves" + nextAt(h)
}

func nextAt(h private.Hold) string {
	if h.Until.IsZero() {
		return " in its turn"
	}
	return " after " + h.Until.UTC().Format("2006-01-02 15:04:05") + " UTC"
}

// waits writes "1 letter waits" or "3 letters wait".
func waits(n int) string {
	if n == 1 {
		return "1 letter waits"
	}
	return strconv.Itoa(n) + " letters wait"
}

// pauses says which campaigns were paused by themselves, and what to do.
func (r statusReport) pauses() []string {
	var needs []string
	for _, c := range r.Campaigns {
		if c.PauseReason != "" {
			needs = append(needs, fmt.Sprintf("needs you: %s was paused, because %s. %s", c.Campaign, printable(c.PauseReason), afterPause(c.Campaign)))
		}
	}
	return needs
}

// afterPause says what to do about a campaign that was paused by itself.
func afterPause(campaign string) string {
	return fmt.Sprintf("`partwork log --campaign %s` shows what was refused; when that is put right: partwork campaign resume %s", campaign, campaign)
}
