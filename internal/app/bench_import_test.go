package app_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// millionRounds are fewer than of a short benchmark: a million rows are their own mean.
const millionRounds = 3

// BenchmarkImportMillion has the program take a million new people in, as an admin
// would call it, from a file that is sorted by address and from a shuffled one. In
// turns with it, sqlite3 .import takes the same file into a table with a unique
// address. Its memory is the largest resident size of the process.
func BenchmarkImportMillion(b *testing.B) {
	const rows = 1_000_000
	binary := buildProgram(b)
	for _, order := range []struct {
		name   string
		stride int
	}{{"sorted", 1}, {"shuffled", 618_033}} {
		b.Run(order.name, func(b *testing.B) {
			file := writeMany(b, rows, order.stride)
			for b.Loop() {
				f := figures{}
				for range millionRounds {
					if rival, ok := sqliteImport(b, file, rows); ok {
						f.add("sqlite3-rows/s", rival)
					}
					rate, peak := runImport(b.Context(), b, binary, importFolder(b), file, rows)
					f.add("rows/s", rate)
					f.add("peak-MiB", peak)
					f.ratio("x-sqlite3", "rows/s", "sqlite3-rows/s")
				}
				f.report(b)
			}
		})
	}
}

// BenchmarkSendWhileImporting sends an issue to many readers, alone and in turns with
// that while another process takes a long list in to the same database: as fast as it
// goes, and at the pace of a relay that allows 500 messages a second.
func BenchmarkSendWhileImporting(b *testing.B) {
	binary, sink := buildProgram(b), startSink(b)
	file := writeMany(b, 1_000_000, 1)
	for _, pace := range []struct {
		name    string
		rate    float64
		readers int
	}{{"rate=none", 0, 20_000}, {"rate=500", 500, 4000}} {
		b.Run(pace.name, func(b *testing.B) {
			for b.Loop() {
				f := figures{}
				for range millionRounds {
					f.add("alone-msg/s", sendBeside(b, sink, pace.rate, pace.readers, nil).rate)
					rows := 0.0
					beside := sendBeside(b, sink, pace.rate, pace.readers, func(ctx context.Context, dir string) {
						rows, _ = runImport(ctx, b, binary, dir, file, 1_000_000)
					})
					f.add("msg/s", beside.rate)
					f.ratio("x-alone", "msg/s", "alone-msg/s")
					if rows > 0 { // it was done before the sender was
						f.add("import-rows/s", rows)
					}
				}
				f.report(b)
			}
		})
	}
}

// sendBeside sends to readers while something else happens in the same folder, which is
// to end with its context.
func sendBeside(b *testing.B, sink string, rate float64, readers int, beside func(ctx context.Context, dir string)) sendRun {
	b.Helper()
	dir := importFolder(b)
	in := newInstance(b, instanceOptions{connections: 32, at: newsday, dir: dir, prepare: func(in *instance) { in.cfg.SMTP.Rate = rate }})
	defer in.Close()
	importPeople(b, in, writePeople(b, readers), "letters")
	in.step(newsday.Add(time.Second))
	if beside == nil {
		return in.sendAll(b, sink, readers)
	}
	ctx, stop := context.WithCancel(b.Context())
	var done sync.WaitGroup
	done.Go(func() { beside(ctx, dir) })
	defer done.Wait()
	defer stop()
	return in.sendAll(b, sink, readers)
}

// importFolder returns a folder with a configuration that names what newInstance uses.
func importFolder(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	text := "database: data/partwork.db\nstate_dir: state\nsecret_file: data/secret\ntimezone: Europe/London\n"
	if err := os.WriteFile(filepath.Join(dir, "partwork.yaml"), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "campaigns"), 0o700); err != nil {
		b.Fatal(err)
	}
	return dir
}

// buildProgram builds the program that people run.
func buildProgram(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "partwork")
	if out, err := exec.Command("go", "build", "-o", binary, "partwork/cmd/partwork").CombinedOutput(); err != nil {
		b.Fatalf("build the program: %v\n%s", err, out)
	}
	return binary
}

// runImport takes a list in with the program, and returns the rows per second and the
// largest resident size of the process in MiB; zeros if the context ended it.
func runImport(ctx context.Context, b *testing.B, binary, dir, file string, rows int) (rate, peak float64) {
	b.Helper()
	cmd := exec.CommandContext(ctx, binary, "import", file, "--consent", "a test", "--yes")
	cmd.Env = slices.DeleteFunc(os.Environ(), func(set string) bool { return strings.HasPrefix(set, "PARTWORK_") })
	cmd.Dir = dir
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it ends with a whole chunk
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Error(err)
		return 0, 0
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	// What wait4 tells of a child includes what this process was at its start.
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			peak = max(peak, peakOf(b, strconv.Itoa(cmd.Process.Pid)))
		case err := <-ended:
			switch {
			case ctx.Err() != nil:
				return 0, 0
			case err != nil:
				b.Errorf("import: %v\n%s", err, &out)
				return 0, 0
			}
			return float64(rows) / time.Since(began).Seconds(), peak
		}
	}
}

// writeMany writes a CSV file of n people like writePeople, a row at a time. A stride
// that has no divisor in common with n shuffles them.
func writeMany(b *testing.B, n, stride int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "people.csv")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "email,name,timezone,city")
	for i := range n {
		no := i * stride % n
		fmt.Fprintf(w, "many%08d@example.net,Reader %d,Europe/London,London\n", no, no)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return path
}
