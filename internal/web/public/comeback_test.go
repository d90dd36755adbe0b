package public_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/audience"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/testkit"
	"partwork/internal/timing"
	"partwork/internal/web/public"
)

// files are the campaign of a site: three issues, on Tuesdays.
type files struct {
	campaign *drip.Campaign
	record   store.CampaignRecord
}

func newFiles(t testing.TB, record store.CampaignRecord) files {
	t.Helper()
	schedule, err := timing.ParseSchedule("0 9 * * TUE")
	if err != nil {
		t.Fatal(err)
	}
	return files{record: record, campaign: &drip.Campaign{
		Schedule: schedule, Timezone: "UTC", MinGap: schedule.Interval() / 2,
		Issues: []drip.Issue{{ID: topic + "-1"}, {ID: topic + "-2"}, {ID: topic + "-3"}},
	}}
}

// Series implements audience.Planner.
func (f files) Series(no drip.CampaignNo) (audience.Series, bool) {
	return audience.Series{Campaign: f.campaign}, no == f.record.No
}

// Passage implements audience.Planner.
func (f files) Passage(due *store.Due) (calendar.Passage, error) {
	cfg := scheduler.Config{Timezone: "UTC", Zones: timing.NewZones()}
	return scheduler.Passage(cfg, scheduler.Program{Campaign: f.campaign, Record: f.record}, due)
}

// cameBack has the active reader get an issue, leave, and be invited again. It
// returns the new enrollment and the path of its link.
func (s *site) cameBack(t testing.TB) (drip.Enrollment, string) {
	t.Helper()
	s.sendFirst(t)
	s.post(t, s.leave, "action=series")
	again, err := s.audience.Enroll(t.Context(), audience.Who{ID: s.active.Subscriber}, audience.EnrollOptions{
		CampaignTarget: audience.CampaignTarget{No: s.active.Campaign}, Invite: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return again, s.audience.ConfirmURL("", again)
}

// sendFirst has the active reader get the first issue.
func (s *site) sendFirst(t testing.TB) {
	t.Helper()
	now := s.active.JoinedAt
	claims, err := s.store.CommitPlan(t.Context(), store.PlanCommit{Owner: 1, Calendar: now, Machine: now, Decisions: []store.Decision{{
		Kind: store.DecideClaim, Enrollment: s.active.ID, Revision: s.active.Revision, Issue: s.files.record.Issues[topic+"-1"],
		Lease: now.Add(time.Hour), Slot: timing.Slot{Wall: timing.WallAt(now), Zone: "UTC", At: now},
	}}})
	if err != nil || claims != 1 {
		t.Fatal(claims, err)
	}
	fence := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: s.active.ID, Issue: s.files.record.Issues[topic+"-1"]}, Attempt: 1}
	for _, round := range []store.Round{
		{Marks: []store.Mark{{Fence: fence, Lease: now.Add(time.Hour)}}},
		{Outcomes: []store.Outcome{{Fence: fence, State: drip.DeliverySent, Class: drip.ClassAccepted}}},
	} {
		round.Calendar, round.Machine = now, now
		if _, err := s.store.CommitRound(t.Context(), round); err != nil {
			t.Fatal(err)
		}
	}
}

func TestComingBackIsAChoiceOfTwoEqualButtons(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, path := s.cameBack(t)
	before := s.dump(t)
	r := s.get(t, path)
	body := text(t, r)
	testkit.Golden(t, "testdata/comeback.golden", []byte(body))
	page := testkit.ParseHTML(t, body)
	if got := page.One(t, ".statement").Text(); got != statement {
		t.Errorf("the page says %q, what is kept is %q", got, statement)
	}
	buttons := page.All("form[method=post] button[type=submit]")
	if len(buttons) != 3 || buttons[2].Attr("value") != "never" || buttons[0].Attr("value") != "continue" || buttons[1].Attr("value") != "anew" ||
		buttons[0].Attr("class") != buttons[1].Attr("class") || buttons[0].Attr("name") != "action" {
		t.Errorf("buttons: %v", buttons)
	}
	if len(page.All("input, script")) != 0 {
		t.Error("something has to be typed, or needs a script")
	}
	for _, secret := range []string{"secret", topic, "example.org", "s7k2qd"} {
		if strings.Contains(strings.ToLower(body), secret) {
			t.Errorf("the page has %q in it", secret)
		}
	}
	if head := s.do(t, "HEAD", path, "", ""); head.Header.Get("Content-Length") != r.Header.Get("Content-Length") {
		t.Error("HEAD differs from GET")
	}
	if s.dump(t) != before {
		t.Error("looking changed something")
	}
}

func TestComingBack(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, target, form string
		continues          bool
	}{
		{"button to go on", "", "action=continue", true},
		{"button to begin anew", "", "action=anew", false},
		{"no choice", "", "", true},
		{"another choice", "", "action=nothing", true},
		{"the query is no form", "?action=anew", "action=continue", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			again, path := s.cameBack(t)
			r := s.post(t, path+tc.target, tc.form)
			if r.StatusCode != http.StatusOK {
				t.Errorf("status %d", r.StatusCode)
			}
			s.saysWhatComes(t, r, tc.continues)
			e, err := s.store.Enrollment(t.Context(), again.ID)
			if err != nil || e.State != drip.EnrollmentActive || e.Continues != tc.continues {
				t.Errorf("came back: %+v, %v", e, err)
			}
			s.saysWhatComes(t, s.get(t, path), tc.continues)
		})
	}
}

// saysWhatComes checks the page after a confirmation: who goes on is not promised
// a first email.
func (s *site) saysWhatComes(t testing.TB, r *http.Response, continues bool) {
	t.Helper()
	page := testkit.ParseHTML(t, text(t, r))
	want := "Thank you. The first email is on its way, or it comes at the next date of the series."
	if continues {
		want = "Thank you. The next one comes at the next date of the series."
	}
	if h1, says := page.One(t, "h1").Text(), page.All("main p")[1].Text(); h1 != "You’re in" || says != want {
		t.Errorf("the page says %q, %q; expected %q", h1, says, want)
	}
}

func TestConfirmingWithTooLargeABodyChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, path := s.cameBack(t)
	before := s.dump(t)
	if r := s.post(t, path, "action=anew&x="+strings.Repeat("x", 65<<10)); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", r.StatusCode)
	}
	if s.dump(t) != before {
		t.Error("something changed")
	}
}

// The page is rendered for each, so its template is tried when the program
// starts.
func TestNewTriesThePageForThoseWhoComeBack(t *testing.T) {
	t.Parallel()
	shadow := fstest.MapFS{}
	for _, name := range []string{
		"base", "index", "confirm", "confirmed", "leave", "left", "gone", "trouble", "comeback", "never", "archive", "preferences", "restart", "signup", "taken", "busy",
		"own", "mailed", "erased", "moving", "moved", "unmoved", "stays",
	} {
		shadow["web/"+name+".html"] = &fstest.MapFile{Data: []byte("<h1>fine</h1>")}
	}
	shadow["web/style.css"], shadow["web/zone.js"] = &fstest.MapFile{}, &fstest.MapFile{}
	if _, err := public.New(public.Options{Templates: shadow}); err != nil {
		t.Fatal(err)
	}
	shadow["web/base.html"].Data = []byte(`{{block "content" .}}{{end}}`)
	shadow["web/comeback.html"].Data = []byte(`{{define "content"}}{{if .Of}}{{.Topic}}{{end}}{{end}}`)
	if _, err := public.New(public.Options{Templates: shadow}); err == nil || !strings.Contains(err.Error(), "comeback.html") {
		t.Errorf("a template that fails: %v", err)
	}
}
