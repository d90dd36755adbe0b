package cli_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkAnswers measures how long people wait for an answer when 1,000,000 readers have
// had four issues each: from the start of the program to its end, the median of five. What
// the processor had to do for it is the steadier figure on a machine that others use.
func BenchmarkAnswers(b *testing.B) {
	dir := b.TempDir()
	binary := filepath.Join(dir, "partwork")
	if out, err := exec.Command("go", "build", "-o", binary, "partwork/cmd/partwork").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	writeSeries(b, dir)
	ask := func(args ...string) (wall, cpu time.Duration) {
		cmd := exec.Command(binary, args...)
		cmd.Dir = dir
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("partwork %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return time.Since(began), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	ask("campaign", "open", "letters") // it is open; this takes the files in
	fillHalfway(b, filepath.Join(dir, "data", "partwork.db"), 1_000_000)
	for _, command := range []string{
		"subscriber list", "subscriber list --campaign letters --after 900000", "subscriber show reader00500000@example.org",
		"log", "log --campaign letters", "log --subscriber reader00500000@example.org", "log --unknown",
		"report", "report --html page.html", "status", "campaign list", "campaign show letters",
	} {
		b.Run(strings.ReplaceAll(command, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				var walls, cpus []time.Duration
				for range 5 {
					wall, cpu := ask(strings.Fields(command)...)
					walls, cpus = append(walls, wall), append(cpus, cpu)
				}
				slices.Sort(walls)
				slices.Sort(cpus)
				b.ReportMetric(walls[2].Seconds()*1000, "wall-ms")
				b.ReportMetric(cpus[2].Seconds()*1000, "cpu-ms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
