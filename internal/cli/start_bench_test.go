package cli_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStart measures from the start of the process `partwork serve` until
// /readyz says that it is ready, with few readers and with many. It tells the median
// of five starts.
func BenchmarkStart(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "partwork")
	if out, err := exec.Command("go", "build", "-o", binary, "partwork/cmd/partwork").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for _, readers := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			dir := b.TempDir()
			private := startProject(b, dir)
			open := exec.Command(binary, "campaign", "open", "letters") // this takes the files in
			open.Dir = dir
			if out, err := open.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			fillHalfway(b, filepath.Join(dir, "data", "partwork.db"), readers)
			for b.Loop() {
				var took []time.Duration
				for range 5 {
					took = append(took, untilReady(b, binary, dir, private))
				}
				slices.Sort(took)
				b.ReportMetric(took[2].Seconds()*1000, "start-ms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// startProject writes a project that listens where nobody else does, and returns
// the address of its private pages. Its relay is never called: nobody is due.
func startProject(b *testing.B, dir string) (private string) {
	b.Helper()
	writeSeries(b, dir)
	var addresses []string
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	file, err := os.OpenFile(filepath.Join(dir, "partwork.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := fmt.Fprintf(file, "listen: %s\nlisten_private: %s\n", addresses[0], addresses[1]); err != nil {
		b.Fatal(err)
	}
	return addresses[1]
}

// untilReady starts the server, waits until it is ready, and stops it.
func untilReady(b *testing.B, binary, dir, private string) time.Duration {
	b.Helper()
	serve := exec.Command(binary, "serve")
	serve.Dir = dir
	began := time.Now()
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		_ = serve.Wait()
	}()
	for time.Since(began) < time.Minute {
		reply, err := http.Get("http://" + private + "/readyz")
		if err == nil {
			_ = reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return time.Since(began)
			}
		}
		time.Sleep(time.Millisecond)
	}
	b.Fatal("not ready within a minute")
	return 0
}
