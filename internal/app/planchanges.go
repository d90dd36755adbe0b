package app

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// Change is one thing that an edit changes.
type Change struct {
	// What is a key of campaign.yaml or of an issue's front matter, or "added",
	// "removed", "moved", "text", "images", "attachments", "file", "templates", or "rules" if no
	// file was edited but everybody is planned anew all the same.
	What string `json:"what"`
	// Issue is the issue's id, empty for what concerns the whole campaign.
	Issue string `json:"issue"`
	// From and To are the values; places in the series with "moved" and "added".
	From string `json:"from"`
	To   string `json:"to"`
	// Unapproved tells that readers get the approved text until the new one is
	// approved, too.
	Unapproved bool `json:"unapproved,omitempty"`
}

// changes lists what an edition changes.
func (p *planning) changes(ctx context.Context, was, is *side, ed *edition) ([]Change, error) {
	list := append([]Change{}, campaignChanges(was.Campaign, is.Campaign)...)
	list = append(list, orderChanges(was.Campaign, is.Campaign)...)
	for i := range is.Campaign.Issues {
		issue := &is.Campaign.Issues[i]
		if old := was.Campaign.Issue(issue.ID); old >= 0 {
			list = append(list, issueChanges(&was.Campaign.Issues[old], issue)...)
		}
	}
	texts, err := p.textChanges(ctx, was, is, ed)
	if list = append(list, texts...); err == nil && len(list) == 0 {
		list = append(list, Change{What: "rules"})
	}
	return list, err
}

// pair is a value before and after.
type pair struct{ what, from, to string }

// differing returns the pairs that differ, as changes of an issue.
func differing(issue string, pairs []pair) []Change {
	var list []Change
	for _, v := range pairs {
		if v.from != v.to {
			list = append(list, Change{What: v.what, Issue: issue, From: v.from, To: v.to})
		}
	}
	return list
}

// campaignChanges compares what campaign.yaml says.
func campaignChanges(was, is *drip.Campaign) []Change {
	pairs := []pair{
		{"key", was.Key, is.Key},
		{"title", was.Title, is.Title},
		{"language", was.Spoken(), is.Spoken()},
		{"from", was.From.String(), is.From.String()},
		{"reply_to", was.ReplyTo.String(), is.ReplyTo.String()},
		{"postal_address", was.PostalAddress, is.PostalAddress},
		{"schedule", was.Schedule.Expr(), is.Schedule.Expr()},
		{"timezone", was.Timezone, is.Timezone},
		{"default_timezone", was.DefaultTimezone, is.DefaultTimezone},
		{"first", string(was.First), string(is.First)},
		{"late_hours", was.LateHours.String(), is.LateHours.String()},
		{"quiet", was.Quiet.String(), is.Quiet.String()},
		{"give_up", strconv.Itoa(was.GiveUp), strconv.Itoa(is.GiveUp)},
		{"reopen_within", length(was.ReopenWithin), length(is.ReopenWithin)},
		{"review", string(was.Review), string(is.Review)},
		{"on_unknown", string(was.OnUnknown), string(is.OnUnknown)},
		{"discreet", strconv.FormatBool(was.Discreet), strconv.FormatBool(is.Discreet)},
		{"images", imagePlace(was), imagePlace(is)},
		{"signup.open", strconv.FormatBool(was.SignUp.Open), strconv.FormatBool(is.SignUp.Open)},
		{"signup.consent", was.SignUp.Form.Text, is.SignUp.Form.Text},
		{"signup.version", was.SignUp.Form.Version, is.SignUp.Form.Version},
		{"archive", string(was.Archive), string(is.Archive)},
	}
	half := func(c *drip.Campaign, d time.Duration) bool { return d == c.Schedule.Interval()/2 }
	if !half(was, was.MinGap) || !half(is, is.MinGap) { // both were "auto", most likely
		pairs = append(pairs, pair{"min_gap", length(was.MinGap), length(is.MinGap)})
	}
	if !half(was, was.MaxLate) || !half(is, is.MaxLate) {
		pairs = append(pairs, pair{"max_late", length(was.MaxLate), length(is.MaxLate)})
	}
	return differing("", pairs)
}

// imagePlace says where readers have the images from, as campaign.yaml does.
func imagePlace(c *drip.Campaign) string {
	if c.HostedImages {
		return "hosted"
	}
	return "embedded"
}

// issueChanges compares what the front matter says.
func issueChanges(was, is *drip.Issue) []Change {
	return differing(is.ID, []pair{
		{"subject", was.Subject, is.Subject},
		{"preheader", was.Preheader, is.Preheader},
		{"draft", strconv.FormatBool(was.Draft), strconv.FormatBool(is.Draft)},
		{"skip_slots", strconv.Itoa(was.SkipSlots), strconv.Itoa(is.SkipSlots)},
		{"not_before", was.NotBefore.String(), is.NotBefore.String()},
		{"late", lateText(was.Late), lateText(is.Late)},
		{"only_if", was.OnlyIf.String(), is.OnlyIf.String()},
		{"review_by", was.ReviewBy.String(), is.ReviewBy.String()},
		{"file", was.File, is.File},
	})
}

func lateText(l drip.LatePolicy) string {
	switch l.Kind {
	case drip.LateWithin:
		return "within " + length(l.Within)
	case "":
		return string(drip.LateSkip)
	}
	return string(l.Kind)
}

// length writes a length of time as campaign.yaml does: 3d12h.
func length(d time.Duration) string {
	text := ""
	for _, unit := range []struct {
		d    time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / unit.d; n > 0 {
			text += strconv.Itoa(int(n)) + unit.name
			d -= n * unit.d
		}
	}
	if text == "" {
		return "0h"
	}
	return text
}

// orderChanges says which issues were added, removed and moved. Of two orders of
// the same issues, as few as possible are called moved.
func orderChanges(was, is *drip.Campaign) []Change {
	var list []Change
	stays := unmoved(was, is)
	for i := range is.Issues {
		id := is.Issues[i].ID
		switch old := was.Issue(id); {
		case old < 0:
			list = append(list, Change{What: "added", Issue: id, To: strconv.Itoa(i + 1)})
		case !stays[id]:
			list = append(list, Change{What: "moved", Issue: id, From: strconv.Itoa(old + 1), To: strconv.Itoa(i + 1)})
		}
	}
	for i := range was.Issues {
		if id := was.Issues[i].ID; is.Issue(id) < 0 {
			list = append(list, Change{What: "removed", Issue: id, From: strconv.Itoa(i + 1)})
		}
	}
	return list
}

// unmoved returns a longest list of issues that both versions have in one order.
func unmoved(was, is *drip.Campaign) map[string]bool {
	var order []int // positions before, in the order after
	for i := range is.Issues {
		if old := was.Issue(is.Issues[i].ID); old >= 0 {
			order = append(order, old)
		}
	}
	best, before := make([]int, len(order)), make([]int, len(order))
	last := -1
	for i := range order {
		best[i], before[i] = 1, -1
		for j := range i {
			if order[j] < order[i] && best[j] >= best[i] {
				best[i], before[i] = best[j]+1, j
			}
		}
		if last < 0 || best[i] > best[last] {
			last = i
		}
	}
	stays := make(map[string]bool)
	for ; last >= 0; last = before[last] {
		stays[was.Issues[order[last]].ID] = true
	}
	return stays
}

// textChanges compares the texts with those that are pinned.
func (p *planning) textChanges(ctx context.Context, was, is *side, ed *edition) ([]Change, error) {
	var list []Change
	templates := false
	for i := range ed.bundles {
		id := ed.campaign.Issues[i].ID
		old := was.Campaign.Issue(id)
		if old < 0 || was.Contents[old] == 0 {
			continue
		}
		data, err := p.Store.Content(ctx, was.Contents[old])
		if err != nil {
			return nil, err
		}
		pinned, err := compose.DecodeBundle(data)
		if err != nil {
			return nil, err
		}
		now := &ed.bundles[i]
		templates = templates || !sameTheme(&pinned, now)
		unapproved := ed.campaign.Review == drip.ReviewRequired && is.Contents[i] == was.Contents[old]
		if pinned.Markdown != now.Markdown {
			list = append(list, Change{What: "text", Issue: id, Unapproved: unapproved})
		} else if !sameImages(ownImages(&pinned), ownImages(now)) {
			list = append(list, Change{What: "images", Issue: id, Unapproved: unapproved})
		}
		if !sameAttachments(pinned.Attachments, now.Attachments) {
			list = append(list, Change{What: "attachments", Issue: id, Unapproved: unapproved})
		}
	}
	if templates {
		list = append(list, Change{What: "templates"})
	}
	return list, nil
}

// sameTheme reports whether all that is around the text is the same.
func sameTheme(a, b *compose.Bundle) bool {
	logos := func(b *compose.Bundle) []compose.Image { return b.Images[:len(b.Images)-len(ownImages(b))] }
	return a.HTML == b.HTML && a.Text == b.Text && a.Style == b.Style && a.Footer == b.Footer &&
		a.LogoAlt == b.LogoAlt && a.LogoWidth == b.LogoWidth && sameImages(logos(a), logos(b))
}

// ownImages returns the images of the text. The logo, if there is one, is the
// first of all.
func ownImages(b *compose.Bundle) []compose.Image {
	if b.LogoWidth > 0 && len(b.Images) > 0 {
		return b.Images[1:]
	}
	return b.Images
}

func sameImages(a, b []compose.Image) bool {
	return slices.EqualFunc(a, b, func(x, y compose.Image) bool { return x.Path == y.Path && bytes.Equal(x.Data, y.Data) })
}

func sameAttachments(a, b []compose.Attachment) bool {
	return slices.EqualFunc(a, b, func(x, y compose.Attachment) bool {
		return x.Name == y.Name && x.Type == y.Type && bytes.Equal(x.Data, y.Data)
	})
}
