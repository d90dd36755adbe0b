package testkit

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

func TestBrowser(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><p>hello`))
	}))
	t.Cleanup(server.Close)
	t.Run("Evaluate", func(t *testing.T) {
		t.Parallel()
		got := Evaluate(t, server.URL, 390, 844, `Promise.resolve([innerWidth, document.body.innerText])`)
		if got != `[390,"hello"]` {
			t.Errorf("got %s", got)
		}
	})
	t.Run("Screenshot", func(t *testing.T) {
		t.Parallel()
		png, err := os.ReadFile(Screenshot(t, server.URL, 390, 844, true))
		if err != nil || len(png) < 8 || string(png[1:4]) != "PNG" {
			t.Errorf("no picture: %v", err)
		}
	})
}
