package campaignfile

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPersonaTable(t *testing.T) {
	t.Parallel()
	const table = "\ufeffname,email,city,timezone\r\n" +
		"\"Smith, J.\", j@example.org ,Wien,Europe/Vienna\r\n" +
		",k@EXAMPLE.org,,\r\n"
	fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/personas.csv", table)
	c, _ := LoadOne(fsys, "plain", Options{})
	personas, findings := Personas(fsys, c, Options{})
	want := []personaRow{
		{"j@example.org", "Smith, J.", "Europe/Vienna", map[string]string{"city": "Wien"}, map[string]int{"city": 1}},
		{"k@example.org", "", "", nil, map[string]int{"city": 1}},
	}
	if diff := cmp.Diff(want, rowsOf(personas)); diff != "" {
		t.Error(diff)
	}
	const move = `- {email: "j@example.org", name: "Smith, J.", timezone: "Europe/Vienna", attributes: {city: "Wien"}}`
	if len(findings) != 1 || !strings.Contains(findings[0].Fix, move) {
		t.Errorf("expected a finding that shows %s, found %v", move, findings)
	}
	moved := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/personas.yaml", move)
	personas, findings = Personas(moved, loadOne(t, moved), Options{})
	if want[0].Lines = map[string]int{"city": 1}; !cmp.Equal(want[:1], rowsOf(personas)) || len(findings) > 0 {
		t.Errorf("what the finding shows is read as %v, with %v", personas, findings)
	}
}

type personaRow struct {
	Email, Name, Zone string
	Attributes        map[string]string
	Lines             map[string]int
}

func rowsOf(personas []Persona) []personaRow {
	var rows []personaRow
	for _, p := range personas {
		rows = append(rows, personaRow{p.Email.String(), p.Name, p.Timezone, p.Attributes, p.AttributeLines})
	}
	return rows
}

func TestPersonas(t *testing.T) {
	t.Parallel()
	const list = "\ufeff" + `# Two readers.
- email: j@example.org
  name: " Smith, J. "
  timezone: Europe/Vienna
  attributes:
    city: Wien
    plan: ""
- {email: k@EXAMPLE.org, attributes: {city: "Two words"}}
- email: l@example.org
`
	fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/personas.yaml", list)
	personas, findings := Personas(fsys, loadOne(t, fsys), Options{})
	want := []personaRow{
		{"j@example.org", "Smith, J.", "Europe/Vienna", map[string]string{"city": "Wien"}, map[string]int{"city": 6, "plan": 7}},
		{"k@example.org", "", "", map[string]string{"city": "Two words"}, map[string]int{"city": 8}},
		{"l@example.org", "", "", nil, nil},
	}
	if diff := cmp.Diff(want, rowsOf(personas)); diff != "" || len(findings) > 0 {
		t.Error(diff, findings)
	}
}

// TestPersonasKeepGoodRows returns the rows that can be used beside those that
// cannot.
func TestPersonasKeepGoodRows(t *testing.T) {
	t.Parallel()
	const table = "email\na@example.org\nnobody\nb@example.org\n"
	fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/personas.csv", table)
	c, _ := LoadOne(fsys, "plain", Options{})
	if c == nil {
		t.Fatal("a bad persona took the campaign down")
	}
	personas, findings := Personas(fsys, c, Options{Name: "campaigns"})
	if len(personas) != 2 || len(findings) != 2 || findings[1].File != "campaigns/plain/personas.csv" || findings[1].Line != 3 {
		t.Errorf("personas %v, findings %v", personas, findings)
	}
}

func TestNoPersonas(t *testing.T) {
	t.Parallel()
	fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue)
	if personas, findings := Personas(fsys, loadOne(t, fsys), Options{}); personas != nil || findings != nil {
		t.Errorf("personas %v, findings %v", personas, findings)
	}
}

// TestPersonasOfTheGuide reads the example of docs/WRITING.md.
func TestPersonasOfTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/WRITING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(guide), "\n## Personas\n")
	_, text, _ = strings.Cut(text, "```yaml\n")
	text, _, _ = strings.Cut(text, "```\n")
	fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/personas.yaml", text)
	if personas, findings := Personas(fsys, loadOne(t, fsys), Options{}); len(personas) != 3 || len(findings) > 0 {
		t.Errorf("%q is read as %v, with %v", text, personas, findings)
	}
}
