//go:build unix

package twin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/config"
	"partwork/internal/testkit"
)

// project is an installation of the binary.
type project struct {
	binary, dir string
}

const campaignFile = `id: letters
key: q7w2er
title: Letters
from: "Letters <letters@letters.test>"
schedule: "* * * * *"
timezone: UTC
first: on-join
min_gap: 1s
max_late: 12h
late_hours: 00:00-24:00
postal_address: "7 Post Lane, Leeds"
`

// paragraph makes a message as long as several segments on the wire, so that there
// is a middle to be killed in.
var paragraph = strings.Repeat("The keeper climbs the stairs at dusk, trims the wick, and writes down what the sea did. ", 12)

// build makes the binary that people run: not one with the race detector in it, nor
// the test.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "partwork")
	if out, err := exec.Command("go", "build", "-o", binary, "partwork/cmd/partwork").CombinedOutput(); err != nil {
		t.Fatalf("build the binary: %v\n%s", err, out)
	}
	return binary
}

// newProject returns an installation whose readers joined two minutes ago, so that the
// first of two issues is due now, and the second with the next minute.
func newProject(t *testing.T, binary string, relay *testkit.Relay, readers int) *project {
	t.Helper()
	p := &project{binary: binary, dir: t.TempDir()}
	p.write(t, "partwork.yaml", fmt.Sprintf(`listen: 127.0.0.1:0
listen_private: 127.0.0.1:0
log: {format: json}
smtp: {host: %s, port: %d, tls: none, rate: 0, connections: %d, max_per_connection: 10}
`, relay.Host(), relay.Port(), connections))
	p.write(t, "campaigns/letters/campaign.yaml", campaignFile)
	for i, id := range issues {
		p.write(t, fmt.Sprintf("campaigns/letters/%d-%s.md", i+1, id), fmt.Sprintf(
			"---\nid: %s\nsubject: \"Letter %s\"\npreheader: A letter\n---\n\nDear {{.Subscriber.Name | default \"friend\"}},\n\n%s\n", id, id, paragraph))
	}
	p.join(t, readers)
	return p
}

// connections is how many the binary has to the relay.
const connections = 4

// issues are those of the series.
var issues = []string{"one", "two"}

func (p *project) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// join imports readers into the series, as somebody did two minutes ago.
func (p *project) join(t *testing.T, readers int) {
	t.Helper()
	cfg, err := config.Load(filepath.Join(p.dir, "partwork.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-2 * time.Minute)
	in, err := app.Open(t.Context(), app.Options{Config: cfg, Calendar: func() time.Time { return then }})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	letters, err := in.Library.Campaign("letters")
	if err != nil {
		t.Fatalf("%v: %v", err, in.Library.Findings())
	}
	var people strings.Builder
	people.WriteString("email,name\n")
	for i := range readers {
		fmt.Fprintf(&people, "reader%06d@example.net,Reader %d\n", i, i)
	}
	report, err := in.Audience.Import(t.Context(), strings.NewReader(people.String()), audience.ImportOptions{
		File: "people.csv", Consent: "a test", Campaign: &audience.CampaignTarget{No: letters.Record.No},
	})
	if err != nil || report.Enrolled != readers {
		t.Fatalf("%d of %d readers joined: %v", report.Enrolled, readers, err)
	}
}

// command returns the binary with arguments, in the installation's folder and away
// from the settings of whoever runs the tests.
func (p *project) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = p.dir
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "PARTWORK_") {
			cmd.Env = append(cmd.Env, setting)
		}
	}
	return cmd
}

// ask runs a command of the binary that answers with one document.
func (p *project) ask(t *testing.T, into any, args ...string) {
	t.Helper()
	ctx, done := context.WithTimeout(t.Context(), time.Minute)
	defer done()
	out, err := p.command(ctx, append(append([]string{p.binary}, args...), "--json")...).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("partwork %s: %v\n%s", strings.Join(args, " "), err, exit.Stderr)
	}
	if err == nil {
		err = json.Unmarshal(out, into)
	}
	if err != nil {
		t.Fatalf("partwork %s: %v", strings.Join(args, " "), err)
	}
}
