package audience_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partwork/internal/audience"
)

// BenchmarkImport takes 100,000 people in and reports rows per second and the
// peak of the heap over what the list itself takes. A million rows:
// go test -bench Import/million -benchtime 1x.
func BenchmarkImport(b *testing.B) {
	for _, bm := range []struct {
		name         string
		rows, stride int
		dry          bool
	}{
		{"sorted", 100_000, 0, false},
		{"shuffled", 100_000, 61_803, false},
		{"dry", 100_000, 0, true},
		{"million sorted", 1_000_000, 0, false},
		{"million shuffled", 1_000_000, 618_033, false},
	} {
		b.Run(bm.name, func(b *testing.B) {
			if strings.HasPrefix(bm.name, "million") && testing.Short() {
				b.Skip("a million rows take a while")
			}
			var peak uint64
			for b.Loop() {
				b.StopTimer()
				w := newWorld(b)
				stop := watchHeap(&peak)
				b.StartTimer()
				report, err := w.Import(b.Context(), &rowStream{n: bm.rows, stride: bm.stride}, audience.ImportOptions{Consent: "paper forms", DryRun: bm.dry})
				b.StopTimer()
				stop()
				if err != nil || report.New != bm.rows {
					b.Fatalf("%+v, %v", report, err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(bm.rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
		})
	}
}

// rowStream is a list of n people that is never in memory as a whole. A stride
// spreads their order.
type rowStream struct {
	n, stride, i int
	buf          []byte
}

// Read implements io.Reader.
func (s *rowStream) Read(p []byte) (int, error) {
	if s.i == 0 && len(s.buf) == 0 {
		s.buf = append(s.buf, "email,name,timezone,city\n"...)
	}
	for ; s.i < s.n && len(s.buf) < len(p); s.i++ {
		k := s.i
		if s.stride > 0 {
			k = s.i * s.stride % s.n
		}
		s.buf = fmt.Appendf(s.buf, "reader%07d@example.org,Reader Number %d,Europe/London,Town %d\n", k, k, k%500)
	}
	if len(s.buf) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.buf)
	s.buf = s.buf[:copy(s.buf, s.buf[n:])]
	return n, nil
}

// watchHeap samples how far the heap in use grows beyond what it is now, until
// the function it returns is called.
func watchHeap(peak *uint64) func() {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	base := m.HeapInuse
	var done atomic.Bool
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for !done.Load() {
			<-tick.C
			runtime.ReadMemStats(&m)
			if m.HeapInuse > base {
				*peak = max(*peak, m.HeapInuse-base)
			}
		}
	}()
	return func() { done.Store(true); <-ended }
}

// The splitter alone.
func BenchmarkReadOnly(b *testing.B) {
	w := newWorld(b)
	list := "email,name,timezone,city\n" + strings.Repeat("bad@,Reader Number 1,Europe/London,Town 1\n", 10_000)
	b.SetBytes(int64(len(list)))
	for b.Loop() {
		if _, err := w.Import(b.Context(), io.Reader(strings.NewReader(list)), audience.ImportOptions{DryRun: true}); err != nil {
			b.Fatal(err)
		}
	}
}
