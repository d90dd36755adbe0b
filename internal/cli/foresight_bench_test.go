package cli_test

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"partwork/internal/testkit"
	"partwork/internal/timing"
)

// letterIDs are the issues of the series that the bench looks ahead in.
var letterIDs = []string{"one", "two", "three", "four", "five", "six", "seven", "eight"}

// writeSeries writes a project with a series of eight issues.
func writeSeries(b *testing.B, dir string) {
	b.Helper()
	folder := filepath.Join(dir, "campaigns", "letters")
	files := map[string]string{
		filepath.Join(dir, "partwork.yaml"): "timezone: Europe/London\nsmtp:\n  host: 127.0.0.1\n  tls: none\n",
		filepath.Join(folder, "campaign.yaml"): "id: letters\nkey: q7w2er\ntitle: Letters\nfrom: \"Letters <letters@letters.test>\"\n" +
			"schedule: \"0 9 * * TUE\"\ntimezone: subscriber\ndefault_timezone: Europe/London\npostal_address: \"7 Post Lane, Leeds\"\n",
	}
	for i, id := range letterIDs {
		files[filepath.Join(folder, fmt.Sprintf("%02d-%s.md", i+1, id))] = fmt.Sprintf(
			"---\nid: %s\nsubject: Letter %s\npreheader: A letter\n---\n\nDear friend,\n\nthis is a letter.\n", id, id)
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkForesight runs the built program on a database in which 100,000 people
// in 20 zones are half-way through a series of eight issues.
func BenchmarkForesight(b *testing.B) {
	const people = 100_000
	dir := b.TempDir()
	binary := filepath.Join(dir, "partwork")
	if out, err := exec.Command("go", "build", "-o", binary, "partwork/cmd/partwork").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	writeSeries(b, dir)
	run := func(args ...string) (string, *os.ProcessState) {
		cmd := exec.Command(binary, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("partwork %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out), cmd.ProcessState
	}
	run("campaign", "open", "letters") // it is open; this takes the files in
	fillHalfway(b, filepath.Join(dir, "data", "partwork.db"), people)
	edited := filepath.Join(dir, "edited")
	if err := os.CopyFS(edited, os.DirFS(filepath.Join(dir, "campaigns"))); err != nil {
		b.Fatal(err)
	}
	moss := []byte("---\nid: moss\nsubject: Moss\npreheader: Moss\n---\n\nMoss grows.\n")
	if err := os.WriteFile(filepath.Join(edited, "letters", "05-a.md"), moss, 0o644); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{
		{"plan", "--files", edited}, {"plan"}, {"forecast", "letters", "--readers"}, {"status"}, {"campaign", "list"},
	} {
		b.Run(strings.Join(args[:1], " ")+fmt.Sprint(len(args)), func(b *testing.B) {
			var peak int64
			var cpu time.Duration
			for b.Loop() {
				_, state := run(args...)
				peak = max(peak, state.SysUsage().(*syscall.Rusage).Maxrss)
				cpu += state.UserTime() + state.SystemTime()
			}
			b.ReportMetric(float64(peak)/1024, "peak-MiB")
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

// fillHalfway lets people have had four issues, the last of them at the latest
// slot.
func fillHalfway(b *testing.B, path string, people int) {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	slot := timing.WallAt(time.Now().UTC()).Date()
	for slot.Weekday() != time.Tuesday {
		slot--
	}
	testkit.Halfway{
		Campaign: 1, Issues: letterIDs[:4], People: people, Slot: slot.Wall().Add(9 * time.Hour), Rate: 10,
	}.Fill(b, db)
}
