package app_test

import (
	"os"
	"testing"
	"time"
)

// longVariable enables the benchmarks that take many minutes.
const longVariable = "PARTWORK_BENCH_LONG"

// BenchmarkMillion sends an issue to 1,000,000 readers, for the memory that it
// takes. It is enabled by PARTWORK_BENCH_LONG.
func BenchmarkMillion(b *testing.B) {
	if os.Getenv(longVariable) == "" {
		b.Skipf("this takes many minutes: set %s to run it", longVariable)
	}
	const readers = 1_000_000
	sink := startSink(b)
	for b.Loop() {
		in := newInstance(b, instanceOptions{connections: 32, at: newsday})
		importPeople(b, in, writePeople(b, readers), "letters")
		in.Close() // what importing took is none of sending's
		in.open(b)
		in.step(newsday.Add(time.Second))
		run := in.sendAll(b, sink, readers)
		b.ReportMetric(run.rate, "msg/s")
		b.ReportMetric(run.cpu, "cpu-µs/msg")
		b.ReportMetric(run.peak, "peak-MiB")
		in.Close()
	}
	b.ReportMetric(0, "ns/op")
}
