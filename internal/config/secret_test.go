package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// However a configuration is printed, no secret is in it.
func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, private(t, "testdata/valid/complete.yml"), "PARTWORK_DATABASE=postgres://letters:hunter2@db.internal/partwork?password=hunter2")
	type inner struct{ s *Secret }
	secret := c.SMTP.Password
	values := []any{
		c, *c, c.SMTP, secret, &secret, []Secret{secret}, map[string]Secret{"a": secret},
		struct{ s Secret }{secret}, inner{&secret}, struct{ d Database }{c.Database}, c.Database, &c.Database,
	}
	var all strings.Builder
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
			fmt.Fprintf(&all, verb+"\n", v)
		}
		asJSON, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		asYAML, err := yaml.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		var logs bytes.Buffer
		slog.New(slog.NewTextHandler(&logs, nil)).Info("text", "v", v)
		slog.New(slog.NewJSONHandler(&logs, nil)).Info("json", "v", v)
		fmt.Fprintf(&all, "%s\n%s\n%s\n", asJSON, asYAML, &logs)
	}
	for _, leak := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2"), "104 117 110"} {
		if i := strings.Index(all.String(), leak); i >= 0 {
			t.Errorf("printed: …%s…", all.String()[max(0, i-80):i+len(leak)])
		}
	}
	if !strings.Contains(all.String(), "postgres://letters:xxxxx@db.internal/partwork") {
		t.Error("the database's host is not shown")
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	a, b, none := NewSecret("a"), NewSecret("b"), NewSecret("")
	if a.Reveal() != "a" || !a.IsSet() || none.IsSet() || none.Reveal() != "" || (Secret{}).IsSet() {
		t.Error("a secret is not what it was made from")
	}
	if a.Equal(b) || !a.Equal(NewSecret("a")) || a.Equal(none) || !none.Equal(Secret{}) {
		t.Error("Equal")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, a); got != "[secret]" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	if a.String() != "[secret]" || a.GoString() != "[secret]" {
		t.Error("String")
	}
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"data/partwork.db":            "data/partwork.db",
		"postgres://db/partwork":      "postgres://db/partwork",
		"postgresql://u@db:5432/p":    "postgresql://u@db:5432/p",
		"postgres:///p?host=/run/pg":  "postgres:///p",
		"postgres://u:p@db/p?a=b#c":   "postgres://u:xxxxx@db/p",
		"odd name with spaces & more": "odd name with spaces & more",
	} {
		d, err := ParseDatabase(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if d.String() != want || d.IsPostgres() != (d.Path() == "") || d.Path()+d.URL() != text {
			t.Errorf("%s: prints %s", text, d)
		}
	}
}
