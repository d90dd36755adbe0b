package app_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"partwork/internal/audience"
)

// How much work a round is, and how many rounds are interleaved.
const (
	benchRows   = 100_000
	benchRounds = 5
)

// BenchmarkImport imports a CSV file of new, sorted people, and lets sqlite3
// .import take the same file, in turns.
func BenchmarkImport(b *testing.B) {
	file := writePeople(b, benchRows)
	for b.Loop() {
		var ours, theirs, ratios []float64
		peak := 0.0
		for range benchRounds {
			in := newInstance(b, instanceOptions{})
			debug.FreeOSMemory()
			resetPeak(b)
			began := time.Now()
			importPeople(b, in, file, "")
			ours = append(ours, benchRows/time.Since(began).Seconds())
			peak = max(peak, peakMiB(b))
			in.Close()
			if rival, ok := sqliteImport(b, file, benchRows); ok {
				theirs = append(theirs, rival)
				ratios = append(ratios, ours[len(ours)-1]/rival)
			}
		}
		b.ReportMetric(median(ours), "rows/s")
		b.ReportMetric(peak, "peak-MiB")
		if len(theirs) > 0 {
			b.ReportMetric(median(theirs), "sqlite3-rows/s")
			b.ReportMetric(median(ratios), "x-sqlite3")
		}
	}
	b.ReportMetric(0, "ns/op")
}

const benchParagraph = "Stand at the window at noon and look at the shadow of your hand: sharp edges mean plenty of light, soft ones enough. "

// sqliteImport measures sqlite3's own .import of the file; false if it is not
// installed.
func sqliteImport(b *testing.B, file string, rows int) (float64, bool) {
	b.Helper()
	path, err := exec.LookPath("sqlite3")
	if err != nil {
		b.Log("sqlite3 is not installed: no comparison")
		return 0, false
	}
	db := filepath.Join(b.TempDir(), fmt.Sprintf("rival-%d.db", time.Now().UnixNano()))
	began := time.Now()
	out, err := exec.Command(path, db,
		"CREATE TABLE people (email TEXT UNIQUE, name TEXT, timezone TEXT, city TEXT)",
		"PRAGMA journal_mode=WAL", ".import --csv --skip 1 "+file+" people").CombinedOutput()
	if err != nil {
		b.Fatalf("sqlite3: %v: %s", err, out)
	}
	return float64(rows) / time.Since(began).Seconds(), true
}

// importPeople imports a file, and enrolls everybody if a campaign is named.
func importPeople(t testing.TB, in *instance, file, campaign string) audience.ImportReport {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	opts := audience.ImportOptions{File: filepath.Base(file), Consent: "a test"}
	if campaign != "" {
		program, err := in.Library.Campaign(campaign)
		if err != nil {
			t.Fatal(err)
		}
		opts.Campaign = &audience.CampaignTarget{No: program.Record.No}
	}
	report, err := in.Audience.Import(t.Context(), f, opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// writePeople writes a CSV file of n people in London, sorted by address.
func writePeople(t testing.TB, n int) string {
	t.Helper()
	var s strings.Builder
	s.WriteString("email,name,timezone,city\n")
	for i := range n {
		fmt.Fprintf(&s, "reader%08d@example.net,Reader %d,Europe/London,London\n", i, i)
	}
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte(s.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// cpuTime returns the processor time that this process has used.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// resetPeak makes the kernel forget the process's largest resident size so far.
func resetPeak(t testing.TB) {
	t.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Logf("peak memory includes earlier rounds: %v", err)
	}
}

// peakMiB returns the largest resident size since resetPeak, in MiB.
func peakMiB(t testing.TB) float64 {
	t.Helper()
	return peakOf(t, "self")
}

// peakOf returns the largest resident size of a process so far, in MiB; 0 if there is
// none.
func peakOf(t testing.TB, process string) float64 {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("/proc", process, "status"))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib / 1024
}
