package campaignfile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPersonas(t *testing.T) {
	t.Parallel()
	const table = "\ufeffname,email,city,timezone\r\n" +
		"\"Smith, J.\", j@example.org ,Wien,Europe/Vienna\r\n" +
		",k@EXAMPLE.org,,\r\n"
	fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/personas.csv", table)
	personas, findings := Personas(fsys, loadOne(t, fsys), Options{})
	if len(findings) > 0 {
		t.Error(findings)
	}
	type row struct {
		email, name, zone string
		attributes        map[string]string
	}
	var got []row
	for _, p := range personas {
		got = append(got, row{p.Email.String(), p.Name, p.Timezone, p.Attributes})
	}
	want := []row{
		{"j@example.org", "Smith, J.", "Europe/Vienna", map[string]string{"city": "Wien"}},
		{"k@example.org", "", "", nil},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Error(diff)
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
	if len(personas) != 2 || len(findings) != 1 || findings[0].File != "campaigns/plain/personas.csv" || findings[0].Line != 3 {
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
