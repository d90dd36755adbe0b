package public_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/testkit"
	"partwork/internal/timing"
	"partwork/internal/token"
	"partwork/internal/web/public"
	"partwork/templates"
)

const (
	address = "ann.secret@example.org"
	topic   = "hiv-newly-diagnosed"
	title   = "Ann Secret"
)

// statement is what the confirmation page says that its button agrees to.
const statement = "I asked for this email series, and I want it sent to the address this link was mailed to. " +
	"I can stop it at any time with the link in every email."

// site is the pages on a real database, with one invited and one active reader.
type site struct {
	http.Handler
	audience *audience.Audience
	store    *sqlite.Store
	path     string
	keys     *token.Keyring
	log      lockedBuffer
	files    files

	invited, active drip.Enrollment
	confirm, leave  string // paths of their links
	prefs           string // that of the active reader
	passed          atomic.Int64
	sentTo          []string // where notices went
}

func newSite(t testing.TB) *site { return newSiteAt(t, "https://letters.example.org") }

func newSiteAt(t testing.TB, publicURL string) *site {
	t.Helper()
	s := &site{path: filepath.Join(t.TempDir(), "partwork.db")}
	var err error
	if s.store, err = sqlite.Open(t.Context(), s.path, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close() })
	if s.keys, err = token.NewKeyring(token.Key{ID: 1, Secret: [32]byte{1, 2, 3}}); err != nil {
		t.Fatal(err)
	}
	now := s.now()
	record, err := s.store.SyncCampaign(t.Context(), store.CampaignSync{
		ID: topic, Key: "s7k2qd", Timetable: "t", Outline: "o", Issues: []string{topic + "-1", topic + "-2", topic + "-3"}, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.files = newFiles(t, record)
	s.audience = audience.New(audience.Options{
		Stores: s.store, Hasher: mailaddr.NewHasher(bytes.Repeat([]byte("k"), 32)), Keyring: s.keys,
		Zones: timing.NewZones(), Calendar: s.now, Planner: s.files,
	})
	s.invited = s.add(t, "bob.secret@example.org", "", record.No)
	s.active = s.add(t, address, "paper form", record.No)
	s.confirm = s.audience.ConfirmURL("", s.invited)
	s.leave = s.audience.UnsubscribeURL("", s.active)
	s.prefs = s.audience.PreferencesURL("", s.active)
	s.Handler, err = public.New(public.Options{
		Audience: s.audience, Images: s.store, Templates: templates.Files(), PublicURL: publicURL,
		Logger: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at lets time pass since the beginning.
func (s *site) now() time.Time {
	return time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC).Add(time.Duration(s.passed.Load()))
}

func (s *site) at(passed time.Duration) { s.passed.Store(int64(passed)) }

func (s *site) add(t testing.TB, email, consent string, campaign drip.CampaignNo) drip.Enrollment {
	t.Helper()
	a, err := mailaddr.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	added, err := s.audience.Add(t.Context(), audience.NewPerson{
		Email: a, Name: title, Consent: consent, Campaign: &audience.CampaignTarget{No: campaign}, Invite: consent == "",
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.store.EnrollmentsOf(t.Context(), added.Subscriber)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0]
}

func (s *site) state(t testing.TB, id drip.EnrollmentID) drip.EnrollmentState {
	t.Helper()
	e, err := s.store.Enrollment(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e.State
}

func (s *site) suppressed(t testing.TB, e drip.Enrollment) bool {
	t.Helper()
	p, err := s.audience.Show(t.Context(), audience.Who{ID: e.Subscriber})
	if err != nil {
		t.Fatal(err)
	}
	return p.Suppression != nil
}

// do sends a request; a form is "" for no body.
func (s *site) do(t testing.TB, method, target, kind, body string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

const urlencoded = "application/x-www-form-urlencoded"

func (s *site) get(t testing.TB, target string) *http.Response { return s.do(t, "GET", target, "", "") }
func (s *site) post(t testing.TB, target, form string) *http.Response {
	return s.do(t, "POST", target, urlencoded, form)
}

func text(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// dump returns every row of every table.
func (s *site) dump(t testing.TB) string { return testkit.Dump(t, s.path) }

// lockedBuffer is a log that may be written by many.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
