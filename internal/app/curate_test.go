package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/campaigns"
	"partwork/internal/app"
	"partwork/internal/testkit"
	"partwork/internal/web/private"
)

// TestServeSeesEdits edits files under a serve that runs, and waits until they are
// in force: by the files' own news, long before they are read again anyway.
func TestServeSeesEdits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.UseMachine(time.Now)
	r := d.serve(t, testkit.Start(t, testkit.Script{}), app.ServeOptions{})
	inForce := func(what string, holds func() bool) {
		t.Helper()
		began := time.Now()
		await(t, what, holds)
		took := time.Since(began)
		t.Logf("%s after %v", what, took.Round(time.Millisecond))
		if took > 15*time.Second {
			t.Errorf("%s took %v: nothing was heard of it", what, took)
		}
	}
	title := func() string {
		letters, err := d.Library.Campaign("letters")
		if err != nil {
			t.Fatal(err)
		}
		return letters.Campaign.Title
	}
	campaign := "campaigns/letters/campaign.yaml"
	text := d.read(campaign)

	d.saveNow(campaign, strings.Replace(text, "title: Letters", "title: Edited", 1))
	inForce("an edit is in force", func() bool { return title() == "Edited" })

	d.saveNow("next.yaml", strings.Replace(text, "title: Letters", "title: Swapped", 1))
	if err := os.Rename(filepath.Join(d.dir, "next.yaml"), filepath.Join(d.dir, campaign)); err != nil {
		t.Fatal(err)
	}
	inForce("a file that took another's place is in force", func() bool { return title() == "Swapped" })

	d.saveNow(campaign, "title: [broken")
	inForce("it says that the file is broken", func() bool {
		return strings.Contains(strings.Join(d.troubles(t, r), "\n"), "campaign.yaml:1: ") && title() == "Swapped"
	})
	d.saveNow(campaign, text)
	inForce("all is well again", func() bool { return title() == "Letters" && len(d.troubles(t, r)) == 0 })

	page := filepath.Join(d.dir, "templates/web")
	if err := os.MkdirAll(page, 0o755); err != nil {
		t.Fatal(err)
	}
	const index = `{{define "title"}}Hello{{end}}{{define "content"}}<p>Hello, reader.</p>{{end}}`
	d.saveNow("templates/web/index.html", index)
	inForce("a page says something else", func() bool { return strings.Contains(get(t, r.base+"/"), "Hello, reader.") })
	d.saveNow("templates/web/index.html", index+`{{define "content"}}{{.Nobody}}{{end}}`)
	inForce("it says that the page is broken", func() bool {
		return strings.Contains(strings.Join(d.troubles(t, r), "\n"), "index.html") && strings.Contains(get(t, r.base+"/"), "Hello, reader.")
	})
	r.stop()
	r.wait()
}

// TestServeSeesApprovals approves in another process, which changes no file.
func TestServeSeesApprovals(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.replace("campaign.yaml", "first:", "review: required\nfirst:")
	d.UseMachine(time.Now)
	r := d.serve(t, testkit.Start(t, testkit.Script{}), app.ServeOptions{})
	if held := d.Library.Held(); len(held) != 3 {
		t.Fatalf("held are %v", held)
	}
	d.otherProcess(func(in *app.Instance) {
		if _, err := in.Library.Approve(t.Context(), "letters", nil, "the editor", d.now()); err != nil {
			t.Error(err)
		}
	})
	began := time.Now()
	await(t, "knowing of the approval", func() bool { return len(d.Library.Held()) == 0 })
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v: the planner said nothing", took)
	}
	r.stop()
	r.wait()
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// troubles asks a serve what is wrong.
func (d *desk) troubles(t *testing.T, r *running) []string {
	t.Helper()
	var h private.Health
	if err := json.Unmarshal([]byte(get(t, r.private+"/readyz")), &h); err != nil {
		t.Fatal(err)
	}
	return append(h.Troubles, h.Warnings...)
}

// BenchmarkReload reads the campaigns that ship: as they were, and with one issue
// edited, which takes two readings.
func BenchmarkReload(b *testing.B) {
	in := newInstance(b, instanceOptions{})
	dir := b.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "campaigns"), campaigns.Files()); err != nil {
		b.Fatal(err)
	}
	in.cfg.Campaigns, in.cfg.Templates = filepath.Join(dir, "campaigns"), filepath.Join(dir, "templates")
	opened, err := app.Open(b.Context(), app.Options{Config: in.cfg, Calendar: in.now})
	if err != nil {
		b.Fatal(err)
	}
	defer opened.Close()
	reload := func(b *testing.B) {
		if err := opened.Library.Reload(b.Context(), in.now()); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			reload(b)
		}
	})
	b.Run("edited", func(b *testing.B) {
		file, machine := filepath.Join(dir, "campaigns/garden-notes/01-welcome.md"), time.Now()
		opened.UseMachine(func() time.Time { machine = machine.Add(time.Second); return machine })
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			text = append(text, "more "...)
			if err := os.WriteFile(file, text, 0o644); err != nil {
				b.Fatal(err)
			}
			reload(b)
			reload(b)
		}
		if len(opened.Library.Findings()) > 5 {
			b.Error(opened.Library.Findings())
		}
	})
}
