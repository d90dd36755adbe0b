package compose

import (
	"fmt"
	"mime"
	"strings"
	"testing"

	"partwork/internal/testkit"
)

// TestOneMessageOfEachCampaign keeps one message of each campaign for people to
// read: the headers as they are on the wire and as they are shown, the tree of its
// parts, and its text.
func TestOneMessageOfEachCampaign(t *testing.T) {
	t.Parallel()
	var who persona
	for _, p := range tormented(t) {
		if p.Law == "Arabic" {
			who = p
		}
	}
	for _, p := range press(t) {
		if p.issue != 0 {
			continue
		}
		t.Run(p.campaign.ID, func(t *testing.T) {
			t.Parallel()
			testkit.Golden(t, "testdata/torture/"+p.campaign.ID+".golden", readable(t, p.send(t, who, nil)))
		})
	}
}

// readable writes a message for people.
func readable(t testing.TB, m *Message) []byte {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "MAIL FROM:<%s>\nRCPT TO:<%s>\n\n", m.From, m.To)
	for _, h := range m.Headers {
		fmt.Fprintf(&b, "%s: %s\n", h.Name, h.Value)
		if shown, err := new(mime.WordDecoder).DecodeHeader(h.Value); err != nil || shown != h.Value {
			fmt.Fprintf(&b, "\tshown as: %s\n", shown)
		}
	}
	fmt.Fprintf(&b, "\n%s\npreheader: %s\n\n%s", outline(open(t, m.Bytes), ""), m.Preheader, m.Text)
	return []byte(b.String())
}

// outline lists the parts of a message, those within others further in.
func outline(p part, indent string) string {
	kind, encoding := p.kind, p.header["Content-Transfer-Encoding"]
	if len(encoding) > 0 {
		kind += " " + strings.Join(encoding, " ")
	}
	out := indent + kind + "\n"
	for _, inner := range p.parts {
		out += outline(inner, indent+"  ")
	}
	return out
}
