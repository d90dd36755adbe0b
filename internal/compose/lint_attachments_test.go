package compose

import (
	"strings"
	"testing"

	"partwork/internal/drip"
)

// TestLintAttachments: in a discreet campaign nothing that inboxes show tells the topic,
// and what comes along counts toward the weight of a message.
func TestLintAttachments(t *testing.T) {
	t.Parallel()
	const file = "ms-therapies/01-one.md"
	for name, tc := range map[string]struct {
		attachment      string
		size            int
		discreet, draft bool
		want            string
	}{
		"a telling name":                {attachment: "MS-questions.pdf", discreet: true, want: "error " + file + ":4 discreet"},
		"two telling words":             {attachment: "therapies_for_ms.pdf", discreet: true, want: "error " + file + ":4 discreet\nerror " + file + ":4 discreet"},
		"one in a draft":                {attachment: "MS-questions.pdf", discreet: true, draft: true, want: "warning " + file + ":4 discreet"},
		"a topic that is no secret":     {attachment: "MS-questions.pdf"},
		"a name that tells nothing":     {attachment: "Fragen für den Termin, one at a time.pdf", discreet: true},
		"a word that only begins so":    {attachment: "msg.pdf", discreet: true},
		"a message that is heavy":       {attachment: "a.pdf", size: 800_000, want: "warning " + file + ":0 message-size"},
		"a message that is much too so": {attachment: "a.pdf", size: 3_000_000, want: "error " + file + ":0 message-size"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := packed("Hello.\n", tc.attachment)
			c.Discreet, c.Issues[0].Draft = tc.discreet, tc.draft
			c.Issues[0].Attachments[0].Data = append(pages(), make([]byte, tc.size)...)
			var got []drip.Finding
			for _, f := range Lint(c, layouts(t), nil) {
				if !strings.HasSuffix(f.File, "campaign.yaml") { // those of the sender
					got = append(got, f)
				}
			}
			if found(got) != tc.want {
				t.Errorf("found %q, want %q", found(got), tc.want)
			}
		})
	}
}
