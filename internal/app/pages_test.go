package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestOnlyPostWakesThePlanner keeps scanners and prefetchers, which only look, from
// keeping the planner busy.
func TestOnlyPostWakesThePlanner(t *testing.T) {
	t.Parallel()
	answered := false
	page := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { answered = true })
	for method, want := range map[string]int{http.MethodGet: 0, http.MethodHead: 0, http.MethodOptions: 0, http.MethodPost: 1} {
		woken := 0
		answered = false
		handler := afterPost(page, func() {
			if !answered {
				t.Error("woken before the change was made")
			}
			woken++
		})
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, "/c/x", nil))
		if woken != want {
			t.Errorf("%s wakes the planner %d times, want %d", method, woken, want)
		}
	}
}
