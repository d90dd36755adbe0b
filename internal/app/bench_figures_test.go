package app_test

import (
	"slices"
	"strings"
	"testing"
)

// figures are the measurements of interleaved rounds, by their units.
type figures map[string][]float64

func (f figures) add(unit string, value float64) { f[unit] = append(f[unit], value) }

// ratio adds the quotient of the latest two measurements, if there are two.
func (f figures) ratio(unit, of, by string) {
	if n, d := f[of], f[by]; len(d) == len(n) {
		f.add(unit, n[len(n)-1]/d[len(d)-1])
	}
}

// report reports the median of each unit; of a peak, the highest.
func (f figures) report(b *testing.B) {
	for unit, values := range f {
		if strings.HasPrefix(unit, "peak") {
			b.ReportMetric(slices.Max(values), unit)
			continue
		}
		b.ReportMetric(median(values), unit)
	}
	b.ReportMetric(0, "ns/op")
}
