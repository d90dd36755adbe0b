package public_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"partwork/internal/drip"
)

// BenchmarkPreferences is a look at the preferences page, planned from a real database.
func BenchmarkPreferences(b *testing.B) {
	s := newSite(b)
	s.files.campaign.Timezone = drip.SubscriberZone
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), "GET", s.prefs, nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
