package public_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/testkit"
	"partwork/internal/timing"
	"partwork/internal/web/public"
	"partwork/templates"
)

// joining is a site that people can join, with a clock that tests step.
type joining struct {
	*site
	now     time.Time
	rules   audience.SignUpRules
	proxies public.Proxies
}

const (
	joinPath    = "/s/s7k2qd"
	joinTitle   = "Letters on herbs"
	joinConsent = "I want the letters.\nI can stop."
)

func newJoining(t testing.TB) *joining {
	t.Helper()
	j := &joining{site: newSite(t), now: time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC), rules: audience.DefaultSignUpRules()}
	c := j.files.campaign
	c.Title, c.Timezone, c.From = joinTitle, drip.SubscriberZone, mailbox(t, `"Herbs" <letters@letters.example.org>`)
	c.SignUp = drip.SignUp{Open: true, Form: drip.Form{Version: "7", Text: joinConsent}}
	j.open(t)
	return j
}

// open makes the pages anew, by the rules as they are now.
func (j *joining) open(t testing.TB) {
	t.Helper()
	j.audience = audience.New(audience.Options{
		Stores: j.store, Hasher: mailaddr.NewHasher(bytes.Repeat([]byte("k"), 32)), Keyring: j.keys, Zones: timing.NewZones(),
		Calendar: func() time.Time { return j.now }, Planner: j.files, SignUps: j.rules,
	})
	var err error
	j.Handler, err = public.New(public.Options{
		Audience: j.audience, SignUps: j.audience, Templates: templates.Files(), PublicURL: "https://letters.example.org",
		Logger: slog.New(slog.NewTextHandler(&j.log, nil)), Proxies: j.proxies,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mailbox(t testing.TB, s string) mailaddr.Mailbox {
	t.Helper()
	m, err := mailaddr.ParseMailbox(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// stamp returns that of a form which is shown now, and lets time pass until it is ripe.
func (j *joining) stamp(t testing.TB) string {
	t.Helper()
	stamp := testkit.ParseHTML(t, text(t, j.get(t, joinPath))).One(t, "input[name=stamp]").Attr("value")
	j.now = j.now.Add(5 * time.Second)
	return stamp
}

// send sends a form in from an address.
func (j *joining) send(t testing.TB, from string, form url.Values) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "POST", joinPath, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", urlencoded)
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	j.ServeHTTP(w, r)
	return w.Result()
}

// join sends in a form that is as it should be.
func (j *joining) join(t testing.TB, email string) *http.Response {
	t.Helper()
	return j.send(t, "203.0.113.9:4711", url.Values{"email": {email}, "name": {"Ann"}, "zone": {"tokyo"}, "stamp": {j.stamp(t)}})
}

// enrollments returns those of an address, newest last; none if nobody has it.
func (j *joining) enrollments(t testing.TB, email string) []drip.Enrollment {
	t.Helper()
	a, err := mailaddr.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	person, err := j.store.SubscriberByEmail(t.Context(), a)
	if err != nil {
		return nil
	}
	list, err := j.store.EnrollmentsOf(t.Context(), person.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// counted is the number of requests that were counted.
func (j *joining) counted(t testing.TB) int {
	_, rows, _ := strings.Cut(j.dump(t), "signup_counts [")
	rows, _, _ = strings.Cut(rows, "]")
	return len(strings.Fields(rows))
}

// answered says what a browser is told: status, headers and page.
func answered(t testing.TB, r *http.Response) string {
	t.Helper()
	return fmt.Sprint(r.StatusCode, r.Header, text(t, r))
}

func TestSignUpPage(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	before := j.dump(t)
	r := j.get(t, joinPath)
	body := text(t, r)
	testkit.Golden(t, "testdata/signup.golden", []byte(withoutZones(withoutStamp(body))))
	page := testkit.ParseHTML(t, body)
	if got := page.One(t, ".statement").Text(); got != strings.Join(strings.Fields(joinConsent), " ") {
		t.Errorf("the page says %q, what is kept is %q", got, joinConsent)
	}
	if got := r.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "script-src 'self'") || strings.Contains(got, "unsafe") {
		t.Errorf("the policy is %q", got)
	}
	if script := page.One(t, "script"); script.Attr("src") != "/zone.js" || script.Text() != "" {
		t.Errorf("the script is %q from %q", script.Text(), script.Attr("src"))
	}
	if r := j.get(t, "/zone.js"); r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("the script is answered with %d %v", r.StatusCode, r.Header)
	}
	if title := page.One(t, "title").Text(); strings.Contains(title, joinTitle) {
		t.Errorf("browsers keep %q in their history", title)
	}
	j.do(t, "HEAD", joinPath, "", "")
	if j.dump(t) != before {
		t.Error("looking changed something")
	}
	j.files.campaign.Discreet = true
	if body := text(t, j.get(t, joinPath)); strings.Contains(body, joinTitle) || strings.Contains(body, "Herbs") {
		t.Error("the page of a discreet campaign names it")
	}
}

// TestSignUpInGerman: the campaign's language comes before the browser's, and a page
// that is not there does not tell which campaign it would be of.
func TestSignUpInGerman(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	j.files.campaign.Language = "de"
	for _, want := range []struct{ path, title string }{{joinPath, joinTitle}, {"/s/unknown", "This link doesn’t work"}} {
		if h1 := testkit.ParseHTML(t, text(t, j.get(t, want.path))).One(t, "h1").Text(); h1 != want.title {
			t.Errorf("%s shows %q", want.path, h1)
		}
	}
	if body := text(t, j.join(t, "new@example.org")); !strings.Contains(body, "Sehen Sie jetzt in Ihr Postfach") || !strings.Contains(body, `lang="de"`) {
		t.Errorf("the answer is\n%s", body)
	}
	j.files.campaign.SignUp.Open = false
	if body := text(t, j.get(t, joinPath)); !strings.Contains(body, "This link doesn’t work") {
		t.Errorf("a page that is shut says\n%s", body)
	}
}

func withoutStamp(body string) string {
	before, rest, _ := strings.Cut(body, `name="stamp" value="`)
	_, after, _ := strings.Cut(rest, `"`)
	return before + `name="stamp" value="STAMP"` + after
}

// TestNoSignUpPage: what cannot be joined looks like what does not exist.
func TestNoSignUpPage(t *testing.T) {
	t.Parallel()
	for name, shut := range map[string]func(*joining){
		"not open": func(j *joining) { j.files.campaign.SignUp.Open = false },
		"closed": func(j *joining) {
			_, err := j.store.ChangeCampaign(t.Context(), store.CampaignChange{Campaign: j.files.record.No, Verb: store.CloseCampaign, Now: j.now})
			if err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJoining(t)
			stamp := j.stamp(t)
			shut(j)
			before := j.dump(t)
			for _, method := range []string{"GET", "POST"} {
				form := url.Values{"email": {"new@example.org"}, "stamp": {stamp}}.Encode()
				got := answered(t, j.do(t, method, joinPath, urlencoded, form))
				if want := answered(t, j.do(t, method, "/s/unknown", urlencoded, form)); got != want {
					t.Errorf("%s: it is answered with %s, a campaign that does not exist with %s", method, got, want)
				}
				if !strings.HasPrefix(got, "404") {
					t.Errorf("%s is answered with %s", method, got)
				}
			}
			if j.dump(t) != before {
				t.Error("something changed")
			}
		})
	}
}

// TestSignUpTellsNothing: the answer is the same to the byte whatever is known of the
// address, and what is written for it is one row of the count, in one commit.
func TestSignUpTellsNothing(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	j.rules.PerNetwork = 0
	j.open(t)
	gone := mailbox(t, "gone@example.org").Address
	if err := j.audience.Suppress(t.Context(), gone, drip.SuppressedByReader); err != nil {
		t.Fatal(err)
	}
	if err := j.audience.KeepOut(t.Context(), mailbox(t, "kept.out@example.org").Address, j.files.record.Key, drip.SuppressedByAdmin); err != nil {
		t.Fatal(err)
	}
	left := j.add(t, "left@example.org", "paper form", j.files.record.No)
	if _, err := j.store.Leave(t.Context(), left.ID, drip.LeftByReader, j.now); err != nil {
		t.Fatal(err)
	}
	want := answered(t, j.join(t, "new@example.org"))
	if !strings.HasPrefix(want, "200") {
		t.Fatal(want)
	}
	for email, asked := range map[string]bool{
		"new2@example.org": true, "left@example.org": true,
		"new@example.org": false, address: false, "bob.secret@example.org": false, "gone@example.org": false, "Gone+x@example.org": false,
		"kept.out@example.org": false, "Kept.Out+x@example.org": false,
		"info@example.org": false, "letters@letters.example.org": false, "postmaster@example.org": false,
	} {
		before, counted := len(j.enrollments(t, email)), j.counted(t)
		if got := answered(t, j.join(t, email)); got != want {
			t.Errorf("%s is answered with\n%s\nothers with\n%s", email, got, want)
		}
		after := j.enrollments(t, email)
		if (len(after) > before) != asked {
			t.Errorf("%s had %d enrollments and has %d", email, before, len(after))
		}
		if n := j.counted(t) - counted; n != 1 {
			t.Errorf("%s is counted by %d rows", email, n)
		}
	}
	for _, secret := range []string{"example.org", "203.0.113", "tokyo", "Ann", topic, "s7k2qd"} {
		if strings.Contains(strings.ToLower(j.log.String()), strings.ToLower(secret)) {
			t.Errorf("the log has %q in it", secret)
		}
	}
}

// TestFormsFromElsewhere: a form that was not shown by us, or not just now, or to a
// program, is shown again with what was typed, and does nothing before it comes back.
func TestFormsFromElsewhere(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	typed := url.Values{"email": {"new@example.org"}, "name": {"Zoë"}}
	again := func(what string) string {
		t.Helper()
		before := j.dump(t)
		r := j.send(t, "203.0.113.9:1", typed)
		body := text(t, r)
		page := testkit.ParseHTML(t, body)
		if r.StatusCode != http.StatusOK || page.One(t, "#email").Attr("value") != "new@example.org" || page.One(t, "#name").Attr("value") != "Zoë" {
			t.Errorf("%s: %d %s", what, r.StatusCode, body)
		}
		if j.dump(t) != before {
			t.Errorf("%s: something changed", what)
		}
		return page.One(t, "input[name=stamp]").Attr("value")
	}
	stamp := again("a form of another site")
	typed.Set("stamp", stamp)
	j.now = j.now.Add(1900 * time.Millisecond)
	if same := again("a form that comes back at once"); same != stamp {
		t.Error("whoever is too quick once has to wait anew")
	}
	j.now = j.now.Add(24 * time.Hour)
	stamp = again("a form that lay about for a day")
	j.now = j.now.Add(-time.Minute)
	typed.Set("stamp", stamp)
	again("a form from the future")
	typed.Set("stamp", j.audience.ConfirmURL("", j.invited)[len("/c/"):])
	again("a link instead of a stamp")
	j.now = j.now.Add(time.Hour)
	typed.Set("stamp", stamp)
	if r := j.send(t, "203.0.113.9:1", typed); !strings.Contains(text(t, r), "mailbox") || len(j.enrollments(t, "new@example.org")) != 1 {
		t.Error("a form that came back in time was not taken")
	}
}

// TestFormsOfOtherSitesVisitors: a stamp of ours in a form of another site is none.
func TestFormsOfOtherSitesVisitors(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	for site, taken := range map[string]bool{"cross-site": false, "same-site": false, "same-origin": true, "none": true} {
		email := site + "@example.org"
		r := httptest.NewRequestWithContext(t.Context(), "POST", joinPath, strings.NewReader(url.Values{"email": {email}, "stamp": {j.stamp(t)}}.Encode()))
		r.Header.Set("Content-Type", urlencoded)
		r.Header.Set("Sec-Fetch-Site", site)
		r.RemoteAddr = "203.0.113.9:1"
		w := httptest.NewRecorder()
		j.ServeHTTP(w, r)
		if got := len(j.enrollments(t, email)) == 1; got != taken || w.Code != http.StatusOK || strings.Contains(w.Body.String(), `name="stamp"`) == taken {
			t.Errorf("%s: taken %t, %d", site, got, w.Code)
		}
	}
}

// TestTrap: what fills in everything is told what everybody is told.
func TestTrap(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	want := answered(t, j.join(t, "new@example.org"))
	form := url.Values{"email": {"other@example.org"}, "stamp": {j.stamp(t)}, "subject": {"Buy"}}
	before := j.dump(t)
	if got := answered(t, j.send(t, "203.0.113.9:1", form)); got != want {
		t.Errorf("it is answered with %s", got)
	}
	if j.dump(t) != before {
		t.Error("something changed")
	}
	if field := testkit.ParseHTML(t, text(t, j.get(t, joinPath))).One(t, ".trap input"); field.Attr("name") != "subject" || field.Attr("tabindex") != "-1" {
		t.Error("the trap is not where it is looked for, or people step into it")
	}
}

func TestSignUpFieldsToMend(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	stamp := j.stamp(t)
	good := url.Values{"email": {"new@example.org"}, "name": {"Ann"}, "zone": {"Asia/Tokyo"}, "stamp": {stamp}}
	before := j.dump(t)
	for field, values := range map[string][]string{
		"email": {"", "x", "a@b", "a b@example.org", "a@example.org\r\nBcc: b@example.org", "Ann <a@example.org>", strings.Repeat("a", 300) + "@example.org"},
		"name":  {"see https://evil.example", "www.evil.example", "a@b", "<b>", strings.Repeat("n", 81), strings.Repeat("n", 60<<10)},
		"zone":  {"Londno", "../../etc/passwd", strings.Repeat("z", 2000)},
	} {
		for _, value := range values {
			form := url.Values{}
			for k, v := range good {
				form[k] = v
			}
			form.Set(field, value)
			r := j.send(t, "203.0.113.9:1", form)
			page := testkit.ParseHTML(t, text(t, r))
			if wrong := page.All("[aria-invalid=true]"); r.StatusCode != http.StatusUnprocessableEntity || len(wrong) != 1 || wrong[0].Attr("id") != field {
				t.Errorf("%s %.40q is answered with %d, to mend are %v", field, value, r.StatusCode, wrong)
			}
			if shown := page.One(t, "#"+field).Attr("value"); len(shown) > 320 {
				t.Errorf("%d bytes of %s are shown again", len(shown), field)
			}
		}
	}
	if r := j.send(t, "203.0.113.9:1", url.Values{"email": {strings.Repeat("a", 65<<10)}}); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge form is answered with %d", r.StatusCode)
	}
	if j.dump(t) != before {
		t.Error("something changed")
	}
}

func TestSignUpTakesMultipart(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	stamp := j.stamp(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"email": "new@example.org", "stamp": stamp} {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	j.do(t, "POST", joinPath, form.FormDataContentType(), body.String())
	if len(j.enrollments(t, "new@example.org")) != 1 {
		t.Error("it was not taken")
	}
}

// TestBusy: whoever is turned away is told so, and that an address is known shows no
// more then than at other times.
func TestBusy(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	j.rules.PerNetwork, j.rules.Total = 2, 3
	j.open(t)
	form := url.Values{"stamp": {j.stamp(t)}}
	status := func(from, email string) int {
		form.Set("email", email)
		return j.send(t, from, form).StatusCode
	}
	for _, want := range []struct {
		from, email string
		status      int
	}{
		{"203.0.113.1:1", "a@example.org", 200},
		{"203.0.113.250:1", address, 200},
		{"203.0.113.7:1", "b@example.org", 429},
		{"203.0.113.7:1", address, 429},
		{"[2001:db8:0:1ff::1]:1", "c@example.org", 200},
		{"198.51.100.1:1", "d@example.org", 429}, // the total
	} {
		if got := status(want.from, want.email); got != want.status {
			t.Errorf("%s from %s is answered with %d, want %d", want.email, want.from, got, want.status)
		}
	}
	form.Set("email", "e@example.org")
	if r := j.send(t, "198.51.100.1:1", form); r.Header.Get("Retry-After") != "3600" || strings.Contains(text(t, r), "e@example") {
		t.Errorf("the answer is %v", r.Header)
	}
}

// TestHostileForms fills every field with every string of the corpus: the page stays the
// page, and no more than a name, a zone and an address come of it.
func TestHostileForms(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	j.rules.PerNetwork, j.rules.Total, j.rules.PerDomain = 0, 0, 0
	j.open(t)
	stamp := j.stamp(t)
	shapes := map[string]bool{}
	for n, s := range testkit.Hostile(t, "../../compose/testdata/hostile/strings.txt") {
		if testkit.Race && n%8 != 0 {
			continue // nothing of it runs beside something else
		}
		for _, field := range []string{"email", "name", "zone", "stamp", "subject"} {
			email := fmt.Sprintf("h%d-%s@example.org", n, field)
			form := url.Values{"email": {email}, "stamp": {stamp}, "x" + s: {s}}
			form.Set(field, s)
			r := j.send(t, "203.0.113.9:1", form)
			body := text(t, r)
			if strings.HasPrefix(body, "<!doctype html>") {
				shapes[shapeOf(body)] = true
			} else if r.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s %.40q is answered with %d %.80s", field, s, r.StatusCode, body)
			}
			for name, values := range r.Header {
				if strings.ContainsAny(name+strings.Join(values, ""), "\r\n") || name == "X-Evil" {
					t.Errorf("%s %.40q makes the header %s: %q", field, s, name, values)
				}
			}
			for _, e := range j.enrollments(t, email) {
				if _, err := j.store.Confirm(t.Context(), e.ID, store.Confirmation{Consent: drip.Consent{Source: drip.ConsentConfirmed, Text: "yes", At: j.now}}); err != nil {
					t.Fatal(err)
				}
				p, err := j.store.Subscriber(t.Context(), e.Subscriber)
				if err != nil {
					t.Fatal(err)
				}
				if err := mailaddr.CheckName(p.Name); err != nil || strings.ContainsAny(p.Name, "<>@{}") {
					t.Errorf("%.40q became the name %q, %v", s, p.Name, err)
				}
				if _, err := time.LoadLocation(p.Timezone); err != nil {
					t.Errorf("%.40q became the zone %q", s, p.Timezone)
				}
			}
		}
	}
	// The form once more, each field of it to mend, or all is well: no page has another
	// element than these.
	if len(shapes) > 12 {
		t.Errorf("there are %d different pages", len(shapes))
	}
	for shape := range shapes {
		for _, tag := range strings.Fields(shape) {
			if !strings.Contains(" !doctype html head meta title link body main h1 p form label span input datalist option button script ", " "+tag+" ") {
				t.Errorf("there is an element %q on a page", tag)
			}
		}
	}
}

var elements = regexp.MustCompile(`<([A-Za-z!][^\s>]*)`)

// shapeOf lists the elements of a page but for the suggestions.
func shapeOf(body string) string {
	var tags []string
	for _, m := range elements.FindAllStringSubmatch(body, -1) {
		if m[1] != "option" {
			tags = append(tags, m[1])
		}
	}
	return strings.Join(tags, " ")
}

// TestSignUpsAtOnce: many at once write no more than one after the other, and none fails.
func TestSignUpsAtOnce(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	j.rules.PerNetwork = 30
	j.open(t)
	form := url.Values{"email": {"new@example.org"}, "stamp": {j.stamp(t)}}.Encode()
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 60 {
		all.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), "POST", joinPath, strings.NewReader(form))
			r.Header.Set("Content-Type", urlencoded)
			r.RemoteAddr = "203.0.113.9:1"
			w := httptest.NewRecorder()
			j.ServeHTTP(w, r)
			mu.Lock()
			defer mu.Unlock()
			statuses[w.Code]++
		})
	}
	all.Wait()
	if statuses[200] != 30 || statuses[429] != 30 || len(j.enrollments(t, "new@example.org")) != 1 {
		t.Errorf("the answers are %v, the enrollments %d", statuses, len(j.enrollments(t, "new@example.org")))
	}
}

// TestNetworksBehindProxies: what a proxy that is trusted says counts, and nothing else.
func TestNetworksBehindProxies(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	j.rules.PerNetwork = 1
	j.proxies = public.Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	j.open(t)
	form := url.Values{"stamp": {j.stamp(t)}}
	for n, want := range []struct {
		from, says string
		status     int
	}{
		{"10.0.0.1:1", "203.0.113.1", 200}, {"10.0.0.1:1", "203.0.113.99", 429}, {"10.0.0.1:1", "198.51.100.1", 200},
		{"192.0.2.1:1", "198.18.0.1", 200}, {"192.0.2.2:1", "198.19.0.1", 429}, // who is not trusted cannot choose
		{"127.0.0.1:1", "", 200}, {"127.0.0.1:1", "", 200}, // this machine's proxy does not say for whom
	} {
		form.Set("email", fmt.Sprintf("p%d@example.org", n))
		r := httptest.NewRequestWithContext(t.Context(), "POST", joinPath, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", urlencoded)
		if r.RemoteAddr = want.from; want.says != "" {
			r.Header.Set("X-Forwarded-For", want.says)
		}
		w := httptest.NewRecorder()
		j.ServeHTTP(w, r)
		if w.Code != want.status {
			t.Errorf("from %s, which says %q: %d, want %d", want.from, want.says, w.Code, want.status)
		}
	}
}

func TestAnswersToFormsTakeTheirTime(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	var err error
	j.Handler, err = public.New(public.Options{
		Audience: j.audience, SignUps: j.audience, Templates: templates.Files(), PublicURL: "https://letters.example.org",
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Pace: 60 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"new@example.org", address, "x"} {
		stamp := j.stamp(t)
		began := time.Now()
		j.send(t, "203.0.113.9:1", url.Values{"email": {email}, "stamp": {stamp}})
		if took := time.Since(began); took < 60*time.Millisecond {
			t.Errorf("%s is answered after %v", email, took)
		}
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	form, err := public.Snippet(templates.Files(), "https://letters.example.org/a/", "s7k2qd", "en")
	if err != nil {
		t.Fatal(err)
	}
	page := testkit.ParseHTML(t, form)
	f := page.One(t, "form")
	if f.Attr("action") != "https://letters.example.org/a/s/s7k2qd" || f.Attr("method") != "post" {
		t.Errorf("the form is\n%s", form)
	}
	if len(page.All("script, style, [style], [onclick], img, iframe")) != 0 {
		t.Errorf("the form loads or runs something:\n%s", form)
	}
	if page.One(t, "[name=email]").Attr("required") != "" || len(page.All("[name=stamp]")) != 0 {
		t.Errorf("the fields are not as they should be:\n%s", form)
	}
	if german, err := public.Snippet(templates.Files(), "https://letters.example.org", "s7k2qd", "de"); err != nil || !strings.Contains(german, "Ihre E-Mail-Adresse") {
		t.Errorf("in German the form is %s, %v", german, err)
	}
	if _, err := public.Snippet(templates.Files(), "://", "s7k2qd", "en"); err == nil {
		t.Error("a form for no place was made")
	}
}
